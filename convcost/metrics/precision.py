"""Bit operations: multiply-adds times the bits of what they multiply.

A product of two activations has the bits of activations twice. Source: Baskin et al. 2018,
"UNIQ", and the binary networks behind it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeGuard

from convcost.metrics.base import Metric, alike, register
from convcost.operands import Bits
from convcost.setting import BITS, Setting

if TYPE_CHECKING:  # the table is made before any network is read
    from convcost.cost import LayerCost, Report
    from convcost.ops.base import Op, Weighted

_MOST_SAID = 4
Pair = tuple[int, int]
"""The bits of both operands of a product."""


def products(layer: LayerCost, setting: Setting) -> Iterator[tuple[Pair, int]]:
    """The bits of what each op of `layer` multiplies, and its multiply-adds."""
    said = layer.operands.bits or Bits()
    weights = said.weights or BITS[setting.weights]
    activations = said.activations or BITS[setting.activations]
    for stage in layer.stages:
        if macs := int(stage.macs):
            first = weights if has_weights(stage.op) else activations
            yield (first, activations), macs


def has_weights(op: Op) -> TypeGuard[Weighted]:
    """Whether it multiplies with weights of its own or another's, rather than two activations."""
    from convcost.ops.base import Weighted
    from convcost.ops.dynamic import DynamicConv, DynamicTransposedConv

    return isinstance(op, Weighted) and not isinstance(op, DynamicConv | DynamicTransposedConv)


def _of_layers(report: Report) -> Sequence[int]:
    def figure(layer: LayerCost) -> int:
        found = products(layer, report.setting)
        return sum(first * second * macs for (first, second), macs in found)

    return alike(report.layers, figure)


def _terms(report: Report) -> str:
    """`1,024 MACs × 1 × 4 bits + 640 MACs × 32 × 32 bits`, and what the last are for."""
    macs: Counter[Pair] = Counter()
    for layer in report.layers:
        for pair, each in products(layer, report.setting):
            macs[pair] += each
    most = macs.most_common(_MOST_SAID)
    parts = [f"{each:,} MACs × {pair[0]} × {pair[1]} bits" for pair, each in most]
    if more := len(macs) - len(most):
        parts.append(f"{more} more")
    said = (layer.operands.bits or Bits() for layer in report.layers if layer.macs)
    if all(bits.weights and bits.activations for bits in said):
        return " + ".join(parts)
    weights, activations = report.setting.weights, report.setting.activations
    dtypes = weights if weights == activations else f"{weights} × {activations}"
    return f"{' + '.join(parts)}; layers without bits are in {dtypes}"


register(
    Metric(
        "bops",
        "BOPs",
        "bit operations",
        "multiply-adds times bits of weights times bits of activations",
        _of_layers,
        rests_on=("macs",),
        depends_on=("weights", "activations"),
        apart=True,
        terms=_terms,
    )
)
