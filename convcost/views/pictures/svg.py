"""SVG: a few marks, in words that cannot become anything but text.

A picture stands alone: it fetches nothing, names generic fonts, says by words what it shows, and is
readable in grey, on dark and on light.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, LiteralString

from convcost.views.html import Html
from convcost.views.text import columns

FONT = 12
"""Pixels, of the usual text; a title has `TITLE`."""
TITLE = 16
LINE = 16
"""Pixels from one line of text to the next."""
Segment = tuple[float, float, float, float]
"""x and y of one end of a line, and of the other."""

_STYLE: LiteralString = """
text { font: 12px Helvetica, Arial, sans-serif; fill: #1f2328; paint-order: stroke;
  stroke: #ffffff; stroke-width: 4px; stroke-linejoin: round }
.title { font-size: 16px; font-weight: bold } .strong { font-weight: bold }
.dim { fill: #59636e } .paper { fill: #ffffff }
.map { fill: #eef1f4; stroke: #59636e } .lit { fill: #0b57b8; stroke: #0b57b8 }
.tap { fill: #59636e }
.line { stroke: #c3cad2; stroke-width: 1 } .strand { stroke: #0b57b8; stroke-width: 1.6 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; stroke: #0d1117 } .dim { fill: #9aa5b1 } .paper { fill: #0d1117 }
  .map { fill: #21262d; stroke: #9aa5b1 } .lit { fill: #6cb2ff; stroke: #6cb2ff }
  .tap { fill: #9aa5b1 }
  .line { stroke: #3d444d } .strand { stroke: #6cb2ff }
}
"""


class Svg(Html):
    """Markup of a picture; other text in it only escaped."""

    __slots__ = ()


_LINE = Svg.of("\n")


def document(width: float, height: float, title: str, about: str, marks: Iterable[Svg]) -> Svg:
    """A whole picture; `title` and `about` are what those hear who do not see it."""
    head = Svg.of(
        '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1}" viewBox="0 0 {0} {1}" '
        'role="img" aria-labelledby="title about">\n<title id="title">{2}</title>\n'
        '<desc id="about">{3}</desc>\n<style>{4}</style>\n'
        '<rect class="paper" width="{0}" height="{1}"/>',
        *(_number(width), _number(height), title, about, Svg._made(_STYLE)),
    )
    return _LINE.join([head, *marks, Svg.of("</svg>\n")])


def rect(x: float, y: float, width: float, height: float, look: LiteralString) -> Svg:
    """A box from its upper left corner."""
    numbers = map(_number, (x, y, width, height))
    template = '<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>'
    return Svg.of(template, look, *numbers)


def lines(segments: Iterable[Segment], look: LiteralString = "line") -> Svg:
    """Straight lines, each from one point to another, as one mark."""
    drawn = (
        f"M{_number(x1)} {_number(y1)}L{_number(x2)} {_number(y2)}" for x1, y1, x2, y2 in segments
    )
    return Svg.of('<path class="{}" d="{}"/>', look, "".join(drawn))


def text(
    x: float,
    y: float,
    words: str,
    look: LiteralString = "",
    anchor: Literal["start", "middle", "end"] = "start",
) -> Svg:
    """Words on the line `y`, which `x` is the start, the middle or the end of."""
    template = '<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>'
    return Svg.of(template, look, _number(x), _number(y), anchor, words)


def paragraph(x: float, y: float, lines: Sequence[str], look: LiteralString = "") -> list[Svg]:
    """Lines one below the other, the first at `y`."""
    return [text(x, y + LINE * place, words, look) for place, words in enumerate(lines)]


def width_of(words: str, size: float = FONT) -> float:
    """How wide text is at most, in pixels, in the generic sans-serif fonts."""
    return size * sum(map(_width, words))


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
    if char in "mwMW%—→":
        return 1.0
    if char.isascii():
        return 0.72 if char.isupper() else 0.6
    return 0.6 * columns(char) + 0.1


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
