"""The kinds side by side for one layer: bars of what each costs, stage by stage."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from convcost.comparison import Comparison, Row, StageRow
from convcost.views.compare import question, shown
from convcost.views.compare.notes import notes, on_device
from convcost.views.figures import duration, number, plain, short
from convcost.views.ops import describe
from convcost.views.pictures.bars import NAMES, Bar, BarRow, Part, bars, legend
from convcost.views.pictures.page import page
from convcost.views.pictures.svg import Svg, folded
from convcost.views.wrapping import broken

_STAGES = ("first stage", "second", "third", "all others")


def render(comparison: Comparison, device: str = "") -> Svg:
    """Parameters and multiply-adds of each kind, and the least time where there is a `device`."""
    rows, sized = shown(comparison), comparison.question.size is not None
    titles = ["params", "MACs" if sized else "MACs per position"]
    titles += ["takes at least"] * bool(device)
    panel = bars(titles, [_row(row, bool(device)) for row in rows])
    most = max(len(_counting(row)) for row in rows)
    panels = [panel, *[legend(_STAGES[:most])] * (most > 1)]
    said = [*notes(comparison), *on_device(comparison, device)]
    return page("What kinds cost", question(comparison.question), panels, said)


def _row(row: Row, timed: bool) -> BarRow:
    names = broken(row.kind).split("\n")
    if row.error:
        return BarRow(names, ["cannot be built"], [None, None, *[None] * timed])
    told = [
        _counts(row, [int(stage.params) for stage in _counting(row)], "params"),
        _counts(row, [_macs(stage) for stage in _counting(row)], "MACs"),
    ]
    if timed and row.bound:
        least = row.bound.least
        by = f", bound by {row.bound.bound_by}" * bool(row.bound.bound_by)
        told.append(Bar([Part(least, f"{row.kind}: {plain(least)} s{by}")], duration(least)))
    ops = " + ".join(describe(stage.op) for stage in row.stages)
    return BarRow(names, folded(ops, NAMES), told)


def _counts(row: Row, amounts: Sequence[int | Fraction], unit: str) -> Bar:
    """The bar of a row, a part for each stage."""
    parts = [
        Part(amount, f"{row.kind}, {describe(stage.op)}: {number(amount)} {unit}")
        for stage, amount in zip(_counting(row), amounts, strict=True)
    ]
    return Bar(parts, short(sum(amounts, Fraction(0))))


def _counting(row: Row) -> list[StageRow]:
    """The stages that cost anything."""
    return [stage for stage in row.stages if stage.params or _macs(stage)]


def _macs(stage: StageRow) -> int | Fraction:
    return stage.macs_per_position if stage.macs is None else int(stage.macs)
