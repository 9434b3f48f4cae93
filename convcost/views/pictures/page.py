"""A whole picture: a title, what is asked, panels one below the other, and what there is to say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from convcost.frozen import Frozen
from convcost.text import quote
from convcost.views.pictures.svg import (
    BOLD,
    LINE,
    TITLE,
    Svg,
    document,
    fitted,
    folded,
    group,
    paragraph,
    text,
)

RIM = 12
WIDTH = 456.0
"""What panels have at least: with the rims, text is 6 pt high in a column of a paper."""
_GAP = 18


class Panel(Frozen):
    """Marks that take so much room, from an upper left corner at 0, 0."""

    width: float
    height: float
    marks: Sequence[Svg]


def page(
    title: str,
    asked: str,
    panels: Sequence[Panel],
    said: Sequence[str] = (),
    about: str = "",
    named: str = "",
) -> Svg:
    """A picture that stands alone. Who does not see it hears what it is `named`, or its title, and
    what there is `about` it, or what is `asked` and `said`."""
    width = max([WIDTH, *(each.width for each in panels)])
    marks = [text(RIM, RIM + TITLE - 3, fitted(title, width, TITLE * BOLD), "title")]
    above = _lines([asked], width)
    below = _lines(said, width)
    y: float = RIM + TITLE + LINE
    marks += paragraph(RIM, y, above, "dim")
    y += LINE * (len(above) - 1) + _GAP
    for place, panel in _below_each_other(panels, y):
        marks.append(group(RIM, place, panel.marks))
        y = place + panel.height
    marks += paragraph(RIM, y + _GAP + LINE / 2, below)
    height = y + (_GAP + LINE * (len(below) - 0.5)) * bool(below) + RIM
    about = about or " ".join(" ".join([f"{asked}.", *said]).split())
    return document(width + 2 * RIM, height, named or quote(title), about, marks)


def _lines(texts: Sequence[str], width: float) -> list[str]:
    """Texts in lines that have room, whatever a word takes."""
    return [fitted(line, width) for words in texts for line in folded(words, width)]


def _below_each_other(panels: Sequence[Panel], y: float) -> Iterator[tuple[float, Panel]]:
    for panel in panels:
        yield y, panel
        y += panel.height + _GAP
