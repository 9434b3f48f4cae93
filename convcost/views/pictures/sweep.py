"""All variants of a sweep over two of their figures, and those among them that are wanted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from convcost.metrics import METRICS
from convcost.sources.zoo import name_of
from convcost.sweeping.cloud import SMALLEST, Cloud, Side, sides
from convcost.sweeping.outcome import Row
from convcost.sweeping.selection import Objective
from convcost.sweeping.space import Axis, Space, array
from convcost.views.pictures.density import density, keyed
from convcost.views.pictures.labels import Box, Label, along, around, placed
from convcost.views.pictures.page import Panel, page
from convcost.views.pictures.plot import Ends, Plot, plot, spread
from convcost.views.pictures.svg import LINE, Point, Segment, Svg, dot, line, lines
from convcost.views.sweep import Total, figures_of, legend, spoken

_DOTS = 250
_DOT = 6.0
_SPREAD = (0, 8, 4, 2, 6, 1, 3, 5, 7)
"""In which order so many dots from left to right have their labels, if there is room."""


class _Dot(NamedTuple):
    """Variants in one place of the picture."""

    at: Point
    rows: Sequence[Row]


def render(rows: Sequence[Row], total: Total) -> Svg:
    """How many variants lie where, what they are held to, and those that are wanted."""
    seen = total.seen or Cloud(_sides_of(rows, total), ())
    wanted = [row for row in _wanted(rows, total) if not row.note.refused]
    drawn = plot(_ends(0, seen, wanted, total), _ends(1, seen, wanted, total))
    dots = _dots(drawn, seen.sides, wanted)
    marks = [
        *drawn.marks(),
        *density(drawn, seen.cells),
        *_wanted_marks(drawn, seen.sides, dots, total),
    ]
    names = ", ".join(name_of(path) or path for path in total.networks) or "sweep"
    asked = f"{total.variants:,} variants of {', '.join(total.names)}"
    panels = [Panel(drawn.across.end, drawn.height, marks), *keyed(seen.cells)]
    return page(names, asked, panels, list(_said(seen, dots, total)))


def _wanted(rows: Sequence[Row], total: Total) -> Sequence[Row]:
    """The rows, unless they are only those with the first numbers."""
    wanted = total.wanted
    if wanted.front or wanted.top is not None:
        return rows
    return rows[: total.shown] if wanted.sort else ()


def _sides_of(rows: Sequence[Row], total: Total) -> tuple[Side, Side]:
    """What rows are seen by, where nobody has looked at all of them."""
    columns = {name: array([row.values[name] for row in rows]) for name in total.names}
    return sides(total.wanted, Space((Axis(columns),)))


def _ends(place: int, seen: Cloud, wanted: Sequence[Row], total: Total) -> Ends:
    """What lies along a side, with the limits that are not far from it."""
    side = seen.sides[place]
    name = side.objective.name
    title = f"{_titled(name)}{', more is better' * side.objective.most}"
    if side.scale == "names":
        return Ends(title, -0.5, len(side.names) - 0.5, names=side.names)
    values = [_place(side, row) for row in wanted]
    values += [edge for cell in seen.cells for edge in (cell.low[place], cell.high[place])]
    values = values or [1.0]
    low, high = min(values), max(values)
    values += [each for _, each in _limits(side, total) if low / 2 <= each <= high * 2]
    return spread(title, values, side.scale == "log", side.whole)


def _place(side: Side, row: Row) -> float:
    name = side.objective.name
    return side.place(row.values[name] if name in row.values else row.figures[name])


def _limits(side: Side, total: Total) -> list[tuple[str, float]]:
    """What rows are held to in the metric of a side, in words, and where that is."""
    found = [each for each in total.wanted.where if each.metric == side.objective.name]
    return [(each.text, max(float(each.limit), SMALLEST)) for each in found]


def _dots(drawn: Plot, both: tuple[Side, Side], rows: Sequence[Row]) -> list[_Dot]:
    """Where rows lie, from the left; so few that those lie in one that can hardly be told apart."""
    points = [drawn.point(_place(both[0], row), _place(both[1], row)) for row in rows]
    apart = 1
    while True:
        apart *= 2
        found: dict[tuple[int, int], list[int]] = {}
        for at, (x, y) in enumerate(points):
            found.setdefault((round(x / apart), round(y / apart)), []).append(at)
        if len(found) <= _DOTS:
            dots = ((points[each[0]], [rows[at] for at in each]) for each in found.values())
            return [_Dot(*each) for each in sorted(dots, key=lambda each: each[0])]


def _wanted_marks(
    drawn: Plot, both: tuple[Side, Side], dots: Sequence[_Dot], total: Total
) -> Iterator[Svg]:
    """The limits, the front, the rows that are wanted, and the labels that have room."""
    room = Box(drawn.across.start, LINE, drawn.across.end, drawn.bottom)
    limits = [*_limit_lines(drawn, both, total)]
    if limits:
        yield lines([segment for segment, _ in limits], "axis")
    whole = len(total.wanted.front) == 2 and not _is_cut(dots, total)
    steps = _steps(dots, both) if whole else []
    if len(steps) > 1:
        yield line(steps)
    for each in dots:
        yield dot(*each.at, _DOT, "lit", _told(each, total))
    taken = [*along(steps), *(around(*each.at, _DOT / 2) for each in dots)]
    last = min(len(dots), len(_SPREAD)) - 1
    named = [dots[at * (len(dots) - 1) // max(1, last)] for at in _SPREAD if at <= last]
    labels = [Label(*each.at, spoken(total, each.rows[0]), _DOT / 2) for each in named]
    yield from placed([*(label for _, label in limits), *labels], taken, room)


def _limit_lines(
    drawn: Plot, both: tuple[Side, Side], total: Total
) -> Iterator[tuple[Segment, Label]]:
    """The limits that lie within the picture, and what they are."""
    left, right, top, bottom = *drawn.across[2:4], drawn.up.end, drawn.bottom
    for words, value in _limits(both[0], total):
        if drawn.across.low < value < drawn.across.high:
            x = drawn.across.at(value)
            others = [(x, top + LINE), (x, (top + bottom) / 2)]
            yield (x, top, x, bottom), Label(x, bottom - LINE, words, 1, others)
    for words, value in _limits(both[1], total):
        if drawn.up.low < value < drawn.up.high:
            y = drawn.up.at(value)
            others = [(left + LINE, y), ((left + right) / 2, y)]
            yield (left, y, right, y), Label(right - LINE, y, words, 1, others)


def _steps(dots: Sequence[_Dot], both: tuple[Side, Side]) -> list[Point]:
    """The line through all that is as good as a dot, if the front is that of both sides."""
    found: list[Point] = []
    for (x, y), (right, above) in pairwise(each.at for each in dots):
        corner = (x, above) if both[0].objective.most else (right, y)
        found += [(x, y), corner]
    return [*found, *(each.at for each in dots[-1:])]


def _told(each: _Dot, total: Total) -> str:
    """Its first variant: its number, what it is built with, and all its figures."""
    row, more = each.rows[0], len(each.rows) - 1
    figures = ", ".join(f"{words} {METRICS[name].title}" for name, words in figures_of(total, row))
    others = f"; and {more:,} more" * bool(more)
    return f"row {row.number}: {spoken(total, row)}: {figures}{others}"


def _said(seen: Cloud, dots: Sequence[_Dot], total: Total) -> Iterator[str]:
    """What is drawn, and what is not."""
    wanted = total.wanted
    if total.seen is None:
        yield "Drawn are only the variants that are wanted."
    if wanted.where:
        yield f"{total.passing:,} variants pass: {'; '.join(each.text for each in wanted.where)}"
    if dots and wanted.front:
        by = ", ".join(map(_objective, wanted.front))
        of = "of those " * _is_cut(dots, total)
        yield f"{_count(dots)} {of}that no other beats: {by}."
    elif dots:
        by = "".join(f" by {_objective(each)}" for each in wanted.sort[:1])
        yield f"{_count(dots)} that come first{by}."
    yield from legend(total) if dots else ()
    if total.refused:
        yield f"{total.refused:,} variants are refused, and not drawn."
    if total.without and any(side.objective.name in total.joined for side in seen.sides):
        yield f"{total.without:,} have no {', '.join(total.joined)}, and are not drawn."
    for place, side in enumerate(seen.sides):
        if side.scale == "log" and any(cell.low[place] <= SMALLEST for cell in seen.cells):
            yield f"{_titled(side.objective.name)} of 0 are drawn at {SMALLEST}."


def _is_cut(dots: Sequence[_Dot], total: Total) -> bool:
    """Whether there may be more of the front than is wanted."""
    return sum(len(each.rows) for each in dots) == total.wanted.top


def _count(dots: Sequence[_Dot]) -> str:
    count = sum(len(each.rows) for each in dots)
    several = f"{count:,} variants" + ", of which some lie in one," * (count > len(dots))
    return f"Dots: the {several}" if count > 1 else "Dot: the variant"


def _objective(objective: Objective) -> str:
    """`least MACs`."""
    return f"{'most' if objective.most else 'least'} {_titled(objective.name)}"


def _titled(name: str) -> str:
    return METRICS[name].title if name in METRICS else name
