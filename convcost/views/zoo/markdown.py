"""The networks that ship in Markdown."""

from __future__ import annotations

from collections.abc import Iterable

from convcost.views.figures import number, sizes
from convcost.views.markdown import escape, table
from convcost.views.screen import PLAIN, Screen
from convcost.views.zoo.words import Exhibit, settings

TITLES = ("network", "input", "params", "MACs", "paper", "to set")


def render(exhibits: Iterable[Exhibit], screen: Screen = PLAIN) -> str:
    """A table, a row a network."""
    return table(TITLES, map(_row, exhibits), right=("params", "MACs"))


def _row(exhibit: Exhibit) -> list[str]:
    report = exhibit.report
    return [
        escape(exhibit.name),
        sizes(report.input or ()),
        number(report.params),
        number(report.macs),
        escape(f"{exhibit.paper}, {exhibit.title}"),
        escape(settings(exhibit)),
    ]
