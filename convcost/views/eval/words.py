"""What is said of a report besides its rows, and how much of it there is to be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from convcost.cost import LayerCost, Report
from convcost.views.figures import in_words, percent, sizes
from convcost.views.text import label

Detail = Literal["summary", "layers", "stages"]
"""The totals alone, the layers as the user wrote them, or the ops inside the layers too."""


def title(report: Report) -> str:
    """The network's name, which may be its path."""
    return label(report.name or report.path or "network")


def where_from(report: Report) -> str:
    """`input 3×224×224, specs/resnet50.yaml`."""
    known = f"input {sizes(report.input)}" if report.input else "layers that stand alone"
    return f"{known}, {label(report.path)}" if report.path else known


def totals(report: Report) -> list[str]:
    """Every total in words, the exact number first."""
    return [
        f"{report.params:,} params",
        in_words(report.macs),
        f"{report.activations:,} activations",
    ]


def costliest_lines(report: Report) -> list[str]:
    """`layers with most MACs: conv4 (9.0%), conv5 (9.0%), fc (4.5%)`, and the same for params."""
    return [
        f"layers with most {name}: {costly}"
        for metric, name in (("macs", "MACs"), ("params", "params"))
        if (costly := costliest(report.top(metric), metric, getattr(report, metric)))
    ]


def costliest(layers: Iterable[LayerCost], metric: str, whole: int) -> str:
    """`conv4 (9.0%), conv5 (9.0%), fc (4.5%)`, shares of `whole` in `metric`."""
    return ", ".join(
        f"{label(layer.name)} ({percent(getattr(layer, metric), whole)})" for layer in layers
    )
