"""Tables of a few rows, drawn by Rich: those that people compare things in.

Listings of layers, which may have a hundred thousand rows, are drawn by `convcost.views.grid`,
with the same columns and cells: Rich takes some 0.3 ms a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO

from rich.box import Box
from rich.console import Console
from rich.segment import Segment, SegmentLines
from rich.style import Style
from rich.table import Table

from convcost.views.grid import Cell, Column, Row, width_of, widths_of
from convcost.views.screen import BOLD, CYAN, DIM, GREEN, RED, Screen
from convcost.views.text import Printable, lined

_STYLES = {
    "": None,
    BOLD: Style(bold=True),
    DIM: Style(dim=True),
    RED: Style(color="red"),
    GREEN: Style(color="green"),
    CYAN: Style(color="cyan"),
}
_RULED = Box("    \n    \n ── \n    \n    \n    \n    \n    \n")
# Which columns a screen has room for is decided before; Rich must not squeeze them.
_ANY_WIDTH = 100_000


def draw(columns: Sequence[Column], rows: Sequence[Row], screen: Screen) -> Printable:
    """A table of `rows` under the columns' titles, as wide as it needs, whatever the screen.

    Every row has a cell for each column; cells are as `convcost.views.grid` describes them.
    """
    widths = widths_of(columns, rows)
    # The blank behind all but the last column, and the rule's own column, make two.
    blanks = [" "] * (len(columns) - 1) + [""]
    table = Table(
        box=_RULED,
        show_edge=False,
        pad_edge=False,
        padding=0,
        header_style="dim",
        border_style="dim",
    )
    for column, width, blank in zip(columns, widths, blanks, strict=True):
        title = _drawn(lined(column.title.split("\n")), column, width, blank)
        table.add_column(title, width=width + len(blank), vertical="top")
    for row in rows:
        table.add_row(*map(_drawn, row, columns, widths, blanks))
    text = StringIO()
    console = Console(
        file=text,
        width=_ANY_WIDTH,
        force_terminal=screen.color,
        color_system="standard" if screen.color else None,
        legacy_windows=False,
        _environ={},
    )
    console.print(table)
    # It is made of printable cells, blanks and styles.
    return Printable._made("\n".join(line.rstrip() for line in text.getvalue().splitlines()))


def _drawn(cell: Cell, column: Column, width: int, blank: str) -> SegmentLines:
    """A cell as lines of its column's width. Rich would find that out for texts, and take most of
    the time that a short command has for it."""
    text, style = (cell, "") if isinstance(cell, str) else cell
    lines = []
    for line in text.split("\n"):
        room = " " * (width - width_of(line))
        padded = room + line if column.right else line + room
        lines.append([Segment(padded, _STYLES[style]), Segment(blank)])
    return SegmentLines(lines, new_lines=True)
