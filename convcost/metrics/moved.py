"""Bytes that ops move."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from convcost.metrics.base import Metric, register

if TYPE_CHECKING:  # the table is made before any network is read
    from convcost.cost import Report


def _of_layers(report: Report) -> Sequence[int]:
    from convcost.metrics.traffic import traffic

    return [traffic(layer, report.setting).total for layer in report.layers]


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
