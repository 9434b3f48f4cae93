"""PyTorch's operations on elements, and sums over them."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from convcost.errors import LayerError
from convcost.ops.base import Shape
from convcost.sources.imports import layers, movement
from convcost.sources.imports.assembler import Constant, Value
from convcost.sources.imports.pytorch.call import Call, Result, handles


@handles(
    "mean",
    "sum",
    "amax",
    "amin",
    "max",
    "min",
    "var",
    "std",
    "prod",
    "argmax",
    "norm",
    "logsumexp",
    "var_mean",
    "std_mean",
    "any",
    "all",
    "linalg_vector_norm",
    "median",
)
def _reduce(call: Call) -> Result:
    other = call.arg("other")
    if other is not None:
        return _binary(call)
    dims = call.arg("dim")
    over: Sequence[int] = [dims] if isinstance(dims, int) else dims or ()
    keep = bool(call.arg("keepdim"))
    sort = call.op.replace("amax", "max").replace("amin", "min")
    made = tuple(
        layers.reduce(call.to, call.value, sort, over, keep, shape, call.name)
        for shape in call.shapes
    )
    return made if len(made) > 1 else made[0]


@handles(
    "add",
    "mul",
    "multiply",
    "sub",
    "subtract",
    "rsub",
    "div",
    "divide",
    "true_divide",
    "pow",
    "maximum",
    "minimum",
    "where",
    "masked_fill",
    "lerp",
    "addcmul",
    "addcdiv",
    "eq",
    "ne",
    "lt",
    "gt",
    "le",
    "ge",
    "logical_and",
    "logical_or",
    "atan2",
    "remainder",
    "fmod",
    "floor_divide",
    "bitwise_and",
    "bitwise_or",
)
def _binary(call: Call) -> Value:
    tensors = [each for each in call.tensors() if not _is_plain(each, call.shape)]
    op = {"multiply": "mul", "subtract": "sub", "divide": "div"}.get(call.op, call.op)
    if not tensors:
        raise LayerError("an operation on constants")
    values = [call.live(each) for each in tensors]
    if len(values) == 1:
        if prod(values[0].shape) != prod(call.shape):
            return movement.broadcast(call.to, values[0], call.shape, call.name)
        value = call.to.reshape(values[0], call.shape, call.name)
        return layers.elementwise(call.to, value, op, call.name)
    known = {"add": "add", "mul": "multiply"}
    kind = known.get(op, "elementwise")
    fields = {"op": op} if kind == "elementwise" else {}
    return movement.combine(call.to, kind, fields, values, call.shape, call.name)


def _is_plain(tensor: Value | Constant, shape: Shape) -> bool:
    """Whether it is a constant that learns nothing and spreads nothing: a number, a mask."""
    return isinstance(tensor, Constant) and not tensor.params


@handles(
    "neg",
    "abs",
    "exp",
    "log",
    "sqrt",
    "rsqrt",
    "clamp",
    "clamp_min",
    "clamp_max",
    "erf",
    "sin",
    "cos",
    "square",
    "reciprocal",
    "floor",
    "ceil",
    "round",
    "sign",
    "log1p",
    "expm1",
    "log_softmax",
    "celu",
    "logsigmoid",
    "softsign",
    "threshold",
    "rrelu",
    "hardshrink",
    "softshrink",
    "tanhshrink",
    "log_sigmoid",
    "log2",
    "logical_not",
    "bitwise_not",
    "sigmoid_",
    "normalize",
    "cumsum",
    "isnan",
    "tan",
    "asin",
    "acos",
    "atan",
    "special_erf",
    "nan_to_num",
    "exp2",
    "sinc",
    "softmin",
)
def _unary(call: Call) -> Value:
    return layers.elementwise(call.to, call.value, call.op, call.name)


@handles("glu")
def _glu(call: Call) -> Value:
    dim = call.arg("dim") % len(call.value.shape)
    half = call.shape[dim]
    halves = [
        movement.take(call.to, call.value, dim, range(at, at + half), call.shape, call.name)
        for at in (0, half)
    ]
    gate = layers.activation(call.to, halves[1], "sigmoid", call.name)
    return movement.combine(call.to, "multiply", {}, [halves[0], gate], call.shape, call.name)


@handles("grid_sampler")
def _sampled(call: Call) -> Value:
    """Elements that are read between others, at points that may be computed."""
    way = ("", " nearest", " bicubic")[call.arg("interpolation_mode")]
    return _of_both(call, f"grid_sample{way}", call.arg("input"), call.arg("grid"))


@handles("cdist")
def _distances(call: Call) -> Value:
    """The distances of all pairs of rows."""
    return _of_both(call, "cdist", call.arg("x1"), call.arg("x2"))


def _of_both(call: Call, op: str, *tensors: Value | Constant) -> Value:
    """Every element by `op` from some of each tensor, if that is learned or comes of the input."""
    values = [
        movement.gather(call.to, call.live(each), op, call.shape, call.name)
        for each in tensors
        if not _is_plain(each, call.shape)
    ]
    return movement.combine(call.to, "elementwise", {"op": op}, values, call.shape, call.name)
