"""Markdown as GitHub reads it: tables, and names that cannot become anything but text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from convcost.views.text import printable

_HTML = re.compile(r"[&<>|]")
_MARKS = re.compile(r"[\\*`\[\]~$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")


def escape(text: str) -> str:
    """`text` without Markdown, HTML, table bars, mentions or line ends that could act."""
    marked = _MARKS.sub(lambda match: f"\\{match[0]}", printable(text))
    entities = _HTML.sub(lambda match: f"&#{ord(match[0])};", marked)
    # GitHub looks for mentions after it has read all that, but not across a blank of no width.
    return entities.replace("@", "@&#8203;")


def table(titles: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[str] = ()) -> str:
    """A table; the columns titled in `right` are set flush right. Cells are Markdown already."""
    flush = set(right)
    marks = ["---:" if title in flush else "---" for title in titles]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (titles, marks, *rows)) + "\n"
