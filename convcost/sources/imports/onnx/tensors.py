"""ONNX's operations that move elements, join tensors or work on elements."""

from __future__ import annotations

from math import prod

from convcost.ops.base import Sizes
from convcost.sources.imports import layers, movement
from convcost.sources.imports.assembler import Constant, Value
from convcost.sources.imports.onnx.call import Call, Known, Result, handles


@handles(
    "Identity",
    "Cast",
    "CastLike",
    "QuantizeLinear",
    "DequantizeLinear",
    "com.microsoft.QuantizeLinear",
    "com.microsoft.DequantizeLinear",
)
def _nothing(call: Call) -> Value:
    return call.value


@handles("DynamicQuantizeLinear")
def _quantised(call: Call) -> Result:
    return call.value, Constant(()), Constant(())


@handles("Reshape", "Flatten", "Squeeze", "Unsqueeze")
def _reshape(call: Call) -> Value:
    return call.to.reshape(call.value, call.shape, call.name)


@handles("Expand", "Tile")
def _expand(call: Call) -> Value:
    if call.op == "tile" and prod(call.value.shape) != prod(call.shape):
        return movement.gather(call.to, call.value, "tile", call.shape, call.name)
    return movement.broadcast(call.to, call.value, call.shape, call.name)


@handles("Transpose")
def _transpose(call: Call) -> Value:
    rank = len(call.value.shape)
    order: Sizes = call.attribute("perm") or tuple(reversed(range(rank)))
    return movement.permute(call.to, call.value, order, call.shape, call.name)


@handles("Concat")
def _concat(call: Call) -> Value:
    values = [call.live(each) for each in call.inputs if each is not None and 0 not in each.shape]
    return movement.concat(call.to, values, call.attribute("axis", 0), call.shape, call.name)


@handles("Split")
def _split(call: Call) -> Result:
    dim = movement.checked_dim(call.attribute("axis", 0), len(call.value.shape))
    parts: list[Known] = []
    start = 0
    for shape in call.shapes:
        span = range(start, start + shape[dim])
        taken = (call.to, call.value, dim, span, shape, call.name)
        parts.append(movement.take(*taken) if prod(shape) else Constant(shape))
        start = span.stop
    return tuple(parts)


@handles("Slice")
def _slice(call: Call) -> Value:
    starts, stops = call.ints(1), call.ints(2)
    value = call.value
    rank = len(value.shape)
    axes = call.ints(3) or list(range(len(starts or ())))
    steps = call.ints(4) or [1] * len(axes)
    if starts is None or stops is None:
        return movement.gather(call.to, value, "slice", call.shape, call.name)
    shape = list(value.shape)
    for start, stop, axis, step in zip(starts, stops, axes, steps, strict=True):
        dim = movement.checked_dim(axis, rank)
        span = range(value.shape[dim])[start:stop:step]
        if step < 0:
            return movement.gather(call.to, value, "flip", call.shape, call.name)
        shape[dim] = len(span)
        value = movement.take(call.to, value, dim, span, tuple(shape), call.name)
    return value


@handles("Gather")
def _gather_one(call: Call) -> Value:
    if not isinstance(call.input(0), Value):
        return movement.gather(call.to, call.value, "lookup", call.shape, call.name)
    value, index = call.value, call.ints(1)
    dim = movement.checked_dim(call.attribute("axis", 0), len(value.shape))
    if index is None or len(index) != 1:
        return movement.gather(call.to, value, "gather", call.shape, call.name)
    at = index[0] % value.shape[dim]
    return movement.take(call.to, value, dim, range(at, at + 1), call.shape, call.name)


@handles(
    "GatherND",
    "GatherElements",
    "DepthToSpace",
    "SpaceToDepth",
    "ScatterND",
    "ScatterElements",
    "Trilu",
    "Roll",
    "Col2Im",
    "AffineGrid",
    "CenterCropPad",
    "GridSample",
    "MaxRoiPool",
    "MaxUnpool",
    "OneHot",
    "ReverseSequence",
    "RoiAlign",
    "Scatter",
    "TensorScatter",
)
def _gather(call: Call) -> Value:
    return movement.gather(call.to, call.value, call.op, call.shape, call.name)


@handles("TopK")
def _top(call: Call) -> Result:
    return tuple(
        movement.gather(call.to, call.value, "topk", shape, call.name) for shape in call.shapes
    )


