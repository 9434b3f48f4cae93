"""SVG: a few marks, in words that cannot become anything but text.

A picture stands alone: it fetches nothing, names generic fonts, says by words what it shows, and is
readable in grey, on dark and on light.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import accumulate
from math import fsum, hypot
from typing import Literal, LiteralString

from convcost.views.html import Html
from convcost.views.text import columns, printable

FONT = 12
"""Pixels, of the usual text; a title has `TITLE`."""
TITLE = 16
BOLD = 1.2
"""How much wider bold letters are at most, as those of a title."""
LINE = 16
"""Pixels from one line of text to the next."""
Point = tuple[float, float]
Segment = tuple[float, float, float, float]
"""x and y of one end of a line, and of the other."""

_HEAD = 6

_DARK = "@media (prefers-color-scheme: dark)"
_STYLE: LiteralString = """
.picture text { font: 12px Helvetica, Arial, sans-serif; fill: #1f2328; paint-order: stroke;
  stroke: #ffffff; stroke-width: 4px; stroke-linejoin: round }
.picture .title { font-size: 16px; font-weight: bold } .picture .strong { font-weight: bold }
.picture .dim { fill: #59636e } .picture .paper { fill: #ffffff }
.picture .map { fill: #eef1f4; stroke: #59636e }
.picture .lit { fill: #0b57b8; stroke: #0b57b8 } .picture .tap { fill: #59636e }
.picture .shade0 { fill: #0b57b8 } .picture .shade1 { fill: #5f9be0 }
.picture .shade2 { fill: #a9cdf5 } .picture .shade3 { fill: #dcebfb }
.picture .shade { stroke: #0b3f85; stroke-width: 0.6 }
.picture .tile { fill: #dcebfb; stroke: #0b3f85; stroke-width: 0.6 }
.picture .rest { fill: #ffffff } .picture .block { fill: #ffffff; stroke: #1f2328; stroke-width: 1 }
.picture .on { stroke: none }
.picture .line { fill: none; stroke: #c3cad2; stroke-width: 1 }
.picture .axis { fill: none; stroke: #59636e; stroke-width: 1 }
.picture .strand { fill: none; stroke: #0b57b8; stroke-width: 1.6 }
.picture .open { fill: #ffffff; stroke: #1f2328; stroke-width: 1.6 }
.picture .cell0 { stroke: #85aedd } .picture .cell1 { stroke: #b3cfee }
.picture .cell2 { stroke: #dae8f7 } .picture .cell3 { stroke: #c3cad2 }
@media (prefers-color-scheme: dark) {
  .picture text { fill: #e6edf3; stroke: #0d1117 } .picture .dim { fill: #9aa5b1 }
  .picture .paper { fill: #0d1117 } .picture .map { fill: #21262d; stroke: #9aa5b1 }
  .picture .lit { fill: #6cb2ff; stroke: #6cb2ff } .picture .tap { fill: #9aa5b1 }
  .picture .shade0 { fill: #8cc4ff } .picture .shade1 { fill: #4a8fdd }
  .picture .shade2 { fill: #27588f } .picture .shade3 { fill: #173050 }
  .picture .tile { fill: #173050; stroke: #8cc4ff } .picture .rest { fill: #0d1117 }
  .picture .block { fill: #0d1117; stroke: #e6edf3 } .picture .on { stroke: none }
  .picture .shade { stroke: #8cc4ff } .picture .line { stroke: #3d444d }
  .picture .axis { stroke: #9aa5b1 } .picture .strand { stroke: #6cb2ff }
  .picture .open { fill: #0d1117; stroke: #e6edf3 }
  .picture .cell0 { stroke: #31619b } .picture .cell1 { stroke: #24466e }
  .picture .cell2 { stroke: #182e48 } .picture .cell3 { stroke: #3d444d }
}
"""
SHADES: tuple[LiteralString, ...] = tuple(f"shade shade{place}" for place in range(4))
"""Looks of areas that stand beside each other, the darkest first, which differ in grey too."""
STRAND: LiteralString = "strand"
"""The look of a line that stands out."""


class Svg(Html):
    """Markup of a picture; other text in it only escaped."""

    __slots__ = ()

    def _repr_svg_(self) -> str:
        """The picture, which a notebook shows."""
        return str(self)


_LINE = Svg.of("\n")
_RULE = re.compile(r"\.picture \.?(\S+) \{[^}]*\}")
_OWN_STYLE = re.compile(r"<style>[^<]*</style>\n")
_CLASS = re.compile(r'class="([^"]*)"')


def document(width: float, height: float, title: str, about: str, marks: Iterable[Svg]) -> Svg:
    """A whole picture; `title` and `about` are what those hear who do not see it.

    It has no ids, so that any number of pictures can stand in a page, and of the looks those that
    its marks have.
    """
    drawn = _LINE.join(marks)
    head = Svg.of(
        '<svg xmlns="http://www.w3.org/2000/svg" class="picture" width="{0}" height="{1}" '
        'viewBox="0 0 {0} {1}" role="img">\n<title>{2}</title>\n<desc>{3}</desc>\n'
        '<style>{4}</style>\n<rect class="paper" width="{0}" height="{1}"/>',
        *(_number(width), _number(height), title, about, Svg._made(_style(drawn))),
    )
    return _LINE.join([head, *[drawn] * bool(drawn), Svg.of("</svg>\n")])


def _style(drawn: str) -> str:
    """The looks of these marks, a line each, and of those in the dark."""
    used = {"text", "paper", *(name for look in _CLASS.findall(drawn) for name in look.split())}
    light, dark = (
        "\n".join(rule[0] for rule in _RULE.finditer(half) if rule[1] in used)
        for half in _STYLE.split(_DARK)
    )
    return f"\n{light}\n{_DARK} {{\n{dark}\n}}\n"


def within(picture: Svg) -> Svg:
    """A whole picture for a page that has `style()` once for all of them."""
    return Svg._made(_OWN_STYLE.sub("", picture, count=1))


def style() -> Svg:
    """What pictures look like, as a style sheet that reaches no further than they do."""
    return Svg._made(_STYLE)


def group(x: float, y: float, marks: Iterable[Svg]) -> Svg:
    """Marks from the point where their 0, 0 is to be."""
    start = Svg.of('<g transform="translate({} {})">', _number(x), _number(y))
    return _LINE.join([start, *marks, Svg.of("</g>")])


def rect(
    x: float, y: float, width: float, height: float, look: LiteralString, title: str = ""
) -> Svg:
    """A box or a bar from its upper left corner; who points at it reads `title`."""
    numbers = map(_number, (x, y, width, height))
    start = Svg.of('<rect class="{}" x="{}" y="{}" width="{}" height="{}"', look, *numbers)
    return _titled("rect", start, title)


def dot(x: float, y: float, size: float, look: LiteralString, title: str = "") -> Svg:
    """A dot around its middle, `size` wide."""
    numbers = map(_number, (x, y, size / 2))
    start = Svg.of('<circle class="{}" cx="{}" cy="{}" r="{}"', look, *numbers)
    return _titled("circle", start, title)


def area(points: Sequence[Point], look: LiteralString, title: str = "") -> Svg:
    """What lies within the line through these points, which ends where it starts."""
    return _titled("path", Svg.of('<path class="{}" d="{}Z"', look, _through(points)), title)


def line(points: Sequence[Point], look: LiteralString = STRAND, title: str = "") -> Svg:
    """One line through these points."""
    return _titled("path", Svg.of('<path class="{}" d="{}"', look, _through(points)), title)


def lines(segments: Iterable[Segment], look: LiteralString = "line") -> Svg:
    """Straight lines, each from one point to another, as one mark."""
    drawn = (_through(((x1, y1), (x2, y2))) for x1, y1, x2, y2 in segments)
    return Svg.of('<path class="{}" d="{}"/>', look, "".join(drawn))


def tiles(
    rows: Iterable[tuple[float, float, float]], height: float, look: LiteralString, title: str = ""
) -> Svg:
    """Boxes of one height as one mark, each by its left end, its middle and its width."""
    drawn = "".join(f"M{_number(x)} {_number(y)}h{_number(width)}" for x, y, width in rows)
    start = Svg.of('<path class="{}" stroke-width="{}" d="{}"', look, _number(height), drawn)
    return _titled("path", start, title)


def arrow(start: Point, end: Point, look: LiteralString = "axis") -> Svg:
    """A straight line with a head where it ends."""
    (x, y), length = end, max(hypot(end[0] - start[0], end[1] - start[1]), 1e-9)
    along, across = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    sides = [
        (x - _HEAD * (along + turn * across / 2), y - _HEAD * (across - turn * along / 2), x, y)
        for turn in (1, -1)
    ]
    return lines([(*start, *end), *sides], look)


def text(
    x: float,
    y: float,
    words: str,
    look: LiteralString = "",
    anchor: Literal["start", "middle", "end"] = "start",
) -> Svg:
    """Words on the line `y`, which `x` is the start, the middle or the end of."""
    return Svg.of(
        '<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>',
        *(look, _number(x), _number(y), anchor, words),
    )


def paragraph(x: float, y: float, lines: Sequence[str], look: LiteralString = "") -> list[Svg]:
    """Lines one below the other, the first at `y`."""
    return [text(x, y + LINE * place, words, look) for place, words in enumerate(lines)]


def width_of(words: str, size: float = FONT) -> float:
    """How wide text is at most, in pixels, in the generic sans-serif fonts."""
    return size * fsum(map(_width, words))


def fitted(words: str, width: float, size: float = FONT) -> str:
    """`words`, printable, or as much of their beginning as fits with an ellipsis behind it."""
    shown = printable(words[: int(width)])
    if len(words) <= len(shown) and width_of(shown, size) <= width:
        return shown
    widths = accumulate(map(_width, shown), initial=_width("…"))
    room = sum(size * each <= width for each in widths) - 1
    return f"{shown[: max(0, room)]}…"


def folded(words: str, width: float, size: float = FONT) -> list[str]:
    """Text in lines that take at most that many pixels; a word that takes more is not broken."""
    lines: list[str] = []
    for word in words.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _width(char: str) -> float:
    """In heights of a letter."""
    if char in "ijltfI.,:;'|!()[]/- ·":
        return 0.38
    if char in "mwMW%—→…":
        return 1.0
    if char.isascii():
        return 0.72 if char.isupper() else 0.6
    return 0.6 * columns(char) + 0.1


def _titled(name: LiteralString, start: Svg, title: str) -> Svg:
    """The mark whose tag begins so, closed."""
    if not title:
        return Svg.of("{}/>", start)
    return Svg.of("{}><title>{}</title></{}>", start, title, Svg._made(name))


def _through(points: Iterable[Point]) -> str:
    return "M" + "L".join(f"{_number(x)} {_number(y)}" for x, y in points)


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
