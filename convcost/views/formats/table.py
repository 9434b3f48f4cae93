"""Tables and words as a terminal shows them, or a pipe without colour."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from convcost.views import grid
from convcost.views.figures import seen
from convcost.views.grid import RULE, Cell, Layout
from convcost.views.screen import BOLD, DIM, PLAIN, Screen
from convcost.views.sheet import (
    Column,
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
from convcost.views.text import Bar, Printable, lined
from convcost.views.text import columns as columns_of
from convcost.views.wrapping import folded

NAME = "table"
_LEAST_ROOM = 20


def render(result: Result, screen: Screen = PLAIN) -> Printable:
    """What people read of the result. Nothing is cut on a narrow screen: columns go instead, in
    the order that the sheet says."""
    parts = parts_for(result.parts(screen), NAME)
    return lined(lined([*_lines(part, screen), ""]) for part in parts)


def _lines(part: Part, screen: Screen) -> Iterator[Printable]:
    match part:
        case Sheet():
            layout = grid.first_fit(_layouts(part, screen), screen)
            yield _drawer(part, layout, screen)(*layout, screen)
        case Heading():
            detail = screen.paint(DIM, part.detail)
            yield Printable.of("{}  {}", screen.paint(BOLD, part.title), detail)
        case Text():
            for line in _set(part, screen):
                room = screen.width if part.folds else None
                yield from (screen.paint(part.style, each) for each in folded(line, room))
        case Listing():
            yield Printable(part.title)
            for item in part.items:
                yield from _item(item, part, screen)
        case Labelled():
            for label, text in part.pairs:
                yield from _hung((" " * part.indent + label).ljust(part.width), text, screen)
        case Together():
            for each in parts_for(part.parts, NAME):
                yield from _lines(each, screen)


def _drawer(sheet: Sheet[Any], layout: Layout, screen: Screen) -> Callable[..., Printable]:
    """Who draws a table: Rich those that people compare things in, whose rows are whole, and the
    plain grid the rest, which may be long, and starts sooner."""
    columns, rows = layout
    if not sheet.comparison or screen.plain or any(len(row) < len(columns) for row in rows):
        return grid.draw
    from convcost.views.richtable import draw

    return draw


def _layouts(sheet: Sheet[Any], screen: Screen) -> Iterator[Layout]:
    """The table with all that it tells, and then step by step with less; at last with long names
    on lines of their own."""
    columns = columns_for(sheet, NAME, people=True)
    cells: dict[int, list[Cell]] = {}
    for step in range(max(max(each.goes, each.comes) for each in columns) + 1):
        kept = [
            at
            for at, column in enumerate(columns)
            if column.comes <= step and not 0 < column.goes <= step
        ]
        for at in kept:
            if at not in cells:
                cells[at] = _cells(columns[at], sheet, screen)
        if screen.plain:
            kept = [at for at in kept if not any(map(_is_bar, cells[at]))]
        beside = [at for at in kept if not columns[at].across]
        below = [at for at in kept if columns[at].across]
        rows: list[Sequence[Cell]] = []
        for index in range(len(sheet.rows)):
            rows.append([cells[at][index] for at in beside])
            rows += ([cells[at][index]] for at in below)
        if has_total(sheet, NAME):
            rows += [RULE, [cells[at][-1] for at in beside]]
        layout = [_titled(columns[at], screen) for at in beside], rows
        yield layout
    if screen.width is not None:
        yield grid.hung(layout, screen.width)


def _is_bar(cell: Cell) -> bool:
    return isinstance(cell if isinstance(cell, str) else cell[0], Bar)


def _titled(column: Column[Any], screen: Screen) -> grid.Column:
    title = column.title or ""
    return grid.Column(
        title.replace("\n", " ") if screen.plain else title, column.right, column.gap
    )


def _cells(column: Column[Any], sheet: Sheet[Any], screen: Screen) -> list[Cell]:
    """What the column shows of each row, and of the total behind them. A reader who hears them one
    by one must hear of one that is empty."""
    empty = Printable("-" if screen.plain and column.title else "")
    show, style, of_row = shower(column, NAME), column.style, sheet.style
    fixed = style if isinstance(style, str) and not of_row else None
    cells: list[Cell] = []
    for row in sheet.rows:
        text = show(row)
        if not isinstance(text, Printable):
            text = Printable(seen(text))
        said = fixed
        if said is None:
            said = (of_row and of_row(row)) or (style if isinstance(style, str) else style(row))
        text = text or empty
        cells.append((text, said) if said else text)
    if has_total(sheet, NAME):
        cells.append((Printable(seen(show(sheet.total))) or empty, BOLD))
    return cells


def _set(part: Text, screen: Screen) -> Sequence[str]:
    """The lines, or all of them on one."""
    if part.together:
        line = part.together.join(part.lines)
        if screen.width is None or columns_of(line) <= screen.width:
            return [line]
    return part.lines


def _item(item: str, part: Listing, screen: Screen) -> Iterator[Printable]:
    room = screen.width and screen.width - len(part.mark)
    mark = part.mark
    for line in folded(item, room):
        yield screen.paint(part.style, Printable.of("{}{}", mark, line))
        mark = " " * len(mark)


def _hung(label: str, text: str, screen: Screen) -> Iterator[Printable]:
    """A dim label with its text behind it, on as many lines as it takes."""
    room = None if screen.width is None else max(_LEAST_ROOM, screen.width - len(label))
    first, *rest = folded(text, room)
    yield Printable.of("{}{}", screen.paint(DIM, label), first)
    for line in rest:
        yield Printable(" " * len(label) + line)
