"""Text in columns: listings of layers, however long, and texts beside their labels.

It is plain text with ANSI styles and no more, for networks have thousands of layers; tables of a
few rows are drawn by Rich (`convcost.views.richtable`) from the same columns and cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import zip_longest

from convcost.frozen import Frozen
from convcost.views.screen import DIM, Screen
from convcost.views.text import Printable, lined
from convcost.views.text import columns as columns_of

Cell = Printable | tuple[Printable, str]
"""A cell's text, which may have several lines, alone or with a style of `convcost.views.screen`."""
Row = Sequence[Cell]
"""Cells from the left. The last cell of a row that is too short runs across the rest."""
RULE: Row = ()
"""The row that is a line across the table."""

Layout = tuple[Sequence["Column"], Sequence[Row]]

_LEAST_NAME = 12
"""Columns that names need at least to stand in front of their rows."""
width_of = lru_cache(maxsize=10_000)(columns_of)


class Column(Frozen):
    """A column: its title, whether it is set flush right, and the blanks in front of it."""

    title: str
    right: bool = False
    gap: int = 2


def draw(columns: Sequence[Column], rows: Sequence[Row], screen: Screen) -> Printable:
    """A table of `rows` under the columns' titles, as wide as it needs, whatever the screen."""
    widths = widths_of(columns, rows)
    rule = [screen.paint(DIM, "─" * _across(columns, widths))] * (not screen.plain)
    lines = [*_lines(_titles(columns), columns, widths, screen), *rule]
    for row in rows:
        lines += _lines(row, columns, widths, screen) if row else rule
    # They are made of printable cells, blanks and styles, and may be many.
    return Printable._made("\n".join(lines))


def first_fit(layouts: Iterable[Layout], screen: Screen) -> Layout:
    """The first of `layouts` that the screen is wide enough for, or else the last."""
    for layout in layouts:
        columns, rows = layout
        if screen.width is None or _across(columns, widths_of(columns, rows)) <= screen.width:
            break
    return layout


def hung(layout: Layout, width: int) -> Layout:
    """The same with the rest of a row below its name, the first cell under a title, where `width`
    columns have no room for both; every row so, if they have hardly any for names."""
    columns, rows = layout
    name = next((at for at, column in enumerate(columns) if column.title), 0)
    widths = widths_of(columns, rows)
    room = width - _across(columns, [*widths[:name], 0, *widths[name + 1 :]])
    title, room = (columns[name].title, room) if room >= _LEAST_NAME else ("", 0)
    split: list[Row] = []
    for row in rows:
        is_long = len(row) == len(columns) and _width(row[name]) > room
        rest = [*[Printable()] * (name + 1), *row[name + 1 :]]
        split += [row[: name + 1], rest] if is_long else [row]
    titled = columns[name].changed(title=title)
    return [*columns[:name], titled, *columns[name + 1 :]], split


def _width(cell: Cell) -> int:
    return max(map(width_of, _text(cell).split("\n")))


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else cell[0]


def _across(columns: Sequence[Column], widths: Sequence[int]) -> int:
    return sum(widths) + sum(column.gap for column in columns[1:])


def _titles(columns: Sequence[Column]) -> list[Cell]:
    """The titles, those of fewer lines lower down."""
    height = max(column.title.count("\n") for column in columns)
    titles = (column.title for column in columns)
    return [
        (lined([*[""] * (height - title.count("\n")), *title.split("\n")]), DIM) for title in titles
    ]


def widths_of(columns: Sequence[Column], rows: Sequence[Row]) -> list[int]:
    """What each column needs for its title and its cells."""
    widths = [max(map(width_of, column.title.split("\n"))) for column in columns]
    count = len(columns)
    for row in rows:
        # What runs across the columns does not make its own any wider.
        for index, cell in enumerate(row if len(row) == count else row[:-1]):
            for line in _text(cell).split("\n"):
                if (width := width_of(line)) > widths[index]:
                    widths[index] = width
    return widths


def _lines(
    row: Row, columns: Sequence[Column], widths: Sequence[int], screen: Screen
) -> Iterator[str]:
    cells = [(cell, "") if isinstance(cell, str) else cell for cell in row]
    across = len(cells) - 1 if len(cells) < len(columns) else None
    for texts in zip_longest(*(text.split("\n") for text, _ in cells), fillvalue=""):
        pieces = []
        blanks = 0
        for index, (text, column, width) in enumerate(zip(texts, columns, widths, strict=False)):
            room = max(0, width - width_of(text))
            blanks += column.gap if index else 0
            if not text:
                blanks += width
                continue
            flush = column.right and index != across
            style = cells[index][1] if screen.color else ""
            painted = screen.paint(style, text) if style else text
            pieces.append(" " * (blanks + room * flush) + painted)
            blanks = room * (not flush)
        yield "".join(pieces)
