"""An extension of Python-Markdown: links that are called as a file get that page's title.

On a forge `[formats.md](formats.md)` says which file it is; on a site there are no files.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

DOCS = Path(__file__).parents[1] / "docs"


class Titles(Treeprocessor):
    """Puts titles in the place of file names."""

    def run(self, root: Element) -> None:
        for link in root.iter("a"):
            page = DOCS / (link.text or "")
            if page.suffix == ".md" and page.is_file():
                link.text = title_of(page)


def title_of(page: Path) -> str:
    """The heading that a page starts with."""
    return page.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")


class TitlesExtension(Extension):
    """What Python-Markdown loads."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802, Python-Markdown's own name
        md.treeprocessors.register(Titles(md), "titles", 5)  # when inline marks are elements


def makeExtension(**options: Any) -> TitlesExtension:  # noqa: N802
    """As Python-Markdown asks for it."""
    return TitlesExtension(**options)
