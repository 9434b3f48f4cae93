"""Rows of bars under several titles, each bar of parts one behind the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import partial
from typing import LiteralString

from convcost.frozen import Frozen
from convcost.views.pictures.axes import Scale
from convcost.views.pictures.page import WIDTH, Panel
from convcost.views.pictures.svg import (
    LINE,
    SHADES,
    STRAND,
    Svg,
    fitted,
    line,
    lines,
    paragraph,
    rect,
    text,
    width_of,
)

BAR = 12
_GAP = 16
_LEAST = 136.0
_LEAST_SEEN = 0.5
NAMES = 150.0
"""What names take at most; longer ones are cut."""


class Part(Frozen):
    """A part of a bar: its length is to others' as their amounts are; `title` tells it exactly. It
    has the shade of its place, unless it has a `look` of its own."""

    amount: int | float | Fraction
    title: str
    look: LiteralString = ""


class Bar(Frozen):
    """A bar with what stands behind it, as short as can be. It may `start` elsewhere than at 0, and
    a thin line lead on from the amount `then` to the next bar."""

    parts: Sequence[Part]
    label: str
    start: int = 0
    then: int | None = None

    @property
    def end(self) -> float:
        """Where all its parts end."""
        return float(self.start + sum(Fraction(part.amount) for part in self.parts))


class BarRow(Frozen):
    """What a row is about, in lines, with smaller print below, and its bars; None is no bar."""

    names: Sequence[str]
    below: Sequence[str]
    bars: Sequence[Bar | None]


def bars(titles: Sequence[str], rows: Sequence[BarRow]) -> Panel:
    """The rows, whose bars stand below their `titles`; in each the longest takes all there is."""
    lines_of = [[*row.names, *row.below] for row in rows]
    names = max(width_of(fitted(line, NAMES)) for each in lines_of for line in each)
    each = max(_LEAST, (WIDTH - names) / len(titles) - _GAP)
    xs = [names + _GAP + place * (each + _GAP) for place in range(len(titles))]
    marks = [text(x, LINE - 4, title, "dim") for x, title in zip(xs, titles, strict=True)]
    y = LINE + 6.0
    tops = []
    for row, said in zip(rows, lines_of, strict=True):
        tops.append(y)
        marks += paragraph(0, y + BAR - 2, [fitted(line, NAMES) for line in row.names])
        below = y + BAR - 2 + LINE * len(row.names)
        marks += paragraph(0, below, [fitted(line, NAMES) for line in row.below], "dim")
        y += LINE * len(said) + 6
    for place, x in enumerate(xs):
        column = [row.bars[place] for row in rows]
        marks += _column(column, x, each, tops)
        marks.append(lines([(x, LINE, x, y)], "axis"))
    return Panel(xs[-1] + each, y, marks)


def legend(labels: Sequence[str], looks: Sequence[LiteralString] = SHADES) -> Panel:
    """What each shade stands for."""
    return key(
        [(partial(_swatch, look), label) for label, look in zip(labels, looks, strict=False)]
    )


def key(entries: Sequence[tuple[Callable[[float, float], Svg], str]]) -> Panel:
    """What marks stand for, side by side as far as there is room; each is drawn around a point, at
    most `BAR` high and wide."""
    marks: list[Svg] = []
    x, y = 0.0, 0.0
    for draw, words in entries:
        width = BAR + 6 + width_of(words)
        if x and x + width > WIDTH:
            x, y = 0.0, y + LINE
        marks += [draw(x + BAR / 2, y + BAR / 2), text(x + BAR + 6, y + BAR - 2, words, "dim")]
        x += width + _GAP
    return Panel(WIDTH, y + LINE, marks)


def _swatch(look: LiteralString, x: float, y: float) -> Svg:
    half = BAR / 2
    if look == STRAND:
        return line([(x - half, y), (x + half, y)])
    return rect(x - half, y - half, BAR, BAR, look)


def _column(
    column: Sequence[Bar | None], x: float, width: float, tops: Sequence[float]
) -> Iterator[Svg]:
    """The bars below a title, which have so much room from `x` on."""
    there = [bar for bar in column if bar]
    room = width - max((width_of(bar.label) for bar in there), default=0) - 6
    scale = Scale(0, max((bar.end for bar in there), default=0) or 1, x, x + room)
    for bar, y, below in zip(column, tops, [*tops[1:], None], strict=True):
        if bar is None:
            continue
        start = float(bar.start)
        for place, part in enumerate(bar.parts):
            left, start = scale.at(start), start + float(part.amount)
            look = part.look or SHADES[min(place, len(SHADES) - 1)]
            if part.amount:
                length = max(scale.at(start) - left, _LEAST_SEEN)
                yield rect(left, y, length, BAR, look, part.title)
        yield text(scale.at(bar.end) + 6, y + BAR - 2, bar.label)
        if bar.then is not None and below:
            at = scale.at(bar.then)
            top = y + BAR * bool(bar.parts)
            yield lines([(at, top, at, below)], "axis")
