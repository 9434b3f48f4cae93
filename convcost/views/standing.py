"""How far figures are to be believed, beside them in every format."""

from __future__ import annotations

from typing import Any

from convcost import metrics
from convcost.cost import LayerCost, Report
from convcost.status import ALL_COMPLETE, Status, Statuses, merged, status_of
from convcost.views.figures import marked, short, with_sign
from convcost.views.text import Figure

DEFAULT = "papers"
"""The convention that every report is made by: the only one whose totals are multiply-adds, of
which FLOPs are the double, and the one that a status is about."""


def standing(report: Report, layer: LayerCost | None = None) -> Statuses:
    """The statuses of `report`, or of a layer of it; none by the convention of a tool, whose
    figures are what the tool says."""
    return (layer or report).status if report.convention == DEFAULT else ALL_COMPLETE


def figure(report: Report, metric: str, layer: LayerCost | None = None) -> Figure:
    """A figure of `report`, or of a layer of it, as a person is to read it: `≥ 1,280`."""
    status = status_of(standing(report, layer), metric)
    return marked((layer or report).figure(metric), status)


def brief(report: Report, metric: str, layer: LayerCost | None = None) -> Figure:
    """The same with as little room as can be: `≥ 4.23 M`."""
    status = status_of(standing(report, layer), metric)
    return with_sign(short((layer or report).figure(metric), metrics.find(metric).unit), status)


def titled(report: Report, metric: str) -> str:
    """`weight bytes (weights=int8)`: a metric, and what its figures are under."""
    row = metrics.find(metric)
    under = row.under(report.setting)
    return row.title + (f" ({under})" if under else "")


def reasons(report: Report) -> list[str]:
    """`MACs, activations at least: fft is not understood`, a text a reason; and what else there is
    to know of figures that were asked for."""
    titles: dict[Status, list[str]] = {}
    for metric, status in standing(report).items():
        titles.setdefault(status, []).append(metrics.find(metric).title)
    notes = [note(report.setting) for name in report.more if (note := metrics.find(name).note)]
    why = [f"{', '.join(names)} {each.state}: {each.why}" for each, names in titles.items()]
    return [*why, *notes]


def entry(statuses: Statuses) -> dict[str, Any]:
    """`status` for machines, by metric, beside the figures; nothing where all are complete."""
    if not statuses:
        return {}
    found = {metric: each._asdict() for metric, each in sorted(merged([statuses]).items())}
    return {"status": found} if found else {}


def cell(*statuses: Statuses) -> str:
    """`macs=at least; params=about`, the least sure of several; empty where all is complete."""
    if not any(statuses):
        return ""
    return "; ".join(f"{metric}={each.state}" for metric, each in sorted(merged(statuses).items()))
