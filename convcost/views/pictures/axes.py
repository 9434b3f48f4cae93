"""Axes: where an amount lies, linear or logarithmic, and round ticks with their labels."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from math import ceil, floor, log10
from typing import NamedTuple

from convcost.views.pictures.svg import FONT, Svg, fitted, lines, text, width_of

TICK = 4
_APART_DOWN = 28
_BETWEEN = 18
_BEYOND = 10
"""Pixels up to which a label may reach beyond the end of its axis."""
_PREFIXES = (("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3), ("", 1.0))
_BINARY = (("TiB", 2.0**40), ("GiB", 2.0**30), ("MiB", 2.0**20), ("KiB", 2.0**10), ("B", 1.0))
_STEPS = (1, 2, 5)
_NAME = 110.0
_NEARLY = 0.999
_WIDE = 8
"""Times of the low end, from which on powers are better ticks than multiples."""


class Scale(NamedTuple):
    """Amounts from `low` to `high` lie between the pixels `start` and `end`. On a scale that is
    `log` equal ratios are equally far; it has no 0. `is_binary` amounts are bytes, whose round
    numbers are powers of 2; those that are `whole` have no parts. In the place of amounts from 0 on
    there may be `names`."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False
    is_binary: bool = False
    whole: bool = True
    names: Sequence[str] = ()

    def at(self, amount: float) -> float:
        """The pixel of an amount; one beyond the ends lies at the end."""
        low, high, kept = self.low, self.high, min(max(amount, self.low), self.high)
        if self.log:
            low, high, kept = log10(low), log10(high), log10(kept)
        return self.start + (self.end - self.start) * ((kept - low) / (high - low or 1))

    def label(self, amount: float) -> str:
        """`0`, `2.5 M`, `0.5`, `64 KiB`: a round amount, as short as can be; or a name."""
        if self.names:
            return fitted(self.names[round(amount)], _NAME)
        if not amount:
            return "0"
        units = _BINARY if self.is_binary else _PREFIXES
        unit, size = next((each for each in units if amount >= each[1]), units[-1])
        return f"{amount / size:.12g} {unit}".rstrip()

    def ticks(self, apart: float) -> list[float]:
        """Round amounts that lie at least so many pixels `apart`."""
        most = max(1, floor(abs(self.end - self.start) / apart))
        if self.log and self.high >= _WIDE * self.low:
            return list(self._powers(most))
        tries = [list(self._multiples(count)) for count in range(most, 0, -1)]
        return next((found for found in tries if self._are_apart(found, apart)), tries[-1][:1])

    def _are_apart(self, ticks: Sequence[float], apart: float) -> bool:
        """Whether all are, which equal steps of a log scale need not be."""
        ends = pairwise(map(self.at, ticks))
        return all(abs(after - before) >= apart * _NEARLY for before, after in ends)

    def _multiples(self, most: int) -> Iterator[float]:
        """Multiples of a round step."""
        span = self.high - self.low
        step = _power_of_two(span / most) if self.is_binary else _round_up(span / most)
        step = max(step, 1.0) if self.whole or self.is_binary else step
        place = ceil(self.low / step)
        while place * step <= self.high:
            yield place * step
            place += 1

    def _powers(self, most: int) -> Iterator[float]:
        """Powers of ten, or every second, third, ...; 2 and 5 times them where there is room."""
        low, high = ceil(log10(self.low) - 1e-9), floor(log10(self.high) + 1e-9)
        decades = max(log10(self.high / self.low), 1e-9)
        between = _STEPS if most > 4 * decades else (1,)
        step = max(1, ceil(decades / most))
        for power in range(low - 1, high + 1):
            if power % step == 0:
                found = (each * 10.0**power for each in between)
                yield from (each for each in found if self.low <= each <= self.high)


def _round_up(amount: float) -> float:
    """The least of 1, 2 and 5 times a power of ten that is not below it; 1 for nothing."""
    if amount <= 0:
        return 1.0
    power = 10.0 ** floor(log10(amount))
    return next(each * power for each in (*_STEPS, 10) if each * power >= amount * (1 - 1e-9))


def _power_of_two(amount: float) -> float:
    return 2.0 ** max(0, ceil(amount - 1).bit_length())


def up(scale: Scale, x: float, right: float) -> list[Svg]:
    """An axis that leads up at `x`, with its labels on the left and thin lines to the `right`."""
    ticks = scale.ticks(_APART_DOWN)
    ys = [scale.at(each) for each in ticks]
    labels = [
        text(x - TICK - 2, y + FONT / 3, scale.label(each), "dim", "end")
        for each, y in zip(ticks, ys, strict=True)
    ]
    return [
        lines([(x, y, right, y) for y in ys]),
        lines([(x, scale.start, x, scale.end)], "axis"),
        *labels,
    ]


def room_for(scale: Scale) -> float:
    """How wide the labels of an axis that leads up are, with its ticks."""
    ticks = scale.ticks(_APART_DOWN)
    return max((width_of(scale.label(each)) for each in ticks), default=0) + TICK + 2


def along(
    scale: Scale, y: float, top: float, label: Callable[[float], str] | None = None
) -> list[Svg]:
    """An axis from left to right at `y`, with its labels below and thin lines to the `top`; a label
    that would lie on the one before it is left out."""
    label = label or scale.label
    widest = max((width_of(label(each)) for each in scale.ticks(_APART_DOWN)), default=0)
    ticks = scale.ticks(widest + _BETWEEN)
    marks = [
        lines([(scale.at(each), y, scale.at(each), top) for each in ticks]),
        lines([(scale.start, y, scale.end, y)], "axis"),
    ]
    taken = float("-inf")
    for each in ticks:
        half = width_of(label(each)) / 2
        x = min(scale.at(each), scale.end + _BEYOND - half)
        if x - half > taken:
            marks.append(text(x, y + TICK + FONT, label(each), "dim", "middle"))
            taken = x + half + _BETWEEN / 3
    return marks
