"""Bytes of weights and of buffers, as a checkpoint has them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from convcost.count import Count
from convcost.metrics.base import Metric, alike, register
from convcost.setting import BITS, FLOATS, Setting, bytes_of, packed

if TYPE_CHECKING:  # the table is made before any network is read
    from convcost.cost import LayerCost, Report
    from convcost.ops.base import Op

_STEPS = 8
"""Bytes of `num_batches_tracked`, an int64."""
_SCALE = _WIDE = 4


class Held(NamedTuple):
    """A tensor that an op holds: what it is, how many elements, and their bytes."""

    what: str
    elements: int
    bytes: int


def weights_of(op: Op, setting: Setting, bits: int | None = None) -> Iterator[Held]:
    """The learnable tensors of an op, and the scales that come with them if they are asked for.

    Where its weights have `bits` of their own, its bias and a norm are still of the setting.
    The weights of a recurrent layer are taken for one tensor of each sort, whatever its depth.
    """
    from convcost.ops.base import Weighted

    if not (params := op.params()):
        return
    dtype = setting.weights
    weights = len(op.weights().terms) if isinstance(op, Weighted) else None
    width = bits if bits and weights else BITS[dtype]
    for at, (what, elements) in enumerate(_tensors(op, params)):
        is_bias = weights is not None and at >= weights
        wide = is_bias and setting.wide_biases
        yield Held(
            "bias" if is_bias else what,
            elements,
            _WIDE * elements if wide else packed(elements, BITS[dtype] if is_bias else width),
        )
    if setting.scales and (bits or dtype not in FLOATS) and isinstance(op, Weighted):
        yield Held("scales", op.m, _SCALE * op.m)


def buffers_of(op: Op, setting: Setting, bits: int | None = None) -> Iterator[Held]:
    """What an op keeps besides: running statistics, and the steps that made them. Quantized weights
    leave them in fp32, and `bits` of weights as they are."""
    from convcost.ops.structure import Norm

    if isinstance(op, Norm) and op.sort == "batch":
        dtype = setting.weights if setting.weights in FLOATS else "fp32"
        for what in ("running mean", "running variance"):
            yield Held(what, op.channels, bytes_of(op.channels, dtype))
        yield Held("batches tracked", 1, _STEPS)


def _tensors(op: Op, params: Count) -> Iterator[tuple[str, int]]:
    from convcost.ops.structure import Norm
    from convcost.ops.tensors import LastNorm

    halves = 2 if isinstance(op, Norm) else op.weight + op.bias if isinstance(op, LastNorm) else 0
    if halves:
        yield from [("weights", params.value // halves)] * halves
        return
    for term in params.terms:
        yield "weights", Count((term,)).value


def _bytes(
    held: Callable[[Op, Setting, int | None], Iterator[Held]],
) -> Callable[[Report], Sequence[int]]:
    """What each layer holds."""

    def of_layers(report: Report) -> Sequence[int]:
        def figure(layer: LayerCost) -> int:
            bits = layer.operands.bits and layer.operands.bits.weights
            found = (held(stage.op, report.setting, bits) for stage in layer.stages)
            return sum(each.bytes for tensors in found for each in tensors)

        return alike(report.layers, figure)

    return of_layers


def _terms(
    held: Callable[[Op, Setting, int | None], Iterator[Held]],
) -> Callable[[Report], str]:
    """`25,503,912 weights in 102,015,648 + 53,120 bias in 212,480`: elements and their bytes."""

    def terms(report: Report) -> str:
        elements: Counter[str] = Counter()
        taken: Counter[str] = Counter()
        for layer in report.layers:
            bits = layer.operands.bits and layer.operands.bits.weights
            for stage in layer.stages:
                for each in held(stage.op, report.setting, bits):
                    elements[each.what] += each.elements
                    taken[each.what] += each.bytes
        return " + ".join(f"{elements[what]:,} {what} in {taken[what]:,}" for what in elements)

    return terms


register(
    Metric(
        "weight_bytes",
        "weight bytes",
        "bytes",
        "bytes of learnable parameters",
        _bytes(weights_of),
        rests_on=("params",),
        depends_on=("weights", "scales", "wide_biases"),
        apart=True,
        terms=_terms(weights_of),
    )
)
register(
    Metric(
        "buffer_bytes",
        "buffer bytes",
        "bytes",
        "bytes of running statistics, as a checkpoint has them",
        _bytes(buffers_of),
        rests_on=("params",),
        depends_on=("weights",),
        apart=True,
        terms=_terms(buffers_of),
    )
)
