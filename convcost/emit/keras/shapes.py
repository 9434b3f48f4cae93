"""Ops without weights in Keras: pools, activations, joints, and what moves elements."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from convcost.emit.keras.lines import REQUIRED, Argument, Built, Lines, Text, pairs, spatial
from convcost.emit.pytorch.functional import REDUCTIONS, SIGNS, known_by_name, resolved_pads
from convcost.errors import LayerError
from convcost.ops.base import Op, Pads, Shape
from convcost.ops.conv import SAME_TF
from convcost.ops.joints import Add, Concat, Matmul, Multiply
from convcost.ops.pooling import AdaptivePool, Pool, Resize, Upsample
from convcost.ops.structure import (
    Activation,
    Crop,
    Flatten,
    Identity,
    Reshape,
    Shuffle,
    Slice,
)
from convcost.ops.tensors import (
    Broadcast,
    Elementwise,
    Permute,
    Reduce,
    Tensor,
    Transpose,
    ZeroPad,
)

ACTIVATIONS = {
    **dict.fromkeys(("relu", "relu6", "elu", "selu", "gelu", "silu", "mish", "sigmoid")),
    **dict.fromkeys(("tanh", "softplus")),
    "leaky-relu": "leaky_relu",
    "hard-sigmoid": "hard_sigmoid",
    "hard-swish": "hard_silu",
}
"""What Keras calls them, where not as we do."""


def other(op: Op, to: Lines, values: Sequence[Built], name: str, shapes: Sequence[Shape]) -> Built:
    """An op without weights; `shapes` are those of its inputs, and of what it gives behind them.
    LayerError if Keras has nothing of the kind."""
    value, shape, out = values[0], shapes[0], shapes[-1]
    match op:
        case Identity():
            return value
        case Activation():
            return _activation(op, to, value, name)
        case Pool():
            return _pool(op, to, value, name, shape, out)
        case AdaptivePool():
            return _pool_to(op, to, value, name)
        case Upsample() | Resize():
            return _resized(op, to, value, name)
        case Add() | Multiply() | Concat():
            return _joined(op, to, values, name)
        case Shuffle() | Slice() | Crop() | ZeroPad():
            return _moved(op, to, value, name, shape)
        case Tensor():
            args: list[Argument] = [
                ("", Text(repr(op.shape)), REQUIRED),
                ("trainable", op.learned is not False, True),
            ]
            to.layer(name, "Weight", args, value.name)
            return Built(name, len(out), is_last=False)
    if isinstance(op, Flatten) and prod(shape[1:]) == 1:  # in whatever order
        to.layer(name, "layers.Flatten", [], value.name)
        return Built(name, 1, is_last=False)
    return _plain(op, to, [to.plain(each) for each in values], name, out)


def _moved(
    op: Shuffle | Slice | Crop | ZeroPad, to: Lines, value: Built, name: str, shape: Shape
) -> Built:
    """An op that picks, adds or moves elements, in whichever order the dims are."""
    match op:
        case Shuffle():
            return _shuffled(op, to, value, name, shape)
        case Slice():
            return _sliced(op, to, value, name, shape)
        case ZeroPad():
            return _padded(op, to, value, name)
    rest = [size - kept for size, kept in zip(shape[1:], op.size, strict=True)]
    return _around(to, value, name, tuple((-(each // 2), each // 2 - each) for each in rest))


def _plain(op: Op, to: Lines, values: Sequence[Built], name: str, out: Shape) -> Built:
    """An op on dims in our order."""
    value = values[0].name
    match op:
        case Flatten():
            to.layer(name, "layers.Flatten", [], value)
        case Reshape():
            to.layer(name, "layers.Reshape", [("", Text(repr(op.shape)), REQUIRED)], value)
        case Permute():
            order = tuple(dim + 1 for dim in op.order)
            to.layer(name, "layers.Permute", [("", Text(repr(order)), REQUIRED)], value)
        case Transpose():
            rank = values[0].rank
            order = (*range(1, rank - 1), rank, rank - 1)
            to.layer(name, "layers.Permute", [("", Text(repr(order)), REQUIRED)], value)
        case Matmul():
            to.assign(name, f"{value} @ {values[1].name}")
        case Broadcast():
            new = "None, " * (len(op.shape) - values[0].rank)
            spread = f"{value}[:, {new}...]" if new else value
            to.assign(name, f"{spread} * ops.ones({(1, *op.shape)!r})")
        case Reduce() if op.sort in REDUCTIONS:
            axes = tuple(dim + 1 for dim in op.dims)
            keep = op.keep or len(axes) == values[0].rank
            told = f"axis={axes!r}" + ", keepdims=True" * keep
            to.assign(name, f"ops.{op.sort}({value}, {told})")
            if keep and not op.keep:
                to.layer(name, "layers.Flatten", [], name)
        case Elementwise():
            sign = SIGNS.get(op.sort, " + ")
            to.assign(name, sign.join(each.name for each in values))
        case _ if known_by_name(op) is not None:
            to.assign(name, f"stand_in({value}, {out!r})")
        case _:
            raise LayerError(f"Keras has no layer of {op.name}")
    return Built(name, len(out), is_last=False)


def _activation(op: Activation, to: Lines, value: Built, name: str) -> Built:
    if op.sort == "softmax":
        value = to.plain(value)
        to.layer(name, "layers.Softmax", [], value.name)
    else:
        word = ACTIVATIONS.get(op.sort) or op.sort
        to.layer(name, "layers.Activation", [("", word, REQUIRED)], value.name)
    return value._replace(name=name)


def _pool(op: Pool, to: Lines, value: Built, name: str, shape: Shape, out: Shape) -> Built:
    value = to.last(value)
    dims = spatial(op.kernel, "pool")
    ones = (1,) * dims
    pads = resolved_pads(op.padding, op.kernel, op.stride, ones, shape)
    is_same = pads == resolved_pads(SAME_TF, op.kernel, op.stride, ones, shape)
    word = "same" if any(map(any, pads)) and is_same and not op.ceil else "valid"
    if word == "valid":
        around = tuple(
            (before, max(0, (windows - 1) * step + side - size - before) if op.ceil else behind)
            for size, windows, side, step, (before, behind) in zip(
                shape[1:], out[1:], op.kernel, op.stride, pads, strict=True
            )
        )
        value = _around(to, value, name, around)
    cls = f"layers.{'Max' if op.sort == 'max' else 'Average'}Pooling{dims}D"
    args: list[Argument] = [
        ("", op.kernel, REQUIRED),
        ("strides", op.stride, op.kernel if len(set(op.kernel)) > 1 else op.kernel[0]),
        ("padding", word, "valid"),
    ]
    to.layer(name, cls, args, value.name)
    return value._replace(name=name)


def _pool_to(op: AdaptivePool, to: Lines, value: Built, name: str) -> Built:
    if not op.size:
        return value
    value = to.last(value)
    dims = spatial(op.size, "pool")
    word = "Max" if op.sort == "max" else "Average"
    if set(op.size) == {1}:
        args: list[Argument] = [("keepdims", True, False)]
        to.layer(name, f"layers.Global{word}Pooling{dims}D", args, value.name)
    else:
        sizes: list[Argument] = [("", op.size, REQUIRED)]
        to.layer(name, f"layers.Adaptive{word}Pooling{dims}D", sizes, value.name)
    return value._replace(name=name)


def _resized(op: Upsample | Resize, to: Lines, value: Built, name: str) -> Built:
    value = to.last(value)
    sizes = op.factor if isinstance(op, Upsample) else op.size
    dims = spatial(sizes, "resizing")
    mode = {"linear": "bilinear"}.get(op.mode, op.mode)
    if dims != 2 and (mode != "nearest" or isinstance(op, Resize)):
        raise LayerError("Keras resizes so in two spatial dims only")
    if isinstance(op, Upsample):
        args: list[Argument] = [("", sizes, REQUIRED), ("interpolation", mode, "nearest")]
        to.layer(name, f"layers.UpSampling{dims}D", args, value.name)
    else:
        both: list[Argument] = [("", size, REQUIRED) for size in sizes]
        to.layer(name, "layers.Resizing", [*both, ("interpolation", mode, "bilinear")], value.name)
    return value._replace(name=name)


def _joined(op: Add | Multiply | Concat, to: Lines, values: Sequence[Built], name: str) -> Built:
    is_last = any(each.is_last for each in values)
    values = [to.last(each) if is_last else to.plain(each) for each in values]
    taken = f"[{', '.join(each.name for each in values)}]"
    args: list[Argument] = []
    if isinstance(op, Concat):
        axis = (op.axis or -1) if is_last else op.axis + 1
        args = [("axis", axis, -1)]
    cls = {Add: "Add", Multiply: "Multiply", Concat: "Concatenate"}[type(op)]
    to.layer(name, f"layers.{cls}", args, taken)
    return values[0]._replace(name=name)


def _shuffled(op: Shuffle, to: Lines, value: Built, name: str, shape: Shape) -> Built:
    value = to.last(value)
    channels, *sizes = shape
    rank = len(shape)
    order = (*range(1, rank), rank + 1, rank)
    for cls, told in (
        ("Reshape", (*sizes, op.groups, channels // op.groups)),
        ("Permute", order),
        ("Reshape", (*sizes, channels)),
    ):
        to.layer(name, f"layers.{cls}", [("", Text(repr(told)), REQUIRED)], value.name)
        value = value._replace(name=name)
    return value


def _sliced(op: Slice, to: Lines, value: Built, name: str, shape: Shape) -> Built:
    stop = "" if op.stop == shape[op.axis] else str(op.stop)
    step = f":{op.step}" if op.step > 1 else ""
    span = f"{op.start or ''}:{stop}{step}"
    if value.is_last and not op.axis:
        text = f"[..., {span}]"
    else:
        text = f"[{':, ' * (op.axis + (not value.is_last))}{span}]"
    to.assign(name, f"{value.name}{text}")
    return value._replace(name=name)


def _padded(op: ZeroPad, to: Lines, value: Built, name: str) -> Built:
    value = _around(to, value, name, op.pads)
    if any(op.channels):
        value = to.last(value)
        around = [(0, 0)] * value.rank + [op.channels]
        to.assign(name, f"ops.pad({value.name}, {around!r})")
        value = value._replace(name=name)
    return value


def _around(to: Lines, value: Built, name: str, pads: Pads) -> Built:
    """Zeros around the spatial dims, or what is cut off them."""
    for word, sign in (("ZeroPadding", 1), ("Cropping", -1)):
        each = tuple((max(0, sign * a), max(0, sign * b)) for a, b in pads)
        if any(map(any, each)):
            value = to.last(value)
            dims = spatial(pads, "padding")
            to.layer(name, f"layers.{word}{dims}D", [("", pairs(each), REQUIRED)], value.name)
            value = value._replace(name=name)
    return value
