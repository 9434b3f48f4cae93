"""What has changed in a network since its baseline, layer by layer, and on which line."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from convcost.budget import Finding, total_of
from convcost.causes import LayerChange
from convcost.errors import ConvcostError
from convcost.project.past import Past, RecountError, Was
from convcost.sources import SpecFile, Target
from convcost.sources.targets import is_imported
from convcost.sources.yaml.files import file_bytes

if TYPE_CHECKING:
    from convcost.cost import LayerCost, Report

_MOST_BYTES = 64 * 2**20
_MOST_COMPARED = 4_000_000
"""Beyond so many pairs of lines, all between the first that differs and the last has changed."""


class Explained(NamedTuple):
    """The layers that differ, those on lines that changed first and then the costliest, without
    what is inside them; or `why` they are not known. `lines` are those of the spec that changed,
    each with the line of the layer that it belongs to, 0 for none."""

    layers: tuple[LayerChange, ...] = ()
    lines: Mapping[int, int] = MappingProxyType({})
    why: str = ""


def explained(report: Report, was: Was, target: Target) -> Explained:
    """What makes `report` another than it `was`."""
    from convcost.difference import diff

    try:
        past = was.past()
        lines = _lines(past, target, report)
    except ConvcostError as error:
        prefix = "" if isinstance(error, RecountError) else "what changed is not known: "
        return Explained(why=prefix + error.problems[0].message)
    edited, names = set(lines.values()), was.totals.numbers

    def order(change: LayerChange) -> tuple[bool, float]:
        shares = (change.delta(name) / (report.figure(name) or 1) for name in names)
        return change.layer.line not in edited, -sum(map(abs, shares))

    found = (_small(change) for change in diff(past.report, report).changes)
    return Explained(tuple(sorted(found, key=order)), lines)


def pointed(findings: Sequence[Finding], known: Explained) -> tuple[Finding, ...]:
    """The findings, each with the line that changed that brought most of its metric."""
    if not known.lines:
        return tuple(findings)
    metrics = {total_of(finding.budget.metric) for finding in findings}
    by_metric = {metric: _line_of(metric, known) for metric in metrics}
    return tuple(
        each.changed(changed_line=by_metric[total_of(each.budget.metric)]) for each in findings
    )


def _line_of(metric: str, known: Explained) -> int:
    deltas: dict[int, int] = defaultdict(int)
    for change in known.layers:
        if change.after:
            deltas[change.after.line] += change.delta(metric)
    return max(known.lines, key=lambda line: (deltas[known.lines[line]], -line))


def _lines(past: Past, target: Target, report: Report) -> Mapping[int, int]:
    """The lines of a spec that say something else than they did; a layer's are those from its own
    to that of the next, without keys at the top."""
    if not isinstance(target, SpecFile) or is_imported(target):
        return {}
    now = file_bytes(target.path, _MOST_BYTES, target.root).split(b"\n")
    starts = sorted({layer.line for layer in report.layers})
    found = {}
    for at in _different(past.text.split(b"\n"), now):
        if now[at].strip() and not now[at].strip().startswith(b"#"):
            above = bisect_right(starts, at + 1)
            is_key = now[at][:1] not in (b" ", b"-")
            found[at + 1] = starts[above - 1] if above and not is_key else 0
    return found


def _different(before: Sequence[bytes], now: Sequence[bytes]) -> list[int]:
    """The indices of what `now` has that `before` has not."""
    first = 0
    while first < min(len(before), len(now)) and before[first] == now[first]:
        first += 1
    last = 0
    while last < min(len(before), len(now)) - first and before[-1 - last] == now[-1 - last]:
        last += 1
    old, new = before[first : len(before) - last], now[first : len(now) - last]
    if len(old) * len(new) > _MOST_COMPARED:
        return list(range(first, len(now) - last))
    found: list[int] = []
    for tag, _, _, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            found += range(first + start, first + end)
    return found


def _small(change: LayerChange) -> LayerChange:
    def side(layer: LayerCost | None) -> LayerCost | None:
        return layer._replace(stages=()) if layer else None

    return change._replace(before=side(change.before), after=side(change.after))
