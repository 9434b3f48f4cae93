"""One network built several ways, side by side: a column for each, and how it compares."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import partial
from typing import Any, NamedTuple

from convcost.cost import Report
from convcost.metrics import METRICS, USUAL
from convcost.status import COMPLETE, status_of
from convcost.views.eval.lines import Line
from convcost.views.figures import ratio, seen
from convcost.views.screen import DIM, Screen
from convcost.views.sheet import Column, Heading, Part, Sheet, Text
from convcost.views.standing import figure, standing
from convcost.views.text import columns as width_of
from convcost.views.words import built_with, file, legend, title, where_from

_GAP = 2


class _Row(NamedTuple):
    """One thing that is told of every network."""

    title: str
    show: Callable[[Line], Any]


def side_by_side(networks: Sequence[Line], metrics: Sequence[str], screen: Screen) -> list[Part]:
    """A table whose columns are `networks`, which are one built several ways; as many tables as
    the screen needs for all of them."""
    first = networks[0]
    reports = [each.report for each in networks]
    same_input = len({report.input for report in reports}) == 1
    rows = list(_rows(first, metrics, same_input))
    detail = where_from(first.report) if same_input else file(first.report)
    against = [f"ratios are to {built_with(first.variant)}", legend(reports)]
    return [
        Heading(title(first.report), detail),
        *(_table(rows, band) for band in _bands(rows, networks, screen.width)),
        Text(against, DIM, "breaks"),
    ]


def _rows(first: Line, metrics: Sequence[str], same_input: bool) -> Iterator[_Row]:
    if not same_input:
        yield _Row("input", lambda line: line.report.input or ())
    for metric in (*USUAL, *metrics):
        yield _Row(METRICS[metric].title, partial(_figure, metric))
        yield _Row("ratio", partial(_ratio, metric, first.report))


def _figure(metric: str, line: Line) -> str:
    return figure(line.report, metric)


def _ratio(metric: str, first: Report, line: Line) -> str:
    """How much of the first's a figure is, where both are all there is."""
    both = (line.report, first)
    whole = first.figure(metric)
    if not whole or any(status_of(standing(each), metric) != COMPLETE for each in both):
        return ""
    return ratio(Fraction(line.report.figure(metric), whole))


def _table(rows: Sequence[_Row], networks: Sequence[Line]) -> Sheet[_Row]:
    columns: list[Column[_Row]] = [Column("", lambda row: row.title, "")]
    columns += (
        Column("", partial(_shown, network), built_with(network.variant, "\n"), right=True)
        for network in networks
    )
    return Sheet(columns, rows)


def _shown(network: Line, row: _Row) -> Any:
    return row.show(network)


def _bands(
    rows: Sequence[_Row], networks: Sequence[Line], width: int | None
) -> Iterator[Sequence[Line]]:
    """As many networks at a time as stand side by side on a screen."""
    if width is None:
        yield networks
        return
    left = max(width_of(row.title) for row in rows)
    band: list[Line] = []
    room = width - left
    for network in networks:
        texts = [seen(row.show(network)) for row in rows]
        texts += built_with(network.variant, "\n").split("\n")
        needed = _GAP + max(map(width_of, texts))
        if band and needed > room:
            yield band
            band, room = [], width - left
        band.append(network)
        room -= needed
    yield band
