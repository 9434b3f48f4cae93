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


def _terms_of_bytes(report: Report) -> str:
    """`448 read + 384 written + 464 of weights`."""
    from convcost.metrics.traffic import NOTHING, Traffic, traffic

    moved = [traffic(layer, report.setting) for layer in report.layers]
    read, written, weights = Traffic(*map(sum, zip(NOTHING, *moved, strict=True)))
    return f"{read:,} read + {written:,} written + {weights:,} of weights"


def _intensity(report: Report, layers: Sequence[LayerCost]) -> int:
    """2 x MACs for 1,000 bytes, rounded up; 0 where nothing is moved."""
    operations, moved = _work(report, layers)
    return -(-_KILO * operations // moved) if moved else 0


def _terms(report: Report) -> str:
    """`27,648 operations × 1,000 / 3,792 bytes`."""
    operations, moved = _work(report, report.layers)
    return f"{operations:,} operations × {_KILO:,} / {moved:,} bytes"


def _work(report: Report, layers: Sequence[LayerCost]) -> tuple[int, int]:
    from convcost.metrics.traffic import traffic

    setting = report.setting
    operations = 2 * setting.batch * sum(layer.macs for layer in layers)
    return operations, sum(alike(layers, lambda layer: traffic(layer, setting).total))


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
        terms=_terms_of_bytes,
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
        terms=_terms,
        rests_on=("params", "macs"),
        depends_on=("weights", "activations", "batch"),
        limited=("operations for 1,000 bytes", "operations for 1,000 bytes in any one layer"),
    )
)
