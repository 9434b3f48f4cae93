"""Blocks of a page whose style is its own sheet's: no style in attributes, which its policy
forbids."""

from __future__ import annotations

from collections.abc import Iterable

from convcost.views.formats.html import Fragments
from convcost.views.html import Html
from convcost.views.page import Table
from convcost.views.pictures.svg import Svg, within

MOST_ROWS = 2_000
"""Of a table that is there without a script."""
_DEEPEST = 6
_LINE = Html.of("\n")


class Blocks(Fragments):
    """Blocks of a section whose tables are called by its `caption`."""

    right = Html.of(' class="right"')

    def __init__(self, caption: str) -> None:
        self.caption = caption
        self._tables = 0

    def deep(self, level: int) -> Html:
        return Html.of(' class="deep{}"', min(level, _DEEPEST))

    def table(self, told: Table) -> Html:
        """A table that scrolls by itself where the page is narrow, of its first rows."""
        self._tables += 1
        caption = f"{self.caption}, table {self._tables}" if self._tables > 1 else self.caption
        left = len(told.rows) - MOST_ROWS
        shown = told.changed(rows=told.rows[:MOST_ROWS])
        found = Html.of(
            '<div class="wide" role="region" aria-label="{0}" tabindex="0">\n'
            "<table>\n<caption>{0}</caption>\n{1}\n</table>\n</div>",
            caption,
            _LINE.join(self._groups(shown)),
        )
        return _LINE.join([found, *[Html.of("<p>and {} more</p>", f"{left:,}")] * (left > 0)])


def section(name: str, title: str, blocks: Iterable[Html], level: int = 2) -> Html:
    """A part of a page under its heading, which `name` leads to."""
    return Html.of(
        '<section id="{0}" aria-labelledby="{0}-title">\n<h{2} id="{0}-title">{1}</h{2}>\n{3}\n'
        "</section>",
        name,
        title,
        level,
        _LINE.join(blocks),
    )


def picture(drawn: Svg, caption: str) -> Html:
    """A picture that scrolls by itself where the page is narrow, and what it is."""
    return Html.of(
        '<figure>\n<div class="drawn" role="region" aria-label="{0}" tabindex="0">\n{1}</div>\n'
        "<figcaption>{0}</figcaption>\n</figure>",
        caption,
        within(drawn),
    )
