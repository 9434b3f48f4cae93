"""The networks that ship as comma-separated values."""

from __future__ import annotations

from collections.abc import Iterable

from convcost.ops.base import shown
from convcost.views.screen import PLAIN, Screen
from convcost.views.spreadsheet import Csv, sheet
from convcost.views.zoo.words import Exhibit, settings

HEADER = (
    "name",
    "path",
    "input",
    "params",
    "macs",
    "activations",
    "paper",
    "title",
    "vars",
)


def render(exhibits: Iterable[Exhibit], screen: Screen = PLAIN) -> Csv:
    """A row a network, with raw integers."""
    return sheet(HEADER, map(_row, exhibits))


def _row(exhibit: Exhibit) -> tuple[object, ...]:
    report = exhibit.report
    return (
        exhibit.name,
        report.path,
        shown(report.input or ()),
        report.params,
        report.macs,
        report.activations,
        exhibit.paper,
        exhibit.title,
        settings(exhibit),
    )
