"""Markdown, such as a comment on a pull request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from convcost.views.figures import seen
from convcost.views.markdown import Markdown, blocks, bold, bullets, table
from convcost.views.screen import PLAIN, Screen
from convcost.views.sheet import (
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
from convcost.views.text import Figure

NAME = "markdown"


def render(result: Result, screen: Screen = PLAIN) -> Markdown:
    """What people read of the result; nothing if there is nothing to say."""
    found = [text for part in parts_for(result.parts(PLAIN), NAME) for text in _blocks(part)]
    return blocks(found) if found else Markdown()


def _blocks(part: Part) -> Iterator[Markdown]:
    match part:
        case Sheet():
            yield _table(part)
        case Heading():
            yield Markdown.of("### {}", part.title)
            yield (
                Markdown.of("{}<br>\n{}", part.detail, bold(part.below))
                if part.below
                else Markdown(part.detail)
            )
        case Text():
            yield from _text(part)
        case Listing():
            yield Markdown.of("{}{}", part.title[:1].upper(), part.title[1:])
            yield bullets(part.items)
        case Labelled():
            yield bullets(Markdown.of("**{}**: {}", *pair) for pair in part.pairs)
        case Together():
            for each in parts_for(part.parts, NAME):
                yield from _blocks(each)


def _text(part: Text) -> Iterator[Markdown]:
    match part.markdown:
        case "bold":
            yield from map(bold, part.lines)
        case "bullets":
            yield bullets(part.lines)
        case "breaks":
            yield Markdown.of("<br>\n").join(part.lines)
        case _:
            yield Markdown.of(" ").join(part.lines)


def _table(sheet: Sheet[Any]) -> Markdown:
    columns = [column for column in columns_for(sheet, NAME, people=True) if not column.comes]
    shows = [shower(column, NAME) for column in columns]
    rows = [[_cell(show(row)) for show in shows] for row in sheet.rows]
    if has_total(sheet, NAME):
        total = [_cell(show(sheet.total)) for show in shows]
        rows.append([bold(cell) if cell else cell for cell in total])
    titles = [(column.title or "").replace("\n", " ") for column in columns]
    return table(titles, rows, [column.right for column in columns])


def _cell(value: Any) -> Markdown | Figure:
    text = seen(value)
    return text if isinstance(text, Figure) else Markdown(text)
