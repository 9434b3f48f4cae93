"""TensorFlow Lite's operations that move elements, join tensors or work on elements."""

from __future__ import annotations

from math import prod

from convcost.errors import LayerError
from convcost.ops.base import Shape
from convcost.sources.imports import layers, movement
from convcost.sources.imports.assembler import Constant, Value
from convcost.sources.imports.layout import IMAGES, First, Layout, last
from convcost.sources.imports.tflite.call import Call, Known, Result, handles

AS_THEY_ARE = ("CAST", "DEQUANTIZE", "QUANTIZE")
"""Operations after which numbers are of another type."""
BINARY = (
    "ADD",
    "ADD_N",
    "ATAN2",
    "BITWISE_XOR",
    "DIV",
    "EQUAL",
    "FLOOR_DIV",
    "FLOOR_MOD",
    "GREATER",
    "GREATER_EQUAL",
    "LESS",
    "LESS_EQUAL",
    "LOGICAL_AND",
    "LOGICAL_OR",
    "MAXIMUM",
    "MINIMUM",
    "MUL",
    "NOT_EQUAL",
    "POW",
    "RIGHT_SHIFT",
    "SELECT",
    "SELECT_V2",
    "SQUARED_DIFFERENCE",
    "SUB",
)
"""Functions of the elements in the same place, also of tensors that are spread over each other."""


@handles(*AS_THEY_ARE)
def _nothing(call: Call) -> Value:
    return call.live(0)


@handles("RESHAPE", "EXPAND_DIMS", "SQUEEZE")
def _reshape(call: Call) -> Value:
    """One row of all features is that in our order, too: which comes first changes no count."""
    value = call.live(0)
    if isinstance(value, First) and value.shape == Layout(True, len(call.shape)).laid(call.shape):
        return value
    if not (value.shape[0] == 1 and call.shape == (1, prod(value.shape))):
        value = call.last(0)
    return call.to.reshape(value, call.shape, call.name)


@handles("TRANSPOSE")
def _transpose(call: Call) -> Value:
    order = call.ints(1)
    if order is None or sorted(order) != list(range(len(call.shape))):
        raise LayerError("a transpose in an order that only a run tells")
    value = call.live(0)
    rank = len(order)
    come = Layout(isinstance(value, First), rank)
    dims = [come.dim(dim) for dim in order]
    images = Layout(True, rank)
    if rank in IMAGES and _is_still(value.shape, images.laid(dims)):
        made = call.to.reshape(value, images.laid(call.shape), call.name)
        return images.of(made)
    return movement.permute(call.to, Value(value.index, value.shape), dims, call.shape, call.name)


def _is_still(shape: Shape, order: tuple[int, ...]) -> bool:
    """Whether dims keep their order, but for those of size 1."""
    kept = [dim for dim in order if shape[dim] != 1]
    return kept == sorted(kept)


@handles("CONCATENATION")
def _concat(call: Call) -> Value:
    layout = call.layout()
    taken = [at for at, each in enumerate(call.inputs) if each is not None and 0 not in each.shape]
    values = [call.laid(layout, at) for at in taken]
    dim = movement.checked_dim(call.node.option("Axis"), len(call.shape))
    shape = layout.laid(call.shape)
    made = movement.concat(call.to, values, layout.dim(dim), shape, call.name)
    return layout.of(Value(made.index, shape))


@handles("PACK")
def _stack(call: Call) -> Value:
    values = [call.last(at) for at in range(len(call.inputs))]
    return movement.stack(call.to, values, call.node.option("Axis"), call.shape, call.name)


@handles("SPLIT", "SPLIT_V")
def _split(call: Call) -> Result:
    place = call.op == "split"
    axis = call.ints(0 if place else 2)
    if not axis:
        raise LayerError("a split along a dim that only a run tells")
    layout = call.layout()
    value = call.laid(layout, int(place))
    dim = movement.checked_dim(axis[0], len(value.shape))
    parts: list[Known] = []
    start = 0
    for shape in call.shapes:
        span = range(start, start + shape[dim])
        laid = layout.laid(shape)
        taken = (call.to, value, layout.dim(dim), span, laid, call.name)
        parts.append(layout.of(movement.take(*taken)) if prod(shape) else Constant(shape))
        start = span.stop
    return tuple(parts)


@handles("UNPACK")
def _unstack(call: Call) -> Result:
    value = call.last(0)
    dim = movement.checked_dim(call.node.option("Axis"), len(value.shape))
    return tuple(
        movement.take(call.to, value, dim, range(at, at + 1), shape, call.name)
        for at, shape in enumerate(call.shapes)
    )


