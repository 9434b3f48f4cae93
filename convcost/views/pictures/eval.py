"""What networks cost: one layer by layer and block by block, several side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from convcost.cost import Report
from convcost.metrics import METRICS
from convcost.views.eval.lines import Line
from convcost.views.pictures.bars import NAMES, Bar, BarRow, Part, bars
from convcost.views.pictures.network import binned, costs
from convcost.views.pictures.page import page
from convcost.views.pictures.svg import Svg, folded
from convcost.views.pictures.treemap import treemap
from convcost.views.standing import brief, reasons
from convcost.views.text import printable
from convcost.views.words import built_with, legend, title, totals, where_from

MOST_NETWORKS = 60
"""Of more, those that cost most are drawn."""
SHOWN = ("params", "macs")


def render(
    reports: Sequence[Report],
    metrics: Sequence[str] = (),
    variants: Sequence[Mapping[str, Any]] = (),
    **_: object,
) -> Svg:
    """Parameters, multiply-adds and the `metrics` that were asked for; for several networks, or
    `variants` of them, in total."""
    names = list(dict.fromkeys((*SHOWN, *metrics)))
    if len(reports) > 1:
        return _several(reports, names, variants or [{}] * len(reports))
    (report,) = reports
    panels = list(costs(report, names, binned(report)))
    largest = next((name for name in reversed(SHOWN) if report.figure(name)), None)
    panels += [treemap(report, largest)] if largest else []
    said = [" · ".join(totals(report)), *reasons(report)]
    return page(title(report), where_from(report), panels, said)


def _several(
    reports: Sequence[Report], metrics: Sequence[str], variants: Sequence[Mapping[str, Any]]
) -> Svg:
    pairs = zip(reports, variants, strict=True)
    rows = [Line(report, variant=variant) for report, variant in pairs]
    if len(rows) > MOST_NETWORKS:
        rows = sorted(rows, key=lambda row: -(row.amount("macs") or 0))[:MOST_NETWORKS]
    panel = bars([METRICS[name].title for name in metrics], [_row(row, metrics) for row in rows])
    asked = f"{len(reports)} networks"
    if len(rows) < len(reports):
        asked += f", of which the {len(rows)} with most MACs are drawn"
    said = [legend(reports), *(why for row in rows for why in reasons(row.report))]
    return page("What networks cost", asked, [panel], list(dict.fromkeys(said)))


def _row(line: Line, metrics: Sequence[str]) -> BarRow:
    name = title(line.report)
    below = folded(printable(built_with(line.variant)), NAMES)
    told = []
    for metric in metrics:
        amount = line.amount(metric) or 0
        said = f"{name}: {line.figure(metric)} {METRICS[metric].title}"
        told.append(Bar([Part(amount, said)], brief(line.report, metric)))
    return BarRow([name], below, told)
