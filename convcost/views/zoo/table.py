"""The networks that ship as a terminal shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from convcost.views.figures import number, sizes
from convcost.views.grid import Column, Layout, draw, first_fit
from convcost.views.grid import Row as Cells
from convcost.views.screen import DIM, Screen
from convcost.views.text import printable
from convcost.views.zoo.words import Exhibit, settings

# What to do without where the screen is narrow: the settings, then the papers.
_COLUMNS = (
    Column("network"),
    Column("input"),
    Column("params", right=True),
    Column("MACs", right=True),
    Column("paper"),
    Column("to set"),
)
_FEWEST = 4


def render(exhibits: Iterable[Exhibit], screen: Screen) -> str:
    """A row a network; a narrow screen costs what can be set, then the papers."""
    table = draw(*first_fit(_layouts(list(exhibits)), screen), screen)
    hint = "More of one: convcost eval mobilenet_v1 --set alpha=0.5"
    return f"{table}\n{screen.paint(DIM, hint)}\n"


def _layouts(exhibits: list[Exhibit]) -> Iterator[Layout]:
    for count in range(len(_COLUMNS), _FEWEST - 1, -1):
        yield _COLUMNS[:count], [_row(exhibit)[:count] for exhibit in exhibits]


def _row(exhibit: Exhibit) -> Cells:
    report = exhibit.report
    return (
        printable(exhibit.name),
        sizes(report.input or ()),
        number(report.params),
        number(report.macs),
        (printable(exhibit.paper), DIM),
        (printable(settings(exhibit)), DIM),
    )
