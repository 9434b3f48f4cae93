"""Zeros among weights: what is left of parameters and multiply-adds without them.

A scattered zero saves a multiply-add where a kernel skips it, which no dense kernel does. Channels
that are zero altogether can be taken out, so that any kernel saves theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from convcost.count import Count
from convcost.metrics.base import Metric, alike, of_each, register
from convcost.metrics.precision import has_weights
from convcost.operands import Density
from convcost.status import COMPLETE, Status

if TYPE_CHECKING:  # the table is made before any network is read
    from convcost.cost import LayerCost, Report, StageCost

DENSE = Density()
_UNSEEN = Status("about", "weights that are not there may be zero")


def nonzero_params(layer: LayerCost) -> int:
    """Parameters that are not zero: as counted, or of each tensor of weights the share that is
    said, rounded up; of norms and biases all."""
    density = layer.operands.density
    if density is None:
        return layer.params
    if density.zeros is not None:
        return layer.params - density.zeros
    tensors = (_tensors(stage) for stage in layer.stages if stage.params)
    return layer.params - sum(size - density.of(size) for sizes in tensors for size in sizes)


def effective_macs(layer: LayerCost) -> int:
    """Multiply-adds with weights that are not zero, and all others; rounded up."""
    density = layer.operands.density or DENSE

    def share(sizes: Sequence[int]) -> Fraction:
        if density.zeros is not None:
            return density.weights
        return Fraction(sum(map(density.of, sizes)), sum(sizes))

    return _left(layer, share)


def dense_macs(layer: LayerCost) -> int:
    """Multiply-adds without those of channels that are zero altogether; rounded up."""
    density = layer.operands.density or DENSE
    return _left(layer, lambda _: density.structured)


def _left(layer: LayerCost, share: Callable[[Sequence[int]], Fraction]) -> int:
    if layer.operands.density is None:
        return sum(int(stage.macs) for stage in layer.stages)
    left = Fraction(0)
    for stage in layer.stages:
        sizes = _tensors(stage)
        left += int(stage.macs) * (share(sizes) if sizes else 1)
    return -(-left.numerator // left.denominator)


def _tensors(stage: StageCost) -> list[int]:
    """The sizes of what an op multiplies with and that may be zero, a sort of tensor each."""
    if not has_weights(stage.op):
        return []
    return [int(Count((term,))) for term in stage.op.weights().terms]


def _row(
    name: str, title: str, unit: str, doc: str, of: str, figure: Callable[[LayerCost], int]
) -> None:
    """A metric of what is left of the count `of`, about which nothing is known where weights are
    not seen."""

    def judged(report: Report) -> list[tuple[int, Status]]:
        return alike(report.layers, lambda layer: (figure(layer), _status(layer)))

    register(
        Metric(name, title, unit, doc, of_each(figure), rests_on=(of,), judged=judged, terms=_terms)
    )


def _status(layer: LayerCost) -> Status:
    density = layer.operands.density
    return _UNSEEN if density and density.unseen else COMPLETE


def _terms(report: Report) -> str:
    """Of how many of the layers that multiply zeros are known."""
    layers = [layer for layer in report.layers if layer.macs]
    known = [
        layer for layer in layers if layer.operands.density and not layer.operands.density.unseen
    ]
    return (
        f"zeros are known of {len(known)} of {len(layers)} layers that multiply, the others count "
        "as dense"
    )


_row(
    "nonzero_params",
    "nonzero params",
    "parameters",
    "parameters that are not zero",
    "params",
    nonzero_params,
)
_row(
    "effective_macs",
    "effective MACs",
    "multiply-adds",
    "multiply-adds with weights that are not zero, which no dense kernel tells apart",
    "macs",
    effective_macs,
)
_row(
    "dense_macs",
    "dense MACs",
    "multiply-adds",
    "multiply-adds without channels that are zero altogether, which dense kernels can do without",
    "macs",
    dense_macs,
)
