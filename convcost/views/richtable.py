"""Tables of a few rows, drawn by Rich: those that people compare things in.

Listings of layers, which may have a hundred thousand rows, are drawn by `convcost.views.grid`,
with the same columns and cells: Rich takes some 0.3 ms a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO

from rich.box import Box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from convcost.views.grid import Cell, Column, Row, widths_of
from convcost.views.screen import BOLD, CYAN, DIM, GREEN, RED, Screen
from convcost.views.text import Printable

_STYLES = {"": "", BOLD: "bold", DIM: "dim", RED: "red", GREEN: "green", CYAN: "cyan"}
_RULED = Box("    \n    \n ── \n    \n    \n    \n    \n    \n")
# Which columns a screen has room for is decided before; Rich must not squeeze them.
_ANY_WIDTH = 100_000


def draw(columns: Sequence[Column], rows: Sequence[Row], screen: Screen) -> Printable:
    """A table of `rows` under the columns' titles, as wide as it needs, whatever the screen.

    Every row has a cell for each column; cells are as `convcost.views.grid` describes them.
    """
    table = Table(
        box=_RULED,
        show_edge=False,
        pad_edge=False,
        padding=(0, 1, 0, 0),  # and the rule's own column makes two
        header_style="dim",
        border_style="dim",
    )
    for column, width in zip(columns, widths_of(columns, rows), strict=True):
        table.add_column(
            Text(column.title),
            width=width,  # Rich would measure each cell for it
            justify="right" if column.right else "left",
            vertical="top",
            no_wrap=True,
        )
    for row in rows:
        table.add_row(*map(_text, row))
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
    return Printable._made("".join(f"{line.rstrip()}\n" for line in text.getvalue().splitlines()))


def _text(cell: Cell) -> Text:
    text, style = (cell, "") if isinstance(cell, str) else cell
    return Text(text, _STYLES[style])
