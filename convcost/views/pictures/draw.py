"""How a kind connects: which maps each map is made from, stage by stage, with the numbers of a
layer. One output map is followed back to all that it is made from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from math import prod

from convcost.comparison import Comparison, Row
from convcost.kinds import Kind
from convcost.ops.base import Sizes
from convcost.ops.mixing import channels_seen
from convcost.views import compare
from convcost.views.explain import derivations, facts, totals
from convcost.views.pictures.lanes import Hop, Spot
from convcost.views.pictures.layer import Drawn, drawn_of
from convcost.views.pictures.maps import HANDED_ON, Maps, height_of, joined, side_of, traced
from convcost.views.pictures.page import Panel, page
from convcost.views.pictures.svg import LINE, Segment, Svg, lines, rect, text, width_of

TRACED = "Filled: all that the first output map is made from."
_TAP = 5
_LEAST_GAP = 56
_CAPTION = LINE + 4


def render(kind: Kind, answer: Comparison) -> Svg:
    """The picture of `kind` for the layer that `answer`, a comparison of it alone, is about."""
    (row,) = answer.rows
    drawn = drawn_of(kind, answer)
    xs, width = _across(drawn)
    maps, bottom = _placed(drawn, xs)
    lit = traced(drawn.stages, drawn.shapes, drawn.inputs)
    said = [*[TRACED] * bool(lit), *_said(kind, answer, row)]
    asked = compare.question(answer.question)
    panel = Panel(width, bottom, list(_marks(drawn, maps, lit)))
    about = " ".join([f"{kind.summary} {asked}.", *said])
    return page(row.kind, asked, [panel], said, about, named=f"How {row.kind} connects")


def _placed(drawn: Drawn, xs: Sequence[float]) -> tuple[dict[Spot, Maps], float]:
    """Where every column of maps lies if nothing is above 0, and the lower end of all."""
    maps = _down(drawn, xs)
    labels = _labels(drawn, maps)
    tops = [y - _head(drawn, spot) for spot, (_, y) in labels.items()]
    shift = -min(*tops, *(each.y for each in maps.values()))
    placed = {spot: each._replace(y=each.y + shift) for spot, each in maps.items()}
    ends = [each.y + height_of(each.shape[0]) for each in placed.values()]
    return placed, max(ends) + _CAPTION


def _said(kind: Kind, answer: Comparison, row: Row) -> Iterator[str]:
    """What stands below: the numbers of the layer, and what they do not say."""
    told = [pair for pair in derivations(kind, answer) if pair[0] != "where"]
    if len(row.stages) > 1:
        told += [(f"{label}, by stage", sums) for label, sums in totals(row)]
    for label, words in (*told, *facts(kind, row)):
        yield f"{label}: {words}"


def _across(drawn: Drawn) -> tuple[list[float], float]:
    """The middle of every column, and the width of all."""
    columns = drawn.lanes.columns
    widest = [max(width_of(drawn.caption(spot.tensor)) for spot in each) for each in columns]
    steps = []
    for column, ends in zip(columns[1:], pairwise(widest), strict=True):
        between = sum(ends) / 2
        # What stands above a single one is above all of the column before it, too.
        told = _told(drawn, column) + (between if len(column) > 1 else 0)
        steps.append(max(told, _LEAST_GAP + between))
    xs = list(accumulate(steps, initial=widest[0] / 2))
    return xs, xs[-1] + widest[-1] / 2


def _told(drawn: Drawn, column: Sequence[Spot]) -> float:
    """How wide what is told of the stages in a column is, with some air."""
    made = filter(drawn.lanes.is_made, column)
    return 24 + max(width_of(line) for spot in made for line in drawn.words(spot.tensor))


def _down(drawn: Drawn, xs: Sequence[float]) -> dict[Spot, Maps]:
    """Where every column of maps lies, the middle of each at 0."""
    largest = max(prod(shape[1:]) for shape in (*drawn.inputs, *drawn.shapes))
    maps: dict[Spot, Maps] = {}
    for x, column in zip(xs, drawn.lanes.columns, strict=True):
        heads = [0.0, *(_CAPTION + _head(drawn, spot) for spot in column[1:])]
        heights = [height_of(drawn.shape(spot.tensor)[0]) for spot in column]
        y = -(sum(heads) + sum(heights)) / 2
        for spot, head, height in zip(column, heads, heights, strict=True):
            shape = drawn.shape(spot.tensor)
            side = side_of(shape, largest) if drawn.lanes.is_made(spot) else HANDED_ON
            maps[spot] = Maps(x, y + head, shape, side)
            y += head + height
    return maps


def _labels(drawn: Drawn, maps: dict[Spot, Maps]) -> dict[Spot, tuple[float, float]]:
    """Where what is told of every stage ends: in the middle of its lines and above them, or, where
    several stages stand in a column, above the maps of each."""
    places = {}
    for column in drawn.lanes.columns[1:]:
        for spot in filter(drawn.lanes.is_made, column):
            starts = [maps[hop.start] for hop in drawn.lanes.hops if hop.end == spot]
            x = (starts[0].x + maps[spot].x) / 2
            tops = [maps[spot].y, *(start.y for start in starts if len(column) == 1)]
            places[spot] = (x, min(tops) - 4)
    return places


def _head(drawn: Drawn, spot: Spot) -> float:
    """How high what is told of a stage is; a line's height for a tensor that is handed on."""
    if not drawn.lanes.is_made(spot):
        return LINE
    taps = drawn.taps(spot.tensor)
    glyph = taps[0][0] * _TAP + 12 if taps else 0
    return glyph + LINE * len(drawn.words(spot.tensor)) + 4


