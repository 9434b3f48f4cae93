"""Dots of several shapes, for what is of several sorts: told apart without colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from convcost.views.pictures.page import WIDTH, Panel
from convcost.views.pictures.svg import LINE, SHADES, Svg, area, dot, rect, text, width_of

NETWORK = 4
"""The shape of what is no layer."""
_SIDE = 0.89
_GAP = 16
_KEY = 11.0


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


def key(sorts: Sequence[tuple[int, str]]) -> Panel:
    """What the shapes stand for, side by side as far as there is room."""
    marks: list[Svg] = []
    x, y = 0.0, 0.0
    for shape, words in sorts:
        width = _KEY + 6 + width_of(words)
        if x and x + width > WIDTH:
            x, y = 0.0, y + LINE
        marks += [
            shaped(shape, x + _KEY / 2, y + _KEY / 2, _KEY),
            text(x + _KEY + 6, y + _KEY - 1, words, "dim"),
        ]
        x += width + _GAP
    return Panel(WIDTH, y + LINE, marks)
