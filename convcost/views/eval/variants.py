"""One network built several ways, side by side: a column for each, and how it compares."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Any, NamedTuple

from convcost.metrics import METRICS, USUAL
from convcost.status import COMPLETE, status_of
from convcost.views.eval.columns import SHOWN, indented, name
from convcost.views.eval.lines import Line
from convcost.views.eval.picked import Wanted, others_of, picked
from convcost.views.figures import ratio, seen
from convcost.views.screen import DIM, Screen
from convcost.views.sheet import MARKDOWN, Column, Heading, Part, Sheet, Text
from convcost.views.standing import standing
from convcost.views.text import columns as width_of
from convcost.views.words import built_with, file, legend, title, where_from

_GAP = 2
_Key = tuple[str, bool]
_OTHERS: _Key = ("others", True)


class _Variant(NamedTuple):
    """One of the networks, and its layers or blocks by their names; a block may be called as a
    layer in it is."""

    network: Line
    inside: Mapping[_Key, Line]


class _Row(NamedTuple):
    """One thing that is told of every network, and how it compares if that stands beside it."""

    title: str
    show: Callable[[_Variant], Any]
    ratio: Callable[[_Variant], str] | None = None


class _Table(NamedTuple):
    title: str
    rows: Sequence[_Row]


def side_by_side(
    networks: Sequence[Line], metrics: Sequence[str], wanted: Wanted, screen: Screen
) -> list[Part]:
    """A table whose columns are `networks`, which are one built several ways, and one for each
    metric of the layers or blocks that are `wanted`; all of it again for as many of the networks
    as the screen has no room for."""
    first = networks[0]
    reports = [each.report for each in networks]
    same_input = len({report.input for report in reports}) == 1
    variants = _inside(networks, wanted)
    tables = [_Table("", list(_totals(first, metrics, same_input)))]
    if variants[0].inside:
        shown = dict.fromkeys([*(each.key for each in SHOWN), *metrics])
        tables += (_of_parts(variants, metric) for metric in shown)
    detail = where_from(first.report) if same_input else file(first.report)
    against = [f"ratios are to {built_with(first.variant)}", legend(reports)]
    return [
        Heading(title(first.report), detail),
        *(
            _sheet(table, band)
            for band in _bands(tables, variants, screen.width)
            for table in tables
        ),
        Text(against, DIM, "breaks"),
    ]


def _totals(first: Line, metrics: Sequence[str], same_input: bool) -> Iterator[_Row]:
    if not same_input:
        yield _Row("input", lambda each: each.network.report.input or ())
    for metric in (*USUAL, *metrics):
        yield _Row(METRICS[metric].title, partial(_figure, metric))
        yield _Row("ratio", partial(_ratio_of_totals, metric, first))


def _figure(metric: str, each: _Variant) -> str:
    return each.network.figure(metric)


def _ratio_of_totals(metric: str, first: Line, each: _Variant) -> str:
    return _ratio(metric, first, each.network)


def _ratio(metric: str, first: Line, other: Line) -> str:
    """How much of the first's a figure is, where both are all there is."""
    whole, part = first.amount(metric), other.amount(metric)
    statuses = [status_of(standing(each.report, each.layer), metric) for each in (first, other)]
    if not whole or part is None or statuses != [COMPLETE, COMPLETE]:
        return ""
    return ratio(Fraction(part, whole))


def _inside(networks: Sequence[Line], wanted: Wanted) -> list[_Variant]:
    """The networks with what is `wanted` of their insides, in the order of the first of them."""
    if wanted == Wanted():
        return [_Variant(each, {}) for each in networks]
    whole = wanted.changed(sort=wanted.by, top=None)
    found = [_named(picked(each.report, whole).rows) for each in networks]
    keys = list(dict.fromkeys(key for rows in found for key in rows))
    most = wanted.top or len(keys)
    variants = []
    for network, rows in zip(networks, found, strict=True):
        kept = {key: rows[key] for key in keys[:most] if key in rows}
        if rest := [rows[key] for key in keys[most:] if key in rows]:
            kept[_OTHERS] = others_of(rest)
        variants.append(_Variant(network, kept))
    return variants


def _named(rows: Sequence[Line]) -> dict[_Key, Line]:
    return {(name(row), row.whole): row for row in rows}


def _of_parts(variants: Sequence[_Variant], metric: str) -> _Table:
    rows: dict[_Key, _Row] = {}
    for each in variants:
        for key, line in each.inside.items():
            if key not in rows:
                told = name(line) if key != _OTHERS else key[0]
                against = variants[0].inside.get(key)
                compared = partial(_ratio_of_part, metric, key, against)
                rows[key] = _Row(told, partial(_part, metric, key), compared)
    return _Table(METRICS[metric].title, list(rows.values()))


def _part(metric: str, key: _Key, each: _Variant) -> str:
    """A figure, if the network has such a part."""
    return each.inside[key].figure(metric) if key in each.inside else ""


def _ratio_of_part(metric: str, key: _Key, first: Line | None, each: _Variant) -> str:
    line = each.inside.get(key)
    return _ratio(metric, first, line) if first and line and line is not first else ""


def _sheet(table: _Table, variants: Sequence[_Variant]) -> Sheet[_Row]:
    columns: list[Column[_Row]] = [
        Column(
            "",
            lambda row: indented(row.title),
            table.title,
            special={MARKDOWN: lambda row: row.title},
        )
    ]
    for each in variants:
        built = built_with(each.network.variant, "\n")
        columns.append(Column("", partial(_shown, each), built, right=True))
        if any(_compared(each, row) for row in table.rows):
            columns.append(Column("", partial(_compared, each), "ratio", right=True))
    return Sheet(columns, table.rows)


def _shown(variant: _Variant, row: _Row) -> Any:
    return row.show(variant)


def _compared(variant: _Variant, row: _Row) -> str:
    return row.ratio(variant) if row.ratio else ""


def _bands(
    tables: Sequence[_Table], variants: Sequence[_Variant], width: int | None
) -> Iterator[Sequence[_Variant]]:
    """As many networks at a time as stand side by side on a screen."""
    if width is None:
        yield variants
        return
    rows = [row for table in tables for row in table.rows]
    left = max(width_of(indented(row.title)) for row in rows)
    band: list[_Variant] = []
    room = width - left
    for each in variants:
        texts = [seen(row.show(each)) for row in rows]
        texts += built_with(each.network.variant, "\n").split("\n")
        needed = _GAP + max(map(width_of, texts))
        if ratios := [*filter(None, (_compared(each, row) for row in rows))]:
            needed += _GAP + max(map(width_of, ["ratio", *ratios]))
        if band and needed > room:
            yield band
            band, room = [], width - left
        band.append(each)
        room -= needed
    yield band