def _marks(drawn: Drawn, maps: dict[Spot, Maps], lit: dict[int, set[int]]) -> Iterator[Svg]:
    found = [each for hop in drawn.lanes.hops for each in _lines(drawn, hop, maps, lit)]
    yield lines([line for is_lit, line in found if not is_lit])
    yield lines([line for is_lit, line in found if is_lit], "strand")
    for spot in filter(drawn.lanes.is_made, maps):
        each = maps[spot]
        yield from each.drawn(lit.get(spot.tensor, ()))
        below = each.y + height_of(each.shape[0]) + _CAPTION - 6
        yield text(each.x, below, drawn.caption(spot.tensor), "dim", "middle")
    for spot, (x, bottom) in _labels(drawn, maps).items():
        yield from _label(drawn, spot, x, bottom)


def _lines(
    drawn: Drawn, hop: Hop, maps: dict[Spot, Maps], lit: dict[int, set[int]]
) -> Iterator[tuple[bool, Segment]]:
    """The lines between two columns of maps, and whether they lead to the first output map."""
    start, end, tensor = maps[hop.start], maps[hop.end], hop.end.tensor
    for slot, channel in enumerate(end.slots):
        if channel is None:
            continue
        seen: Sequence[int] = (channel,)
        if tensor != hop.start.tensor:
            op, sources = drawn.stages[tensor]
            told = channels_seen(op, channel, *map(drawn.shape, sources))
            seen = told[hop.place] if told else range(start.shape[0])
        is_lit = channel in lit.get(tensor, ())
        yield from ((is_lit, line) for line in joined(start, end, slot, seen))


def _label(drawn: Drawn, spot: Spot, x: float, bottom: float) -> Iterator[Svg]:
    """The kernel of the stage, and what is told of it, above its lines."""
    words = drawn.words(spot.tensor)
    y = bottom - LINE * len(words)
    for place, line in enumerate(words):
        yield text(x, y + LINE * place + 4, line, "strong" if place == 0 else "", "middle")
    taps = drawn.taps(spot.tensor)
    if taps:
        yield from _kernel(x, y - 12, *taps)


def _kernel(x: float, bottom: float, reach: Sizes, spread: Sizes) -> Iterator[Svg]:
    height, width = reach
    left, top = x - width * _TAP / 2, bottom - height * _TAP
    for row in range(0, height, spread[0]):
        for column in range(0, width, spread[1]):
            yield rect(left + column * _TAP, top + row * _TAP, _TAP - 1, _TAP - 1, "tap")
