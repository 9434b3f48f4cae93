"""A result as a page: the parts that people read, each in the words of a language for pages.

Markdown, HTML and LaTeX have the same columns and parts, which sheets name after `MARKDOWN`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

from convcost.frozen import Frozen
from convcost.views.figures import seen
from convcost.views.language import Language
from convcost.views.screen import PLAIN, Screen
from convcost.views.sheet import (
    MARKDOWN,
    Folded,
    Heading,
    Labelled,
    Listing,
    Part,
    Result,
    Sheet,
    Text,
    Together,
    columns_for,
    has_total,
    parts_for,
    shower,
)

Written = TypeVar("Written", bound=Language)


class Table(Frozen):
    """Titles and rows of texts; `right` tells of each column whether it is set flush right."""

    titles: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: Sequence[bool]
    total: Sequence[str] | None = None


class Writer(Protocol[Written]):
    """What a language for pages calls things; every method gives a block, or several."""

    def heading(self, title: str, detail: str, below: str) -> Iterable[Written]:
        """A network's name; where it is from, and in bold what else is told at once."""

    def paragraph(self, lines: Sequence[str], breaks: bool) -> Written:
        """Sentences, each on a line of its own if it `breaks`."""

    def bold(self, text: str) -> Written:
        """A line that stands out."""

    def bullets(self, items: Sequence[str]) -> Written:
        """A list."""

    def labelled(self, pairs: Sequence[tuple[str, str]]) -> Written:
        """Texts with their labels in front."""

    def table(self, table: Table) -> Written:
        """A table, with its total last."""

    def folded(self, summary: str, blocks: Sequence[Written]) -> Iterable[Written]:
        """What is seen when its summary is opened."""


def written(result: Result, writer: Writer[Written], screen: Screen = PLAIN) -> list[Written]:
    """What people read of the result, block by block; none if there is nothing to say."""
    return list(blocks(result.parts(screen), writer))


def blocks(parts: Sequence[Part], writer: Writer[Written]) -> Iterator[Written]:
    """The same of `parts`."""
    for part in parts_for(parts, MARKDOWN):
        yield from _blocks(part, writer)


def _blocks(part: Part, writer: Writer[Written]) -> Iterable[Written]:
    match part:
        case Sheet():
            return [writer.table(table(part))]
        case Heading():
            return writer.heading(part.title, part.detail, part.below)
        case Text():
            return _text(part, writer)
        case Listing():
            title = f"{part.title[:1].upper()}{part.title[1:]}"
            return [writer.paragraph([title], False), writer.bullets(part.items)]
        case Labelled():
            return [writer.labelled(part.pairs)]
        case Together():
            return blocks(part.parts, writer)
        case Folded():
            return writer.folded(part.summary, list(blocks(part.parts, writer)))


def _text(part: Text, writer: Writer[Written]) -> Iterable[Written]:
    match part.markdown:
        case "bold":
            return map(writer.bold, part.lines)
        case "bullets":
            return [writer.bullets(part.lines)]
        case _:
            return [writer.paragraph(part.lines, part.markdown == "breaks")]


def table(sheet: Sheet[Any]) -> Table:
    """What people read of a sheet."""
    columns = [column for column in columns_for(sheet, MARKDOWN, people=True) if not column.comes]
    shows = [shower(column, MARKDOWN) for column in columns]
    return Table(
        [(column.title or "").replace("\n", " ") for column in columns],
        [[seen(show(row)) for show in shows] for row in sheet.rows],
        [column.right for column in columns],
        [seen(show(sheet.total)) for show in shows] if has_total(sheet, MARKDOWN) else None,
    )
