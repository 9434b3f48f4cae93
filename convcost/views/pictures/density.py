"""How many variants lie where, as boxes, the darker the more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import LiteralString

from convcost.sweeping.cloud import Cell
from convcost.views.pictures.bars import BAR, key
from convcost.views.pictures.page import Panel
from convcost.views.pictures.plot import Plot
from convcost.views.pictures.svg import Svg, tiles

_LOOKS: tuple[LiteralString, ...] = ("cell0", "cell1", "cell2")
_FAILING: LiteralString = "cell3"
_SMALL = 2.0
"""Pixels of boxes of variants that do not pass."""
_LEAST = 4.0


def density(drawn: Plot, cells: Sequence[Cell]) -> Iterator[Svg]:
    """The boxes, one mark for all of a look; who points at them reads what they are."""
    for look, words, found in _by_look(cells):
        rows = [list(row) for _, row in groupby(found, key=lambda cell: cell.low[1])]
        runs = [run for row in rows for run in _runs(drawn, row)]
        height = max(_LEAST, drawn.up.at(found[0].low[1]) - drawn.up.at(found[0].high[1]))
        if look == _FAILING:
            alone = [run for cell in found for run in _runs(drawn, [cell])]
            runs = [(x + (width - _SMALL) / 2, y, _SMALL) for x, y, width in alone]
            height = _SMALL
        told = sum(cell.passing or cell.rows for cell in found)
        yield tiles(runs, height, look, f"{words}: {told:,} in {len(found):,} boxes")


def keyed(cells: Sequence[Cell]) -> list[Panel]:
    """What the looks stand for, if there are any boxes."""

    def drawn(look: LiteralString) -> Callable[[float, float], Svg]:
        size = _SMALL if look == _FAILING else BAR
        return lambda x, y: tiles([(x - size / 2, y, size)], size, look)

    entries = [(drawn(look), words) for look, words, _ in _by_look(cells)]
    return [key(entries)] * bool(entries)


def _by_look(cells: Sequence[Cell]) -> Iterator[tuple[LiteralString, str, list[Cell]]]:
    """The looks that there are, the darkest first, in words, with their cells row by row."""
    ordered = sorted(cells, key=lambda cell: (cell.low[1], cell.low[0]))
    most = max((cell.passing for cell in cells), default=0)
    starts = sorted({max(1, round(most ** (part / 3))) for part in (0, 1, 2)}, reverse=True)
    end = most
    for look, start in zip(_LOOKS, starts, strict=False):
        found = [cell for cell in ordered if start <= cell.passing <= end]
        if found:
            yield look, _between(start, end), found
        end = start - 1
    failing = [cell for cell in ordered if not cell.passing]
    if failing:
        yield _FAILING, "only variants that do not pass", failing


def _between(start: int, end: int) -> str:
    if start == end:
        return f"{start:,} variant" + "s" * (start > 1)
    return f"{start:,} to {end:,} variants"


def _runs(drawn: Plot, row: Sequence[Cell]) -> Iterator[tuple[float, float, float]]:
    """Cells of one row, neighbours as one: left end, middle, width."""
    start = row[0].low[0]
    for at, cell in enumerate(row):
        if at + 1 == len(row) or row[at + 1].low[0] != cell.high[0]:
            left, right = drawn.across.at(start), drawn.across.at(cell.high[0])
            y = (drawn.up.at(cell.low[1]) + drawn.up.at(cell.high[1])) / 2
            width = max(_LEAST, right - left)
            yield (left + right - width) / 2, y, width
            start = row[at + 1].low[0] if at + 1 < len(row) else start
