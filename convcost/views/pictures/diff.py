"""What changed between two networks, as a waterfall: from the old totals to the new ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from convcost.causes import LayerChange
from convcost.cost import Report
from convcost.difference import Diff
from convcost.metrics import METRICS
from convcost.text import alike, beginning, quote
from convcost.views.diff import headline, rule, what
from convcost.views.figures import short, signed
from convcost.views.pictures.bars import Bar, BarRow, Part, bars, legend
from convcost.views.pictures.page import page
from convcost.views.pictures.svg import SHADES, Svg
from convcost.views.screen import PLAIN
from convcost.views.standing import brief, figure
from convcost.views.totals import lines

MOST_ROWS = 20
"""Of more changes, those of a block are one row; and of more blocks, the least are."""
_FEWEST = 3
_DEEPEST = 8
_SHOWN = ("params", "macs")
_TOTAL, _MORE, _LESS = SHADES[1], SHADES[0], SHADES[3]


class Step(NamedTuple):
    """Changes that are told as one: a layer's, or those of a block or of several."""

    name: str
    changes: Sequence[LayerChange]

    def delta(self, metric: str) -> int:
        """How much more there is of a metric that adds up."""
        return sum(change.delta(metric) for change in self.changes)

    @property
    def said(self) -> str:
        """What changed, or how many layers did."""
        if len(self.changes) == 1:
            (change,) = self.changes
            return (
                what(change) if change.sort == "changed" else f"{change.sort} {change.layer.kind}"
            )
        counted = Counter(change.sort for change in self.changes)
        return ", ".join(f"{count} {sort}" for sort, count in counted.items())


def render(
    diff: Diff,
    metrics: Sequence[str] = (),
    values: Sequence[Mapping[str, Any]] = ({}, {}),
) -> Svg:
    """Parameters, multiply-adds and those of `metrics` that add up, change by change."""
    names = list(dict.fromkeys((*_SHOWN, *(name for name in metrics if METRICS[name].adds_up))))
    found = steps(diff.changes)
    rows = [_row(found, at, diff, names) for at in range(-1, len(found) + 1)]
    panel = bars([METRICS[name].title for name in names], rows)
    key = legend(["total", "more", "less"], [_TOTAL, _MORE, _LESS])
    said = [*lines(diff.before, diff.after, PLAIN, metrics), rule(diff)]
    return page("What changed", headline(diff, values), [panel, key], said)


def steps(changes: Sequence[LayerChange]) -> list[Step]:
    """The changes in their order, by layer or by the innermost blocks that are few enough."""
    if len(changes) <= MOST_ROWS:
        return [Step(change.layer.name, [change]) for change in changes]
    names = [change.layer.name for change in changes]
    least = alike(min(names), max(names)) + 1
    outer: list[Step] = []
    for depth in range(least, least + _DEEPEST):
        held: dict[str, list[LayerChange]] = {}
        for change in changes:
            held.setdefault(beginning(change.layer.name, depth), []).append(change)
        found = [Step(*each) for each in held.items()]
        if len(found) > MOST_ROWS:
            return outer if len(outer) >= _FEWEST else _largest(found)
        outer = found
    return outer


def _largest(found: Sequence[Step]) -> list[Step]:
    """Those that change most, in their order, and all others as one."""
    whole = {name: max(1, sum(abs(each.delta(name)) for each in found)) for name in _SHOWN}
    ranked = sorted(
        range(len(found)),
        key=lambda at: -max(abs(found[at].delta(name)) / whole[name] for name in _SHOWN),
    )
    kept = sorted(ranked[: MOST_ROWS - 1])
    others = [change for at in sorted(ranked[MOST_ROWS - 1 :]) for change in found[at].changes]
    return [*(found[at] for at in kept), Step(f"{len(found) - len(kept)} others", others)]


def _row(found: Sequence[Step], at: int, diff: Diff, metrics: Sequence[str]) -> BarRow:
    """A step; or, before the first and behind the last, a total."""
    if at < 0:
        return BarRow(["before"], [], [_total(diff.before, "before", name) for name in metrics])
    if at == len(found):
        return BarRow(["after"], [], [_total(diff.after, "after", name) for name in metrics])
    step = found[at]
    told = [_bar(found[:at], step, diff, metric) for metric in metrics]
    return BarRow([quote(step.name)], [step.said], told)


def _total(report: Report, side: str, metric: str) -> Bar:
    amount = report.figure(metric)
    told = f"{side}: {figure(report, metric)} {METRICS[metric].title}"
    then = amount if side == "before" else None
    return Bar([Part(amount, told, _TOTAL)], brief(report, metric), then=then)


def _bar(before: Sequence[Step], step: Step, diff: Diff, metric: str) -> Bar:
    """From what there is before a step to what there is after it."""
    start = diff.before.figure(metric) + sum(each.delta(metric) for each in before)
    delta = step.delta(metric)
    told = f"{quote(step.name)}: {signed(delta)} {METRICS[metric].title}"
    parts = [Part(abs(delta), told, _MORE if delta > 0 else _LESS)] if delta else []
    sign = "+" if delta > 0 else "-" if delta else ""
    label = f"{sign}{short(abs(delta), METRICS[metric].unit)}" if delta else ""
    return Bar(parts, label, min(start, start + delta), start + delta)
