"""Bytes that ops move, and how much is computed for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from convcost.metrics.base import Metric, alike, register

if TYPE_CHECKING:  # the table is made before any network is read
    from convcost.cost import LayerCost, Report

_KILO = 1000


def _of_layers(report: Report) -> Sequence[int]:
    from convcost.metrics.traffic import traffic

    return alike(report.layers, lambda layer: traffic(layer, report.setting).total)


def _intensity(report: Report, layers: Sequence[LayerCost]) -> int:
    """2 x MACs for 1,000 bytes, rounded up; 0 where nothing is moved."""
    from convcost.metrics.traffic import traffic

    setting = report.setting
    operations = 2 * setting.batch * sum(layer.macs for layer in layers)
    moved = sum(alike(layers, lambda layer: traffic(layer, setting).total))
    return -(-_KILO * operations // moved) if moved else 0


register(
    Metric(
        "bytes_moved",
        "bytes moved",
        "bytes",
        "bytes that ops read and write for a batch, each op on its own",
        _of_layers,
        rests_on=("params", "macs"),
        depends_on=("weights", "activations", "batch"),
        apart=True,
    )
)
register(
    Metric(
        "intensity",
        "ops/kB",
        "operations",
        "operations for 1,000 bytes that are moved, a multiply-add being 2",
        lambda report: alike(report.layers, lambda layer: _intensity(report, [layer])),
        whole=_intensity,
        rests_on=("params", "macs"),
        depends_on=("weights", "activations", "batch"),
        limited=("operations for 1,000 bytes", "operations for 1,000 bytes in any one layer"),
    )
)
