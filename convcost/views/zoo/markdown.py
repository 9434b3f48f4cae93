"""The networks that ship in Markdown."""

from __future__ import annotations

from collections.abc import Iterable

from convcost.views.figures import number, sizes
from convcost.views.markdown import Cell, Markdown, table
from convcost.views.screen import PLAIN, Screen
from convcost.views.zoo.words import Exhibit, settings

TITLES = ("network", "input", "params", "MACs", "paper", "to set")


def render(exhibits: Iterable[Exhibit], screen: Screen = PLAIN) -> Markdown:
    """A table, a row a network."""
    return Markdown.of("{}\n", table(TITLES, map(_row, exhibits), right=("params", "MACs")))


def _row(exhibit: Exhibit) -> list[Cell]:
    report = exhibit.report
    return [
        Markdown(exhibit.name),
        sizes(report.input or ()),
        number(report.params),
        number(report.macs),
        Markdown(f"{exhibit.paper}, {exhibit.title}"),
        Markdown(settings(exhibit)),
    ]
