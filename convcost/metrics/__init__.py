"""Metrics: what networks and layers are measured by, each a row of one table.

A new metric is one entry in the module of its family, or in a new module that is named below, in
the order in which columns should stand; nothing else needs to know of it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from convcost.metrics import base
from convcost.metrics.base import Metric, of_each

if TYPE_CHECKING:
    from convcost.metrics.base import METRICS, find, measured, register

    USUAL: tuple[str, ...]

__all__ = ["METRICS", "SAVED", "USUAL", "Metric", "find", "measured", "of_each", "register"]

FAMILIES = (
    *("counts", "energy", "held", "least", "memory", "moved", "precision", "reach", "training"),
    "zeros",
)
"""The modules that register rows. A comparison of single layers does without them."""
SAVED = ("params", "macs")
"""What layers are replaced for."""


def __getattr__(name: str) -> Any:
    """The table, and what looks things up in it, are there once all families have their rows.

    `USUAL` are the metrics of every report: shown without being asked for, and recorded by every
    lock.
    """
    if name not in __all__:
        raise AttributeError(f"module 'convcost.metrics' has no attribute {name!r}")
    for family in FAMILIES:
        import_module(f"convcost.metrics.{family}")
    usual = tuple(metric.name for metric in base.METRICS.values() if metric.usual)
    table = {"METRICS": base.METRICS, "USUAL": usual}
    found = table | {each: getattr(base, each) for each in ("find", "measured", "register")}
    globals().update(found)
    return found[name]
