"""A network as boxes in boxes: blocks and their layers, as large as what they cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from convcost.cost import Report
from convcost.metrics import METRICS
from convcost.text import alike, beginning, quote
from convcost.views.eval.blocks import added_up, by_block
from convcost.views.eval.lines import Line
from convcost.views.pictures.page import WIDTH, Panel
from convcost.views.pictures.svg import FONT, LINE, Svg, rect, text, width_of
from convcost.views.standing import brief

HEIGHT = 240.0
_LEAST = 150.0
"""Square pixels of the smallest box; what would be smaller stands together in one."""
_PAD = 2.0


class Box(NamedTuple):
    """A part of the picture, from its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def area(self) -> float:
        """Square pixels."""
        return self.width * self.height

    def within(self, above: float) -> Box:
        """What is left of it behind a rim, and so much above."""
        width, height = self.width - 2 * _PAD, self.height - above - _PAD
        return Box(self.x + _PAD, self.y + above, max(0, width), max(0, height))


class Tile(NamedTuple):
    """What a box stands for: a layer, a block, or several that are too small for boxes."""

    name: str
    lines: Sequence[Line]
    amount: int
    is_rest: bool = False

    @property
    def line(self) -> Line:
        """All of it, as if it were one layer."""
        return self.lines[0] if len(self.lines) == 1 else added_up(self.name, self.lines)


def treemap(report: Report, metric: str) -> Panel:
    """Boxes of that metric, which adds up, in a network that has some of it."""
    title = METRICS[metric].title
    lines = [Line(report, layer) for layer in report.layers]
    marks = [text(0, FONT - 2, f"{title} by block: the boxes of a block are its layers", "dim")]
    marks += _tiles(lines, metric, Box(0, LINE, WIDTH, HEIGHT))
    return Panel(WIDTH, HEIGHT + LINE, marks)


def _tiles(lines: Sequence[Line], metric: str, box: Box, within: str = "") -> Iterator[Svg]:
    """The boxes of layers in a `box`, which is that of the block `within`."""
    tiles = _merged(list(_parts(lines, metric)), box)
    for tile, place in zip(tiles, squarified([each.amount for each in tiles], box), strict=True):
        told = f"{quote(tile.name)}: {tile.line.figure(metric)} {METRICS[metric].title}"
        label = "" if within else _heading(tile, metric, place)
        inner = place.within(LINE if label else _PAD)
        if not _is_divided(tile, metric, inner):
            yield rect(*place, "tile rest" if tile.is_rest else "tile", told)
            yield from _label(tile, metric, place, within)
            continue
        yield rect(*place, "block", told)
        if label:
            yield text(place.x + 4, place.y + FONT, label, "on strong")
        yield from _tiles(tile.lines, metric, inner, tile.name)


def _is_divided(tile: Tile, metric: str, inner: Box) -> bool:
    """Whether what is in a tile has boxes of its own: whether the largest is large enough."""
    if tile.is_rest or len(tile.lines) == 1:
        return False
    largest = max(each.amount for each in _parts(tile.lines, metric))
    return largest * inner.area >= _LEAST * tile.amount


def _parts(lines: Sequence[Line], metric: str) -> Iterator[Tile]:
    """What layers are divided into, where their names first differ."""
    names = [_name(line) for line in lines]
    depth = alike(min(names), max(names)) + 1
    groups = list(by_block(lines, depth).values())
    for held in groups if len(groups) > 1 else [[line] for line in lines]:
        name = beginning(_name(held[0]), depth)
        yield Tile(name, held, sum(line.amount(metric) or 0 for line in held))


def _name(line: Line) -> str:
    return line.layer.name if line.layer else ""


def _heading(tile: Tile, metric: str, box: Box) -> str:
    """What is told above the boxes of a block, if anything fits."""
    name, room = quote(tile.name), box.width - 8
    found = (f"{name}  {_brief(tile, metric)}", name)
    fits = (words for words in found if width_of(words) <= room)
    return next(fits, "") if box.height > 3 * LINE else ""


def _merged(tiles: Sequence[Tile], box: Box) -> list[Tile]:
    """The largest first; those for which a box would be too small are one."""
    found = sorted((each for each in tiles if each.amount), key=lambda each: -each.amount)
    whole = sum(each.amount for each in found)
    large = [each for each in found if each.amount * box.area >= _LEAST * whole]
    rest = found[len(large) :]
    if len(rest) < 2:
        return found
    held = [line for each in rest for line in each.lines]
    amount = sum(each.amount for each in rest)
    return [*large, Tile(f"{len(rest)} others", held, amount, is_rest=True)]


def _brief(tile: Tile, metric: str) -> str:
    return brief(tile.line.report, metric, tile.line.layer)


def _label(tile: Tile, metric: str, box: Box, within: str) -> Iterator[Svg]:
    """Its name and amount, as far as they fit."""
    name = quote(tile.name.removeprefix(within).lstrip(".") or tile.name)
    lines = [name, _brief(tile, metric)]
    for place, words in enumerate(lines):
        if width_of(words) > box.width - 6 or LINE * (place + 1) > box.height - 2:
            return
        yield text(box.x + 4, box.y + FONT + LINE * place, words, "on" if not place else "on dim")


def squarified(amounts: Sequence[int], box: Box) -> Iterator[Box]:
    """A box for each amount, the largest first, that together fill `box` and are as square as can
    be (Bruls, Huizing, van Wijk 2000)."""
    left, start, whole = box, 0, sum(amounts)
    while start < len(amounts):
        side, area = min(left.width, left.height), left.area / (whole or 1)
        end, held = start + 1, amounts[start]
        while end < len(amounts) and _worst(
            amounts[start], amounts[end], held + amounts[end], side, area
        ) <= _worst(amounts[start], amounts[end - 1], held, side, area):
            held += amounts[end]
            end += 1
        yield from _row(amounts[start:end], held, left, held / (whole or 1))
        left, whole, start = _behind(left, held / (whole or 1)), whole - held, end


def _worst(largest: int, smallest: int, held: int, side: float, area: float) -> float:
    """How far from square the boxes of a row are, along a `side`, at most."""
    room = (held * area) ** 2 or 1e-12
    square = side * side
    return max(square * largest * area / room, room / (square * smallest * area or 1e-12))


def _row(amounts: Sequence[int], held: int, box: Box, share: float) -> Iterator[Box]:
    """Boxes side by side along the shorter side, which take that share of the longer one."""
    done = 0
    for amount in amounts:
        start, length = done / held, amount / held
        if box.width >= box.height:
            width = box.width * share
            yield Box(box.x, box.y + box.height * start, width, box.height * length)
        else:
            height = box.height * share
            yield Box(box.x + box.width * start, box.y, box.width * length, height)
        done += amount


def _behind(box: Box, share: float) -> Box:
    if box.width >= box.height:
        return box._replace(x=box.x + box.width * share, width=box.width * (1 - share))
    return box._replace(y=box.y + box.height * share, height=box.height * (1 - share))
