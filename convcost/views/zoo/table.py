"""The networks that ship as a terminal shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from convcost.views.figures import number, sizes
from convcost.views.grid import Cell, Column, Layout, draw, first_fit
from convcost.views.screen import DIM, Screen
from convcost.views.text import Printable, lined
from convcost.views.zoo.words import Exhibit, settings

# What to do without, step by step, where the screen is narrow.
_STEPS = ("settings", "input", "paper")
_COLUMNS = {
    "name": Column("network"),
    "input": Column("input"),
    "params": Column("params", right=True),
    "macs": Column("MACs", right=True),
    "paper": Column("paper"),
    "settings": Column("to set"),
}


def render(exhibits: Iterable[Exhibit], screen: Screen) -> Printable:
    """A row a network; a narrow screen costs what can be set, then the inputs, then the papers."""
    table = draw(*first_fit(_layouts(list(exhibits)), screen), screen)
    hint = "More of one: convcost eval mobilenet_v1 --set alpha=0.5"
    return lined([table, screen.paint(DIM, hint), ""])


def _layouts(exhibits: list[Exhibit]) -> Iterator[Layout]:
    for step in range(len(_STEPS) + 1):
        columns = {key: column for key, column in _COLUMNS.items() if key not in _STEPS[:step]}
        rows = ([cells[key] for key in columns] for cells in map(_cells, exhibits))
        yield list(columns.values()), list(rows)


def _cells(exhibit: Exhibit) -> dict[str, Cell]:
    report = exhibit.report
    return {
        "name": Printable(exhibit.name),
        "input": sizes(report.input or ()),
        "params": number(report.params),
        "macs": number(report.macs),
        "paper": (Printable(exhibit.paper), DIM),
        "settings": (Printable(settings(exhibit)), DIM),
    }
