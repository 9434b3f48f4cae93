"""An extension of Python-Markdown that sets the formulas of `docs/kinds.md`.

They stand in items such as `- **params**: n·m·k² = 64·64·3² = 36,864`, and in cells of tables.
"""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from website.mathml import typeset

NAMES = ("params", "MACs", "ratio")
LITERATURE = "(in the literature "


class Formulas(Treeprocessor):
    """Sets each formula that is an item's, or all of a cell."""

    def run(self, root: Element) -> None:
        for item in root.iter("li"):
            if len(item) == 1 and item[0].tag == "strong" and item[0].text in NAMES:
                self._set(item, (item[0].tail or "").removeprefix(":").lstrip())
        for cell in root.iter("td"):
            if not len(cell) and " = " in (cell.text or ""):
                self._set(cell, cell.text or "")

    def _set(self, parent: Element, text: str) -> None:
        found, before = typeset(text), ""
        if not found and LITERATURE in text:
            place = text.index(LITERATURE) + len(LITERATURE)
            before, found = text[:place], typeset(text[place:])
        if not found or (parent.tag == "td" and found[1]):
            return
        sides, behind = found
        for side in sides:
            side.tail = " "
        sides[-1].tail = behind
        if len(parent):
            parent[0].tail = f": {before}"
        else:
            parent.text = before
        parent.extend(sides)


class FormulasExtension(Extension):
    """What Python-Markdown loads."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802, Python-Markdown's own name
        md.treeprocessors.register(Formulas(md), "formulas", 5)  # when inline marks are elements


def makeExtension(**options: Any) -> FormulasExtension:  # noqa: N802
    """As Python-Markdown asks for it."""
    return FormulasExtension(**options)
