"""A report in words: what it is called, where it is from, its totals and what most of them is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from convcost.cost import LayerCost, Report
from convcost.metrics import METRICS
from convcost.ops.base import format_shape
from convcost.setting import Setting
from convcost.sources.zoo import name_of
from convcost.status import status_of
from convcost.views.figures import counted, in_words, percent, sizes, with_sign
from convcost.views.standing import DEFAULT, figure, titled


def title(report: Report) -> str:
    """The network's name, which may be its path."""
    return report.name or report.path or "network"


def where_from(report: Report) -> str:
    """`input 3×224×224, specs/net.yaml`."""
    known = f"input {sizes(report.input)}" if report.input else "layers that stand alone"
    return f"{known}, {file(report)}" if report.path else known


def file(report: Report) -> str:
    """`specs/net.yaml`, or what a network that ships is found by, wherever it is installed."""
    name = name_of(report.path)
    return f"ships as {name}" if name else report.path


def settings_of(report: Report) -> dict[str, str]:
    """What of its setting is not as usual; in memory may be a file's own tensors."""
    found = report.setting.other_than_usual(Setting._fields)
    return {"activations": "as in the file"} | found if report.is_run_as_is else found


def totals(report: Report) -> list[str]:
    """Every total in words, the exact number first, and what they are counted by."""
    return [
        f"{figure(report, 'params')} params",
        _macs(report),
        f"{figure(report, 'activations')} activations",
        *(_more(report, metric) for metric in report.more),
        f"convention {report.convention}",
    ]


def _more(report: Report, metric: str) -> str:
    return f"{figure(report, metric)} {titled(report, metric)}"


def _macs(report: Report) -> str:
    if report.convention != DEFAULT:
        return counted(report.macs)
    status = status_of(report.status, "macs")
    return "? MACs" if status.state == "unknown" else with_sign(in_words(report.macs), status)


def convention(reports: Sequence[Report]) -> str:
    """What all of `reports` are counted by."""
    return reports[0].convention if reports else DEFAULT


def legend(reports: Sequence[Report]) -> str:
    """What stands below totals in a table."""
    name = convention(reports)
    flops = "FLOPs = 2 × MACs · " if name == DEFAULT else ""
    return f"{flops}convention {name}"


def terms(report: Report, metrics: Iterable[str]) -> list[str]:
    """What the totals of those `metrics` that say so are made of, a line each text."""
    titles: dict[str, list[str]] = {}
    for row in (METRICS[name] for name in metrics):
        if row.terms and not report.is_saved and (text := row.terms(report)):
            titles.setdefault(text, []).append(row.title)
    return [f"{', '.join(names)}: {text}" for text, names in titles.items()]


def costliest_lines(report: Report) -> list[str]:
    """`layers with most MACs: conv4 (9.0%), conv5 (9.0%), fc (4.5%)`, and the same for params."""
    return [
        f"layers with most {name}: {costly}"
        for metric, name in (("macs", "MACs"), ("params", "params"))
        if (costly := costliest(report.top(metric), metric, report.figure(metric)))
    ]


def costliest(layers: Iterable[LayerCost], metric: str, whole: int) -> str:
    """`conv4 (9.0%), conv5 (9.0%), fc (4.5%)`, shares of `whole` in a `metric` that adds up."""
    if not METRICS[metric].adds_up:
        return ", ".join(layer.name for layer in layers)
    return ", ".join(f"{layer.name} ({percent(layer.figure(metric), whole)})" for layer in layers)


def built_with(values: Mapping[str, Any], between: str = ", ") -> str:
    """`alpha=0.5, rho=1`: what a network was built with."""
    return between.join(f"{name}={_written(value)}" for name, value in values.items())


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return format_shape(value) if isinstance(value, tuple) else str(value)
