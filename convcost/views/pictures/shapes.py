"""Dots of several shapes, for what is of several sorts: told apart without colour."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import LiteralString

from convcost.views.pictures.bars import BAR, key
from convcost.views.pictures.page import Panel
from convcost.views.pictures.svg import SHADES, Svg, area, dot, rect

NETWORK = 4
"""The shape of what is no layer."""
_SIDE = 0.89


def shaped(shape: int, x: float, y: float, size: float, title: str = "") -> Svg:
    """A dot around its middle, of the same area in each of five shapes, the last one open."""
    look: LiteralString = SHADES[shape] if shape < NETWORK else "open"
    if shape == 0:
        return dot(x, y, size, look, title)
    side = size * _SIDE
    half = side / 2
    if shape == 1:
        return rect(x - half, y - half, side, side, look, title)
    if shape == 2:
        wide, high = side * 0.76, side * 0.66
        return area([(x - wide, y + high), (x + wide, y + high), (x, y - high)], look, title)
    reach = side * 0.71
    corners = [(x - reach, y), (x, y - reach), (x + reach, y), (x, y + reach)]
    return area(corners, look, title)


def keyed(sorts: Sequence[tuple[int, str]]) -> Panel:
    """What the shapes stand for."""

    def drawn(shape: int) -> Callable[[float, float], Svg]:
        return lambda x, y: shaped(shape, x, y, BAR)

    return key([(drawn(shape), words) for shape, words in sorts])
