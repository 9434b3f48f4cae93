"""Which rows of a network people see, in which order, and what is said of those that they do not.

What is asked for holds wherever the table goes. What a terminal does unasked, so that a table fits
on it, it says, with how to see the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from convcost.cost import Report
from convcost.frozen import Frozen
from convcost.metrics import USUAL
from convcost.views.eval.blocks import added_up, blocks, deepest
from convcost.views.eval.lines import Line, lines

MOST_ROWS = 40
"""Of a terminal's table that nobody asked anything of."""
_FEW = 2
"""So many rows say more than a line that says that they are left out."""


class Wanted(Frozen):
    """What is asked of a table: rolled up to blocks so many parts of a name `deep`, by how much
    there is of the metric `sort`, only the `top` of them, or `everything` on a terminal, too;
    `unfold` is what people type for that."""

    depth: int | None = None
    sort: str = ""
    top: int | None = None
    everything: bool = False
    unfold: str = "--all"

    @property
    def by(self) -> str:
        """The metric that rows are in the order of; none for that of the network."""
        return self.sort or ("macs" if self.top else "")


class Picked(NamedTuple):
    """The rows, and what to know of those that are not among them."""

    rows: Sequence[Line]
    notes: Sequence[str] = ()


def picked(report: Report, wanted: Wanted, terminal: bool = False, stages: bool = False) -> Picked:
    """The rows of `report` that are `wanted`; of `stages`, the layers alone."""
    rows = blocks(report, wanted.depth) if wanted.depth else lines(report)
    if wanted.by:
        parts = [row._replace(level=0) for row in rows if not row.whole]
        rows = ranked(parts, wanted.by)
    if wanted.top:
        return Picked(_top(rows, wanted.top))
    if not terminal or wanted.everything:
        return Picked(rows)
    shown = _costly(rows)
    if len(shown.rows) > MOST_ROWS and not (wanted.depth or wanted.by or stages):
        shown = _rolled_up(report, shown)
    said = "; ".join(shown.notes)
    return shown._replace(notes=[f"{said} ({wanted.unfold} lists every layer)"] if said else [])


def ranked(rows: Sequence[Line], metric: str) -> list[Line]:
    """The costliest first."""
    return sorted(rows, key=lambda row: row.amount(metric) or 0, reverse=True)


def _top(rows: Sequence[Line], most: int) -> list[Line]:
    shown, rest = list(rows[:most]), rows[most:]
    if not rest:
        return shown
    return [*shown, others_of(rest)]


def others_of(rest: Sequence[Line]) -> Line:
    """Several rows as one, `3 others`."""
    others = added_up(f"{len(rest)} other{'s' * (len(rest) > 1)}", rest)
    assert others.layer is not None, "several layers are told as one"
    return others._replace(layer=others.layer._replace(ins=(), out=()))


def _costly(rows: Sequence[Line]) -> Picked:
    """All but the layers that have none of what is measured, if those are more than a `_FEW` and
    not all there are."""
    free = [row for row in rows if _is_free(row) and not row.whole]
    if not _FEW < len(free) < len(rows):
        return Picked(rows)
    kinds: Counter[str] = Counter()
    for row in free:
        kinds[row.layer.kind if row.layer and row.layers == 1 else "others"] += row.layers
    listed = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    note = f"not listed, for they cost nothing: {listed}"
    return Picked([row for row in rows if not _is_free(row)], [note])


def _is_free(row: Line) -> bool:
    cost = row.layer or row.report
    return not (cost.status or any(map(cost.figure, (*USUAL, *row.report.more))))


def _rolled_up(report: Report, shown: Picked) -> Picked:
    """The deepest blocks that keep to `MOST_ROWS`; the outermost if none do."""
    best = shown
    for depth in range(1, deepest(report)):
        costly = _costly(blocks(report, depth))
        if depth > 1 and len(costly.rows) > MOST_ROWS:
            break
        note = f"{len(report.layers)} layers, rolled up by block as --depth {depth} does"
        best = Picked(costly.rows, [note, *costly.notes])
    return best if len(best.rows) < len(shown.rows) else shown