@handles("SLICE")
def _slice(call: Call) -> Value:
    layout = call.layout()
    value, begins = call.laid(layout, 0), call.ints(1)
    if begins is None or len(begins) != len(call.shape):
        return layout.of(_gathered(call, value, layout))
    for dim, (begin, size) in enumerate(zip(begins, call.shape, strict=True)):
        value = _taken(call, value, layout.dim(dim), range(begin, begin + size))
    return layout.of(value)


@handles("STRIDED_SLICE")
def _strided_slice(call: Call) -> Value:
    begins, ends, steps = call.ints(1), call.ints(2), call.ints(3)
    value = call.live(0)
    rank = len(value.shape)
    is_odd = any(call.node.option(name) for name in ("EllipsisMask", "NewAxisMask"))
    if begins is None or ends is None or steps is None or is_odd or min(steps, default=1) < 0:
        return movement.gather(call.to, call.last(0), call.op, call.shape, call.name)
    layout = Layout(isinstance(value, First), rank)
    begin_mask, end_mask, shrink = (
        call.node.option(f"{name}Mask") for name in ("Begin", "End", "ShrinkAxis")
    )
    for dim, (begin, end, step) in enumerate(zip(begins, ends, steps, strict=True)):
        whole = range(value.shape[layout.dim(dim)])
        if shrink >> dim & 1:
            span = whole[begin : begin + 1 or None]
        else:
            first = None if begin_mask >> dim & 1 else begin
            span = whole[first : None if end_mask >> dim & 1 else end : step]
        value = _taken(call, value, layout.dim(dim), span)
    if len(call.shape) == rank:
        return layout.of(value)
    return call.to.reshape(last(call.to, layout.of(value), call.name), call.shape, call.name)


def _taken(call: Call, value: Value, dim: int, span: range) -> Value:
    shape = (*value.shape[:dim], len(span), *value.shape[dim + 1 :])
    return movement.take(call.to, value, dim, span, shape, call.name)


def _gathered(call: Call, value: Value, layout: Layout) -> Value:
    return movement.gather(call.to, value, call.op, layout.laid(call.shape), call.name)


@handles("EMBEDDING_LOOKUP")
def _lookup(call: Call) -> Value:
    return movement.gather(call.to, call.last(1), "lookup", call.shape, call.name)


@handles("GATHER")
def _gather_along(call: Call) -> Value:
    op = "gather" if isinstance(call.input(0), Value) else "lookup"
    return movement.gather(call.to, call.last(0), op, call.shape, call.name)


@handles(
    "BATCH_TO_SPACE_ND",
    "DEPTH_TO_SPACE",
    "DILATE",
    "DYNAMIC_UPDATE_SLICE",
    "GATHER_ND",
    "MATRIX_DIAG",
    "MATRIX_SET_DIAG",
    "ONE_HOT",
    "REVERSE_SEQUENCE",
    "REVERSE_V2",
    "SCATTER_ND",
    "SPACE_TO_BATCH_ND",
    "SPACE_TO_DEPTH",
    "SPARSE_TO_DENSE",
)
def _gather(call: Call) -> Value:
    layout = call.layout()
    return layout.of(_gathered(call, call.live(0), layout))


@handles("BROADCAST_TO", "TILE")
def _expand(call: Call) -> Value:
    value = call.last(0)
    if call.op == "tile" and prod(value.shape) != prod(call.shape):
        return movement.gather(call.to, value, "tile", call.shape, call.name)
    return movement.broadcast(call.to, value, call.shape, call.name)


@handles("ARG_MAX", "ARG_MIN")
def _arg(call: Call) -> Value:
    axes = call.ints(1)
    if not axes:
        raise LayerError(f"{call.op} along a dim that only a run tells")
    return layers.reduce(call.to, call.last(0), call.op, axes, False, call.shape, call.name)


@handles("TOPK_V2")
def _top(call: Call) -> Result:
    value = call.last(0)
    return tuple(movement.gather(call.to, value, "topk", shape, call.name) for shape in call.shapes)


@handles(*BINARY)
def _binary(call: Call) -> Value:
    layout, shape = call.layout(), call.layout().laid(call.shape)
    taken = [
        at
        for at, each in enumerate(call.inputs)
        if each is not None and not (isinstance(each, Constant) and not each.params)
    ]
    values = [call.in_full(at, layout) for at in taken]
    if len(values) == 1:
        if prod(values[0].shape) != prod(shape):
            return layout.of(movement.broadcast(call.to, values[0], shape, call.name))
        value = call.to.reshape(values[0], shape, call.name)
        return layout.of(layers.elementwise(call.to, value, call.op, call.name))
    kind = {"add": "add", "add_n": "add", "mul": "multiply"}.get(call.op, "elementwise")
    fields = {"op": call.op} if kind == "elementwise" else {}
    return layout.of(movement.combine(call.to, kind, fields, values, shape, call.name))
