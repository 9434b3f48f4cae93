"""Rows of a sweep: how many are kept for its formats, and lines of CSV, printed as they come."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from convcost.cli import streams
from convcost.views.formats import PICTURES

if TYPE_CHECKING:
    from convcost.cli.groups import Destination
    from convcost.sweeping.base import Plan
    from convcost.sweeping.files import Write
    from convcost.sweeping.outcome import Row, Rows
    from convcost.sweeping.selection import Wanted
    from convcost.views.spreadsheet import Csv


WHOLE = ("csv", "json")
"""Formats that have every row that is wanted."""


def kept(formats: Sequence[str], wanted: Wanted, to: Destination) -> int | None:
    """How many rows are to be kept, None for all; none if they can be printed as they come."""
    from convcost.views.sweep import SHOWN

    has_order = wanted.front or wanted.sort or wanted.top is not None
    if list(formats) == ["csv"] and not (has_order or to.emit or to.rows or to.workers):
        return 0
    draws_front = wanted.front and not {*formats}.isdisjoint(PICTURES)
    needs_all = draws_front or not {*formats}.isdisjoint(WHOLE)
    return None if needs_all or wanted.top is not None else SHOWN


@contextmanager
def printed(lines: Callable[..., Csv], keep: int | None) -> Iterator[Write | None]:
    """A function that prints rows that are not kept; none for those that are."""
    if keep != 0:
        yield None
        return
    streams.write(lines([], True))

    def write(rows: Rows) -> None:
        if len(rows):
            streams.write(lines(list(rows.each()), False))
            streams.flush()

    yield write


def lines_of(plan: Plan, wanted: Wanted, rows: Sequence[Row], is_first: bool) -> Csv:
    """Rows as CSV, under a header if they are the first."""
    from convcost.views import sweep
    from convcost.views.formats import csv
    from convcost.views.spreadsheet import without_header

    total = sweep.Total([], plan.space.names, plan.metrics, 0, 0, {})
    total = total._replace(joined=list(wanted.join.columns) if wanted.join else [])
    text = csv.render(sweep.result(rows, total))
    return text if is_first else without_header(text)
