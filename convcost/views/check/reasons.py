"""Why a network costs what it does, and what to do about it, in every format for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from convcost.budget import GROWTH, NOTHING_MAY_GROW, Change, Finding, Verdict, total_of
from convcost.causes import LayerChange
from convcost.metrics import METRICS, USUAL
from convcost.views.diff import what
from convcost.views.words import costliest

_NAMED = {"added": "{} is new: {}", "removed": "{} is gone: {}", "changed": "{} {}"}


def change_of(verdict: Verdict, finding: Finding) -> Change | None:
    """The network of a finding beside the baseline, if there is one."""
    return next((each for each in verdict.changes if each.report is finding.report), None)


def layers(change: Change, metrics: Sequence[str] = USUAL) -> list[str]:
    """`body[0] m 64 → 72, +2,440 params`, of the layers that differ in any of `metrics`."""
    found = ((each, _deltas(each, metrics)) for each in change.layers)
    return [f"{_what(each)}, {deltas}" for each, deltas in found if deltas]


def _what(change: LayerChange) -> str:
    return _NAMED[change.sort].format(change.layer.name, what(change))


def _deltas(change: LayerChange, metrics: Sequence[str]) -> str:
    return ", ".join(
        f"{change.delta(name):+,} {METRICS[name].title}" for name in metrics if change.delta(name)
    )


def costliest_layers(findings: Sequence[Finding]) -> Iterator[str]:
    """`costliest layers: body (46.5%), stem (29.9%)`, for each metric that is over in total."""
    totals = {total_of(each.budget.metric): each for each in findings if each.layer is None}
    for metric, finding in totals.items():
        within = f" in {METRICS[metric].title}" if len(totals) > 1 else ""
        yield f"costliest layers{within}: {costliest(finding.top, metric, finding.actual)}"


def way_out(verdict: Verdict) -> list[tuple[str, Sequence[str]]]:
    """What to do about networks that have grown, each with lines of it to paste; none if none
    has."""
    failed = [finding for finding in verdict.findings if finding.failed]
    grown = [finding for finding in failed if finding.before is not None]
    if not grown:
        return []
    them = "it" if len({id(finding.report) for finding in failed}) == 1 else "them"
    also = "" if len(grown) == len(failed) else ", and raise the limits on totals"
    if verdict.accept:
        return [(f"shrink {them}, or accept the growth{also}:", [verdict.accept])]
    by_table: dict[str, list[Finding]] = {}
    for each in grown:
        change = change_of(verdict, each)
        by_table.setdefault(change.table if change else "", []).append(each)
    tables = [line for table, found in by_table.items() if table for line in _table(table, found)]
    places = [("budgets", _budgets(by_table[""]))] if "" in by_table else []
    places += [("the settings", tables)] if tables else []
    said = [(f"accept the growth in {where}", lines) for where, lines in places]
    first, *others = said
    return [
        (f"shrink {them}, or {first[0]}{also}:", first[1]),
        *((f"or {told}:", lines) for told, lines in others),
    ]


def _budgets(grown: Sequence[Finding]) -> list[str]:
    limits = ", ".join(f"{metric}: {growth}" for metric, growth in _most(grown).items())
    return [f"budgets: {{{limits}}}"]


def _table(table: str, grown: Sequence[Finding]) -> list[str]:
    return [table, *(f"{metric} = {growth}" for metric, growth in _most(grown).items())]


def _most(grown: Sequence[Finding]) -> Mapping[str, int]:
    most: dict[str, int] = {}
    for each in grown:
        metric = f"{total_of(each.budget.metric)}{GROWTH}"
        most[metric] = max(most.get(metric, 0), each.growth)
    return most


def goes_without_saying(finding: Finding) -> bool:
    """Whether it is kept, and nobody has asked for it."""
    return finding.passed is True and finding.budget in NOTHING_MAY_GROW
