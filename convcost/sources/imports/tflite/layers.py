"""TensorFlow Lite's operations that are layers of their own: activations, norms, resizing."""

from __future__ import annotations

from math import prod

from convcost.sources.imports import layers, movement, weights
from convcost.sources.imports.assembler import Constant, Value
from convcost.sources.imports.layout import First
from convcost.sources.imports.tflite.call import Call, handles

ACTIVATIONS = {
    "ELU": "elu",
    "GELU": "gelu",
    "HARD_SWISH": "hard-swish",
    "LEAKY_RELU": "leaky-relu",
    "LOGISTIC": "sigmoid",
    "RELU": "relu",
    "RELU6": "relu6",
    "SOFTMAX": "softmax",
    "TANH": "tanh",
}
UNARY = (
    "ABS",
    "BITCAST",
    "CEIL",
    "COS",
    "CUMSUM",
    "EXP",
    "FAKE_QUANT",
    "FLOOR",
    "L2_NORMALIZATION",
    "LOCAL_RESPONSE_NORMALIZATION",
    "LOG",
    "LOGICAL_NOT",
    "LOG_SOFTMAX",
    "NEG",
    "RELU_0_TO_1",
    "RELU_N1_TO_1",
    "ROUND",
    "RSQRT",
    "SIGN",
    "SIN",
    "SQRT",
    "SQUARE",
)
"""Other functions of one tensor's elements."""


@handles(*ACTIVATIONS)
def _activation(call: Call) -> Value:
    layout, value = call.layout(), call.live(0)
    made = layers.activation(call.to, value, ACTIVATIONS[call.node.op], call.name)
    return layout.of(made)


@handles(*UNARY)
def _unary(call: Call) -> Value:
    return call.layout().of(layers.elementwise(call.to, call.live(0), call.op, call.name))


@handles("PRELU")
def _prelu(call: Call) -> Value:
    """Its slopes are spread from the last dim on: one for each channel, where there are so many."""
    layout, slopes = call.layout(), call.input(1)
    value = call.laid(layout, 0)
    count = prod(slopes.shape) if slopes is not None else 0
    if isinstance(slopes, Constant):
        per = {prod(value.shape): "element", call.shape[-1]: "channel", 1: "layer"}.get(count)
        if per == "channel" and not layout.is_first and len(call.shape) > _ROWS:
            per = None  # its channels are not where ours are
        if per:
            return layout.of(weights.prelu(call.to, value, slopes, per, call.name))
    fields = {"op": "prelu"}
    values = [value, call.in_full(1, layout)]
    shape = layout.laid(call.shape)
    return layout.of(movement.combine(call.to, "elementwise", fields, values, shape, call.name))


_ROWS = 2


@handles("RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR")
def _resize(call: Call) -> Value:
    value, layout = call.first(0), call.layout()
    mode = "bilinear" if call.op.endswith("bilinear") else "nearest"
    shape = layout.laid(call.shape)
    made = layers.resize(call.to, value, mode, len(shape) - 2, shape, call.name)
    return First(made.index, shape)


@handles("PAD", "PADV2", "MIRROR_PAD")
def _pad(call: Call) -> Value:
    layout, pads = call.layout(), call.ints(1)
    value, shape = call.laid(layout, 0), layout.laid(call.shape)
    if pads is None or len(pads) != 2 * len(shape) or call.op.startswith("mirror"):
        return layout.of(movement.gather(call.to, value, call.op, shape, call.name))
    pairs = [(pads[2 * dim], pads[2 * dim + 1]) for dim in range(len(shape))]
    return layout.of(layers.pad(call.to, value, layout.laid(pairs), shape, call.name))


@handles("MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_PROD", "REDUCE_ANY", "REDUCE_ALL")
def _reduce(call: Call) -> Value:
    sort = call.op.removeprefix("reduce_")
    value, axes = call.live(0), call.ints(1) or []
    rank, keep = len(value.shape), bool(call.node.option("KeepDims"))
    dims = sorted({movement.checked_dim(dim, rank) for dim in axes})
    if isinstance(value, First) and dims == list(range(1, rank - 1)) and value.shape[0] == 1:
        value = call.first(0)
        kept = (*value.shape[:2], *(1 for _ in dims))
        pooling = {"mean": "avg", "reduce_max": "max"}.get(call.op)
        if pooling:
            made = layers.pool_to(call.to, value, pooling, len(dims), kept, call.name)
        else:
            over = range(2, rank)
            made = layers.reduce(call.to, value, sort, [*over], True, kept, call.name)
        return First(made.index, kept) if keep else call.to.reshape(made, call.shape, call.name)
    value = call.last(0)
    return layers.reduce(call.to, value, sort, dims, keep, call.shape, call.name)
