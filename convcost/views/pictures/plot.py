"""A box whose sides are two scales, in which points lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from convcost.views.pictures.axes import Scale, along, room_for, up
from convcost.views.pictures.page import WIDTH
from convcost.views.pictures.svg import LINE, Point, Svg, text

HEIGHT = 250.0
_TOP = LINE + 8.0
_AIR = 0.07
_LEAST_AIR = 1.02


class Ends(NamedTuple):
    """What a scale is of, in words, and where it begins and ends; see `Scale` for the rest."""

    title: str
    low: float
    high: float
    log: bool = False
    whole: bool = True
    names: Sequence[str] = ()

    def between(self, start: float, end: float) -> Scale:
        """The scale between two pixels."""
        return Scale(self.low, self.high, start, end, self.log, False, self.whole, self.names)


class Plot(NamedTuple):
    """Two scales, and what stands around them, in a panel from 0, 0 on."""

    across: Scale
    up: Scale
    titles: tuple[str, str]

    def point(self, x: float, y: float) -> Point:
        """The pixels of two amounts."""
        return self.across.at(x), self.up.at(y)

    @property
    def bottom(self) -> float:
        """The pixel at which the axis across lies."""
        return self.up.start

    @property
    def height(self) -> float:
        """That of a panel with all that stands around."""
        return self.bottom + 2 * LINE + 4

    def marks(self) -> list[Svg]:
        """Both axes."""
        left, right = self.across.start, self.across.end
        across, above = self.titles
        return [
            *up(self.up, left, right),
            *along(self.across, self.bottom, self.up.end),
            text(0, LINE - 4, above, "dim"),
            text(right, self.height - 2, across, "dim", "end"),
        ]


def plot(across: Ends, above: Ends, height: float = HEIGHT) -> Plot:
    """A plot as wide as pictures are."""
    rising = above.between(_TOP + height, _TOP)
    left = room_for(rising)
    return Plot(across.between(left, WIDTH), rising, (across.title, above.title))


def spread(title: str, values: Sequence[float], log: bool = False, whole: bool = True) -> Ends:
    """From the least to the most of `values`, with some air around."""
    low, high = min(values), max(values)
    if log:
        air = max((high / low) ** _AIR, _LEAST_AIR)
        return Ends(title, low / air, high * air, log, whole)
    air = (high - low or abs(high) or 1.0) * _AIR
    return Ends(title, low - air, high + air, whole=whole)
