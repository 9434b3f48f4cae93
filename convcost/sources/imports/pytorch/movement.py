"""PyTorch's operations that move, pick or repeat elements."""

from __future__ import annotations

from math import prod
from typing import Any

from convcost.ops.base import Shape
from convcost.sources.imports import layers, movement
from convcost.sources.imports.assembler import Constant, Value
from convcost.sources.imports.pytorch.call import Call, Result, handles
from convcost.sources.imports.pytorch.shape_rules import words


@handles(
    "contiguous",
    "clone",
    "alias",
    "detach",
    "to",
    "to_copy",
    "type_as",
    "lift_fresh_copy",
    "lift_fresh",
    "positive",
    "view_as_real_copy",
    "requires_grad",
    "conj",
    "resolve_conj",
)
def _nothing(call: Call) -> Value:
    return call.value


@handles(
    "view",
    "reshape",
    "flatten",
    "unflatten",
    "squeeze",
    "unsqueeze",
    "unsafe_view",
    "view_as",
    "reshape_as",
    "ravel",
    "expand_as",
    "view_copy",
    "reshape_copy",
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
)
def _reshape(call: Call) -> Value:
    if not call.same_size():
        return movement.broadcast(call.to, call.value, call.shape, call.name)
    return call.to.reshape(call.value, call.shape, call.name)


@handles("expand", "broadcast_to")
def _expand(call: Call) -> Value:
    return movement.broadcast(call.to, call.value, call.shape, call.name)


@handles(*words("permute permute_copy transpose swapaxes swapdims movedim moveaxis t numpy_T mT"))
def _permute(call: Call) -> Value:
    order = list(range(len(call.value.shape)))
    if call.op.startswith("permute"):
        order = [dim % len(order) for dim in call.arg("dims")]
    elif call.op in ("movedim", "moveaxis"):
        places = [
            [dim % len(order) for dim in ([given] if isinstance(given, int) else given)]
            for given in (call.arg("source"), call.arg("destination"))
        ]
        rest = [dim for dim in order if dim not in places[0]]
        for source, target in sorted(zip(*places, strict=True), key=lambda pair: pair[1]):
            rest.insert(target, source)
        order = rest
    elif call.op in ("t", "numpy_T"):
        order.reverse()
    else:
        first, second = call.arg("dim0", "axis0"), call.arg("dim1", "axis1")
        if first is None:
            first, second = -1, -2
        order[first], order[second] = order[second], order[first]
    return movement.permute(call.to, call.value, order, call.shape, call.name)


_ALONG = {
    "hstack": 1,
    "column_stack": 1,
    "hsplit": 1,
    "vstack": 0,
    "vsplit": 0,
    "dstack": 2,
    "dsplit": 2,
}
"""The dims of what has no argument for it."""


@handles("cat", "concat", "concatenate", "hstack", "column_stack", "vstack", "dstack")
def _concat(call: Call) -> Value:
    values = [call.live(each) for each in call.arg("tensors") if prod(each.shape)]
    dim = _ALONG[call.op] if call.op in _ALONG else call.arg("dim")
    return movement.concat(call.to, values, dim, call.shape, call.name)


@handles("stack")
def _stack(call: Call) -> Value:
    values = [call.live(each) for each in call.arg("tensors")]
    return movement.stack(call.to, values, call.arg("dim"), call.shape, call.name)


@handles(
    *words(
        """
        split split_with_sizes chunk unsafe_chunk unsafe_split tensor_split hsplit vsplit dsplit
        """
    )
)
def _split(call: Call) -> Result:
    dim = (_ALONG[call.op] if call.op in _ALONG else call.arg("dim")) % len(call.value.shape)
    parts: list[Any] = []
    start = 0
    for shape in call.shapes:
        span = range(start, start + shape[dim])
        parts.append(_part(call, dim, span, shape))
        start = span.stop
    return tuple(parts)


@handles("unbind")
def _unbind(call: Call) -> Result:
    dim = call.arg("dim") % len(call.value.shape)
    return tuple(
        _part(call, dim, range(index, index + 1), shape) for index, shape in enumerate(call.shapes)
    )


@handles("slice", "narrow", "slice_copy")
def _slice(call: Call) -> Result:
    dim = call.arg("dim") % len(call.value.shape)
    size = call.value.shape[dim]
    if call.op == "narrow":
        start = call.arg("start") % size
        return _part(call, dim, range(start, start + call.arg("length")), call.shape)
    span = range(size)[slice(call.arg("start"), call.arg("end"), call.arg("step"))]
    return _part(call, dim, span, call.shape)


@handles("select", "select_copy")
def _select(call: Call) -> Result:
    dim = call.arg("dim") % len(call.value.shape)
    index = call.arg("index") % call.value.shape[dim]
    return _part(call, dim, range(index, index + 1), call.shape)


def _part(call: Call, dim: int, span: range, shape: Shape) -> Result:
    if not prod(shape):
        return Constant(shape)
    return movement.take(call.to, call.value, dim, span, shape, call.name)


@handles(
    *words(
        """
        index index_select index_put gather take masked_select select_scatter slice_scatter copy
        narrow_copy as_strided roll flip fliplr flipud rot90 diagonal tril triu diff repeat
        repeat_interleave tile im2col col2im unfold pixel_shuffle pixel_unshuffle one_hot
        view_as_complex view_as_real reflection_pad1d reflection_pad2d reflection_pad3d
        replication_pad1d replication_pad2d replication_pad3d argsort msort multinomial histc
        quantile
        """
    )
)
def _gather(call: Call) -> Value:
    return movement.gather(call.to, call.value, call.op, call.shape, call.name)


@handles("sort", "topk", "kthvalue", "mode", "cummax", "cummin")
def _ordered(call: Call) -> Result:
    """Elements, and where they stood."""
    each = (movement.gather(call.to, call.value, call.op, to, call.name) for to in call.shapes)
    return tuple(each)


@handles("meshgrid")
def _meshgrid(call: Call) -> Result:
    pairs = zip(map(call.live, call.tensors()), call.shapes, strict=True)
    return tuple(movement.gather(call.to, each, call.op, to, call.name) for each, to in pairs)


@handles("embedding", "embedding_bag")
def _embedding(call: Call) -> Result:
    table = call.live(call.arg("weight"))
    made = movement.gather(call.to, table, call.op, call.shape, call.name)
    return made if call.op == "embedding" else (made, *map(Constant, call.shapes[1:]))


@handles(
    "upsample_nearest1d",
    "upsample_nearest2d",
    "upsample_nearest3d",
    "upsample_linear1d",
    "upsample_bilinear2d",
    "upsample_trilinear3d",
    "upsample_bicubic2d",
    "upsample_nearest_exact2d",
    "upsample_bilinear2d_aa",
    "upsample_bicubic2d_aa",
)
def _upsample(call: Call) -> Value:
    mode = call.op.removeprefix("upsample_").removesuffix("_aa").rstrip("123d")
    mode = mode.removesuffix("_exact")
    dims = len(call.shape) - 2
    return layers.resize(call.to, call.value, mode, dims, call.shape, call.name)


@handles("pad", "constant_pad_nd")
def _pad(call: Call) -> Value:
    numbers = call.arg("pad")
    pads = tuple(reversed([(numbers[at], numbers[at + 1]) for at in range(0, len(numbers), 2)]))
    if call.arg("mode") in (None, "constant"):
        return layers.pad(call.to, call.value, pads, call.shape, call.name)
    return movement.gather(call.to, call.value, f"{call.arg('mode')} pad", call.shape, call.name)
