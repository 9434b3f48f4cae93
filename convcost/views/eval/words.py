"""What is said of a report besides its rows, and how much of it there is to be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from convcost.cost import LayerCost, Report
from convcost.views.figures import counted, in_words, percent, sizes

DEFAULT = "papers"
"""The convention that every report is made by: the only one whose totals are multiply-adds, of
which FLOPs are the double."""
Detail = Literal["summary", "layers", "stages"]
"""The totals alone, the layers as the user wrote them, or the ops inside the layers too."""


def title(report: Report) -> str:
    """The network's name, which may be its path."""
    return report.name or report.path or "network"


def where_from(report: Report) -> str:
    """`input 3×224×224, specs/resnet50.yaml`."""
    known = f"input {sizes(report.input)}" if report.input else "layers that stand alone"
    return f"{known}, {report.path}" if report.path else known


def totals(report: Report) -> list[str]:
    """Every total in words, the exact number first, and what they are counted by."""
    return [
        f"{report.params:,} params",
        in_words(report.macs) if report.convention == DEFAULT else counted(report.macs),
        f"{report.activations:,} activations",
        f"convention {report.convention}",
    ]


def convention(reports: Sequence[Report]) -> str:
    """What all of `reports` are counted by."""
    return reports[0].convention if reports else DEFAULT


def legend(reports: Sequence[Report]) -> str:
    """What stands below totals in a table."""
    name = convention(reports)
    flops = "FLOPs = 2 × MACs · " if name == DEFAULT else ""
    return f"{flops}convention {name}"


def costliest_lines(report: Report) -> list[str]:
    """`layers with most MACs: conv4 (9.0%), conv5 (9.0%), fc (4.5%)`, and the same for params."""
    return [
        f"layers with most {name}: {costly}"
        for metric, name in (("macs", "MACs"), ("params", "params"))
        if (costly := costliest(report.top(metric), metric, getattr(report, metric)))
    ]


def costliest(layers: Iterable[LayerCost], metric: str, whole: int) -> str:
    """`conv4 (9.0%), conv5 (9.0%), fc (4.5%)`, shares of `whole` in `metric`."""
    return ", ".join(f"{layer.name} ({percent(getattr(layer, metric), whole)})" for layer in layers)