@handles(
    "ReduceMean",
    "ReduceSum",
    "ReduceMax",
    "ReduceMin",
    "ReduceProd",
    "ReduceL2",
    "ReduceL1",
    "ReduceLogSumExp",
    "ReduceSumSquare",
    "ReduceLogSum",
    "ArgMax",
    "ArgMin",
)
def _reduce(call: Call) -> Value:
    sort = call.op.removeprefix("reduce")
    dims = call.attribute("axes") or call.ints(1) or call.attribute("axis") or ()
    over = [dims] if isinstance(dims, int) else list(dims)
    keep = bool(call.attribute("keepdims", 1))
    if not over and keep:  # the axes are computed: the shapes tell them as well
        pairs = enumerate(zip(call.value.shape, call.shape, strict=True))
        over = [dim for dim, (before, after) in pairs if before != after]
    pooling = {"mean": "avg", "max": "max"}.get(sort)
    dims = len(call.value.shape) - 2
    if (
        pooling
        and dims > 0
        and sorted(dim % (dims + 2) for dim in over) == list(range(2, dims + 2))
        and call.value.shape[0] == 1
    ):
        kept = (*call.value.shape[:2], *(1 for _ in over))
        pooled = layers.pool_to(call.to, call.value, pooling, dims, kept, call.name)
        return call.to.reshape(pooled, call.shape, call.name)
    return layers.reduce(call.to, call.value, sort, over, keep, call.shape, call.name)


@handles("Resize", "Upsample")
def _resize(call: Call) -> Value:
    mode = {"linear": "bilinear", "cubic": "bicubic"}.get(call.attribute("mode"), "nearest")
    return layers.resize(call.to, call.value, mode, len(call.shape) - 2, call.shape, call.name)


@handles("Pad")
def _pad(call: Call) -> Value:
    numbers = call.attribute("pads") or call.ints(1)
    mode = call.attribute("mode", "constant")
    rank = len(call.shape)
    if numbers is None or len(numbers) != 2 * rank or mode != "constant":
        return movement.gather(call.to, call.value, f"{mode} pad"[:40], call.shape, call.name)
    pads = tuple((numbers[dim], numbers[dim + rank]) for dim in range(rank))
    return layers.pad(call.to, call.value, pads, call.shape, call.name)


@handles(
    "Add",
    "Mul",
    "Sub",
    "Div",
    "Pow",
    "Max",
    "Min",
    "Where",
    "Mod",
    "And",
    "Or",
    "Equal",
    "Greater",
    "Less",
    "GreaterOrEqual",
    "LessOrEqual",
    "Sum",
    "Mean",
    "Xor",
    "BitShift",
    "BitwiseAnd",
    "BitwiseOr",
    "BitwiseXor",
)
def _binary(call: Call) -> Value:
    tensors = [
        each
        for each in call.inputs
        if each is not None and not (isinstance(each, Constant) and not each.params)
    ]
    values = [call.live(each) for each in tensors]
    if len(values) == 1:
        if prod(values[0].shape) != prod(call.shape):
            return movement.broadcast(call.to, values[0], call.shape, call.name)
        value = call.to.reshape(values[0], call.shape, call.name)
        return layers.elementwise(call.to, value, call.op, call.name)
    kind = {"add": "add", "sum": "add", "mul": "multiply"}.get(call.op, "elementwise")
    fields = {"op": call.op} if kind == "elementwise" else {}
    return movement.combine(call.to, kind, fields, values, call.shape, call.name)


@handles(
    "Erf",
    "Sqrt",
    "Exp",
    "Log",
    "Neg",
    "Abs",
    "Reciprocal",
    "Floor",
    "Ceil",
    "Round",
    "Sin",
    "Cos",
    "Tan",
    "Sign",
    "Not",
    "LogSoftmax",
    "Softsign",
    "Celu",
    "ThresholdedRelu",
    "Hardmax",
    "Shrink",
    "IsInf",
    "Acos",
    "Asin",
    "Atan",
    "Cosh",
    "Sinh",
    "CumSum",
    "IsNaN",
    "LRN",
    "LpNormalization",
    "MeanVarianceNormalization",
    "Acosh",
    "Asinh",
    "Atanh",
    "Bernoulli",
    "BitCast",
    "BitwiseNot",
    "CumProd",
    "RandomNormalLike",
    "RandomUniformLike",
)
def _unary(call: Call) -> Value:
    return layers.elementwise(call.to, call.value, call.op, call.name)
