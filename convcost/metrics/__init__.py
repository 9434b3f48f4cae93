"""Metrics: what networks and layers are measured by, each a row of one table.

A new metric is one entry in the module of its family, or in a new module that is imported below,
in the order in which columns should stand; nothing else needs to know of it.
"""

from __future__ import annotations

from convcost.metrics import (  # noqa: F401, they register their rows
    counts,
    energy,
    held,
    least,
    memory,
    moved,
    precision,
    reach,
    training,
    zeros,
)
from convcost.metrics.base import METRICS, Metric, find, measured, of_each, register

__all__ = ["METRICS", "SAVED", "USUAL", "Metric", "find", "measured", "of_each", "register"]

USUAL = tuple(metric.name for metric in METRICS.values() if metric.usual)
"""The metrics of every report: shown without being asked for, and recorded by every lock."""
SAVED = ("params", "macs")
"""What layers are replaced for."""
