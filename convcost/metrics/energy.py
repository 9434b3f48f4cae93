"""Energy by a model: what multiplying and adding took in 45 nm, to compare networks by.

Horowitz, Computing's energy problem (and what we can do about it), ISSCC 2014. It is no forecast
for any device: kernels, caches and control come on top, and other processes take other amounts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from convcost.metrics.base import Metric, alike, register
from convcost.setting import Setting
from convcost.status import COMPLETE, Status

if TYPE_CHECKING:  # the table is made before any network is read
    from convcost.cost import LayerCost, Report


class Arithmetic(NamedTuple):
    """Femtojoules of a multiplication and of an addition."""

    multiply: int
    add: int


ARITHMETIC: Mapping[str, Arithmetic] = MappingProxyType(
    {
        "int8": Arithmetic(200, 30),
        "int32": Arithmetic(3100, 100),
        "fp16": Arithmetic(1100, 400),
        "fp32": Arithmetic(3700, 900),
    }
)
"""By dtype, as far as the paper has both."""
DRAM = 640_000 // 4
"""Femtojoules of a byte, a quarter of the 640 pJ of 32 bits."""


def _judged(report: Report) -> Sequence[tuple[int, Status]]:
    return alike(report.layers, lambda layer: _of_layer(layer, report.setting))


def _of_layer(layer: LayerCost, setting: Setting) -> tuple[int, Status]:
    from convcost.metrics.traffic import traffic

    moving = DRAM * traffic(layer, setting).total if setting.dram else 0
    if not layer.macs:
        return moving, COMPLETE
    if setting.activations not in ARITHMETIC:
        return moving, Status("unknown", f"the model has no energy of {setting.activations}")
    return moving + setting.batch * layer.macs * sum(ARITHMETIC[setting.activations]), COMPLETE


def _terms(report: Report) -> str:
    """`7,424 MACs × 4,600 fJ + 3,792 bytes × 160,000 fJ`."""
    from convcost.metrics.traffic import traffic

    setting = report.setting
    if setting.activations not in ARITHMETIC:
        return f"the model has no energy of {setting.activations}"
    done = f"{setting.batch * report.macs:,} MACs × {sum(ARITHMETIC[setting.activations]):,} fJ"
    if not setting.dram:
        return done
    moved = sum(traffic(layer, setting).total for layer in report.layers)
    return f"{done} + {moved:,} bytes × {DRAM:,} fJ"


def _note(setting: Setting) -> str:
    counted = "multiply-adds and all bytes from DRAM" if setting.dram else "multiply-adds alone"
    return f"model fJ are of a model of 45 nm (Horowitz 2014), to compare by: {counted}"


register(
    Metric(
        "energy",
        "model fJ",
        "femtojoules",
        "energy of multiply-adds of a batch by a model of 45 nm, to compare by",
        lambda report: [figure for figure, _ in _judged(report)],
        apart=True,
        rests_on=("params", "macs"),
        depends_on=("weights", "activations", "batch", "dram"),
        limited=("femtojoules, or with pJ, nJ, uJ, mJ", "femtojoules in any one layer"),
        judged=_judged,
        terms=_terms,
        note=_note,
    )
)
