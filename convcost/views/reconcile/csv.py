"""Conventions as comma-separated values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from convcost.conventions.reconcile import Explanation, Row
from convcost.conventions.search import Search
from convcost.cost import Report
from convcost.views.reconcile import words
from convcost.views.screen import PLAIN, Screen
from convcost.views.spreadsheet import Csv, sheet
from convcost.views.standing import cell, standing

HEADER = ("convention", "tool", "params", "macs", "difference", "part", "amount", "status")
GROUPS_HEADER = ("group", "layers", "part", "amount")
READINGS_HEADER = ("convention", "number", "unit", "without_classifier", "fits")


def render(
    report: Report,
    rows: Sequence[Row],
    screen: Screen = PLAIN,
    explanation: Explanation | None = None,
    search: Search | None = None,
) -> Csv:
    """A row for each part of each convention's difference, and one without where there is none;
    or one for each part of a group of layers; or one for each reading of a figure."""
    if explanation:
        return sheet(GROUPS_HEADER, _groups(explanation))
    if search:
        return sheet(READINGS_HEADER, _readings(search))
    return sheet(HEADER, (line for row in rows for line in _lines(row)))


def _lines(row: Row) -> Iterator[tuple[object, ...]]:
    convention = row.convention
    totals = (row.report.params, row.report.macs, row.difference)
    for part in row.parts or (None,):
        own = (part.label, part.amount) if part else (None, None)
        yield (convention.name, convention.tool, *totals, *own, cell(standing(row.report)))


def _groups(explanation: Explanation) -> Iterator[tuple[object, ...]]:
    for group in explanation.groups:
        for part in group.parts:
            yield group.name, group.layers, part.label, part.amount


def _readings(search: Search) -> Iterator[tuple[object, ...]]:
    fits = str(bool(search.readings)).lower()
    for reading in words.shown_readings(search):
        unit = "FLOPs" if reading.doubled else "MACs"
        yield reading.convention, reading.number, unit, str(reading.headless).lower(), fits
