"""Boxes in storeys, each below those that it is joined to (Sugiyama, Tagawa, Toda 1981)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import fmean

from convcost.frozen import Frozen
from convcost.views.pictures.svg import Point

_SWEEPS = 6
Cell = tuple[int, int]
"""A box, or the lane past a storey of what leaves it: the box and the storey."""
Join = tuple[int, int]
"""The places of two boxes that are joined, the upper one first."""
Neighbours = dict[Cell, list[Cell]]


class Item(Frozen):
    """A box, and those above that it is joined to, by their places, which are before its own."""

    width: float
    height: float
    sources: tuple[int, ...]


class Storeys(Frozen):
    """Where the boxes lie, by their upper left corners, and the lines that join them: the places of
    both ends, and the points on the way."""

    width: float
    height: float
    corners: Sequence[Point]
    joins: Sequence[Sequence[Point]]


class Room(Frozen):
    """What is left free: across, between a storey and the next, and for the lane of a line."""

    gap: float = 14
    between: float = 24
    lane: float = 4


USUAL = Room()


def placed(items: Sequence[Item], room: Room = USUAL) -> Storeys:
    """Boxes in as many storeys as the longest way through them, with lines that bend little."""
    levels: list[int] = []
    for item in items:
        levels.append(1 + max((levels[source] for source in item.sources), default=-1))
    joins = [(source, at) for at, item in enumerate(items) for source in item.sources]
    rows = _rows(levels, joins)
    widths = {
        (at, level): items[at].width if levels[at] == level else room.lane
        for row in rows
        for at, level in row
    }
    middles = _middles(rows, *_neighbours(levels, joins, rows), widths, room.gap)
    return _drawn(items, levels, joins, rows, middles, room)


def _rows(levels: Sequence[int], joins: Sequence[Join]) -> list[list[Cell]]:
    """The cells of each storey: what leaves a box has a lane down to the last that it joins."""
    last = [level + 1 for level in levels]
    for source, target in joins:
        last[source] = max(last[source], levels[target])
    rows: list[list[Cell]] = [[] for _ in range(max(levels, default=-1) + 1)]
    for at, level in enumerate(levels):
        for row in range(level, last[at]):
            rows[row].append((at, row))
    return rows


def _neighbours(
    levels: Sequence[int], joins: Sequence[Join], rows: Sequence[Sequence[Cell]]
) -> tuple[Neighbours, Neighbours]:
    """The cells that each is joined to, in the storey above and in that below.

    Of boxes and lanes these are the boxes alone, so that it is lanes that bend.
    """
    found: Neighbours = {cell: [] for row in rows for cell in row}
    for source, target in joins:
        found[target, levels[target]].append((source, levels[target] - 1))
    for (at, level), above in found.items():
        if level > levels[at]:
            above.append((at, level - 1))
    below: Neighbours = {cell: [] for cell in found}
    for cell, above in found.items():
        for each in above:
            below[each].append(cell)
    return _boxes_first(found, levels), _boxes_first(below, levels)


def _boxes_first(near: Neighbours, levels: Sequence[int]) -> Neighbours:
    boxes = {
        cell: [(at, level) for at, level in others if levels[at] == level]
        for cell, others in near.items()
    }
    return {cell: boxes[cell] or others for cell, others in near.items()}


def _middles(
    rows: Sequence[list[Cell]],
    above: Neighbours,
    below: Neighbours,
    widths: Mapping[Cell, float],
    gap: float,
) -> dict[Cell, float]:
    """Where cells lie across: near what they are joined to, side by side."""
    middles: dict[Cell, float] = {}
    for row in rows:
        _settle(row, [0.0] * len(row), widths, gap, middles)
    for sweep in range(2 * _SWEEPS + 1):
        is_down = sweep % 2 == 0
        for row in rows if is_down else reversed(rows):
            near = above if is_down else below
            wanted = {cell: fmean(middles[each] for each in near[cell] or [cell]) for cell in row}
            if sweep < _SWEEPS:
                row.sort(key=lambda cell: (wanted[cell], cell))
            _settle(row, [wanted[cell] for cell in row], widths, gap, middles)
    left = min((middles[cell] - widths[cell] / 2 for row in rows for cell in row), default=0)
    return {cell: middle - left for cell, middle in middles.items()}


def _settle(
    row: Sequence[Cell],
    wanted: Sequence[float],
    widths: Mapping[Cell, float],
    gap: float,
    middles: dict[Cell, float],
) -> None:
    """Put the cells of a row, in their order, as near as can be to where they are wanted.

    Those that are too near each other stand together around the middle of what they want.
    """
    offsets = [0.0]
    for left, right in pairwise(row):
        offsets.append(offsets[-1] + (widths[left] + widths[right]) / 2 + gap)
    groups: list[tuple[float, int]] = []
    for want, offset in zip(wanted, offsets, strict=False):
        at, count = want - offset, 1
        while groups and groups[-1][0] >= at:
            before, others = groups.pop()
            at, count = (before * others + at * count) / (others + count), others + count
        groups.append((at, count))
    starts = [at for at, count in groups for _ in range(count)]
    for cell, start, offset in zip(row, starts, offsets, strict=False):
        middles[cell] = start + offset


def _drawn(
    items: Sequence[Item],
    levels: Sequence[int],
    joins: Sequence[Join],
    rows: Sequence[Sequence[Cell]],
    middles: Mapping[Cell, float],
    room: Room,
) -> Storeys:
    tops: list[float] = []
    bottoms: list[float] = []
    for level in range(len(rows)):
        tops.append(bottoms[-1] + room.between if bottoms else 0)
        heights = (item.height for item, at in zip(items, levels, strict=True) if at == level)
        bottoms.append(tops[-1] + max(heights))
    corners = [
        (middles[at, level] - item.width / 2, tops[level])
        for at, (item, level) in enumerate(zip(items, levels, strict=True))
    ]

    def way(source: int, target: int) -> list[Point]:
        start, end = levels[source], levels[target]
        x = middles[source, start]
        points = [(x, tops[start] + items[source].height), (x, bottoms[start])]
        for level in range(start + 1, end):
            x = middles[source, level]
            points += [(x, tops[level]), (x, bottoms[level])]
        return [*points, (middles[target, end], tops[end])]

    width = max((x + item.width for (x, _), item in zip(corners, items, strict=True)), default=0)
    lanes = max((x + room.lane for x in middles.values()), default=0)
    ways = [way(*join) for join in joins]
    return Storeys(max(width, lanes), bottoms[-1] if bottoms else 0, corners, ways)
