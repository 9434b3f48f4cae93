"""A brute-force oracle: ops walked tap by tap, with no formula in sight.

Every output position, output channel, input channel and tap is visited; each visit is one
multiply-add and names the weight that it uses. The number of distinct weights named is the number
of parameters, and an output size is how many positions were visited. Slow, and plainly right.

Nothing here knows how the engine counts: the walkers take plain numbers, and `walk_op` only reads
an op's attributes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from convcost.kinds.registry import Stages
from convcost.ops.base import Op
from convcost.ops.conv import ChannelwiseConv, Conv, Linear, TransposedConv
from convcost.ops.dynamic import DeformableConv, DynamicConv, DynamicTransposedConv
from convcost.ops.joints import Add, Concat, Matmul, Multiply
from convcost.ops.pooling import AdaptivePool, Pool, Resize, Upsample
from convcost.ops.recurrent import Recurrent
from convcost.ops.structure import (
    Activation,
    Crop,
    Flatten,
    Identity,
    Norm,
    PRelu,
    Reshape,
    Shuffle,
    Slice,
)
from convcost.ops.tensors import (
    Broadcast,
    Elementwise,
    Gather,
    LastNorm,
    Permute,
    Reduce,
    Tensor,
    Transpose,
    Unknown,
    ZeroPad,
)

Shape = tuple[int, ...]
Ints = tuple[int, ...]
Pairs = tuple[tuple[int, int], ...]


@dataclass
class Walk:
    """What a walk has seen: every weight by its index, every multiply-add, the output's shape."""

    out: Shape = ()
    weights: set[tuple[Any, ...]] = field(default_factory=set)
    macs: int = 0

    def multiply_add(self, *weight: object) -> None:
        self.weights.add(weight)
        self.macs += 1

    @property
    def params(self) -> int:
        return len(self.weights)


def walk_conv(
    shape: Shape,
    m: int,
    kernel: Ints,
    stride: Ints,
    padding: Pairs | str,
    dilation: Ints,
    groups: int,
    bias: bool,
) -> Walk:
    walk = Walk()
    n, *sizes = shape
    starts = [
        list(window_starts(size, kernel[dim], stride[dim], dilation[dim], pads_at(padding, dim)))
        for dim, size in enumerate(sizes)
    ]
    connected = list(connections(n, m, groups))
    for _ in product(*starts):
        for into, from_ in connected:
            for tap in product(*map(range, kernel)):
                walk.multiply_add("weight", into, from_, tap)
    walk.weights |= {("bias", into) for into in range(m) if bias}
    walk.out = (m, *map(len, starts))
    return walk


def walk_transposed(
    shape: Shape,
    m: int,
    kernel: Ints,
    stride: Ints,
    padding: Pairs,
    dilation: Ints,
    output_padding: Ints,
    groups: int,
    bias: bool,
) -> Walk:
    """Each input position scatters a kernel's worth of products into the output."""
    walk = Walk()
    n, *sizes = shape
    connected = list(connections(n, m, groups))
    for _ in product(*map(range, sizes)):
        for into, from_ in connected:
            for tap in product(*map(range, kernel)):
                walk.multiply_add("weight", into, from_, tap)
    walk.weights |= {("bias", into) for into in range(m) if bias}
    spatial = []
    for dim, size in enumerate(sizes):
        touched = [
            position * stride[dim] + tap * dilation[dim]
            for position in range(size)
            for tap in range(kernel[dim])
        ]
        rows = list(range(max(touched) + 1)) + ["extra"] * output_padding[dim]
        before, after = padding[dim]
        spatial.append(len(rows[before : len(rows) - after]))
    walk.out = (m, *spatial)
    return walk


def walk_channelwise(shape: Shape, kernels: int, taps: int, stride: int, bias: bool) -> Walk:
    """Shared 1-D kernels slide along the channels, at every position anew."""
    walk = Walk()
    n, *sizes = shape
    made = [(kernel, start) for start in range(0, n, stride) for kernel in range(kernels)]
    for _ in product(*map(range, sizes)):
        for kernel, _start in made:
            for tap in range(taps):
                walk.multiply_add("weight", kernel, tap)
    walk.weights |= {("bias", into) for into in range(len(made)) if bias}
    walk.out = (len(made), *sizes)
    return walk


def walk_linear(shape: Shape, m: int, bias: bool) -> Walk:
    walk = Walk()
    *leading, n = shape
    for _ in product(*map(range, leading)):
        for into, from_ in product(range(m), range(n)):
            walk.multiply_add("weight", into, from_)
    walk.weights |= {("bias", into) for into in range(m) if bias}
    walk.out = (*leading, m)
    return walk


def walk_matmul(left: Shape, right: Shape) -> Walk:
    """Both sides are data: multiply-adds without a weight."""
    walk = Walk(out=(*left[:-1], right[-1]))
    for _ in product(*map(range, (*left, right[-1]))):
        walk.macs += 1
    return walk


def walk_recurrent(
    shape: Shape, sort: str, m: int, layers: int, ways: int, projection: int | None, biases: int
) -> Walk:
    """Step by step, layer by layer, each way: every gate's units see the input and the state, with
    a bias for each of them, for both, or none."""
    walk = Walk()
    n, *positions = shape
    gates = {"lstm": "ifgo", "gru": "rzn", "rnn": "h"}[sort]
    state = projection or m
    for _ in product(*map(range, positions)):
        arriving = n
        for layer in range(layers):
            for way, gate, unit in product(range(ways), gates, range(m)):
                for from_ in range(arriving):
                    walk.multiply_add("input", layer, way, gate, unit, from_)
                for from_ in range(state):
                    walk.multiply_add("state", layer, way, gate, unit, from_)
            for way, into, unit in product(range(ways), range(projection or 0), range(m)):
                walk.multiply_add("projection", layer, way, into, unit)
            arriving = ways * state
    walk.weights |= {
        ("bias", *each)
        for each in product(range(layers), range(ways), gates, range(biases), range(m))
    }
    walk.out = (ways * state, *positions)
    return walk


def walk_pool(shape: Shape, kernel: Ints, stride: Ints, padding: Pairs | str, ceil: bool) -> Walk:
    channels, *sizes = shape
    windows = []
    for dim, size in enumerate(sizes):
        pads = pads_at(padding, dim)
        if ceil and pads is not None:
            starts = list(partial_window_starts(size, kernel[dim], stride[dim], pads))
        else:
            starts = list(window_starts(size, kernel[dim], stride[dim], 1, pads))
        windows.append(len(starts))
    return Walk(out=(channels, *windows))


def window_starts(
    size: int, side: int, step: int, spread: int, pads: tuple[int, int] | None
) -> Iterator[int]:
    """Where a window may start, in the input's own coordinates; None is TensorFlow's `same`,
    which centres a window on every `step`-th row."""
    if pads is None:
        yield from range(0, size, step)
        return
    rows = range(-pads[0], size + pads[1])
    start = rows.start
    while start + spread * (side - 1) in rows:
        yield start
        start += step


def partial_window_starts(size: int, side: int, step: int, pads: tuple[int, int]) -> Iterator[int]:
    """Windows until one reaches the end, a partial one included; but none of padding alone."""
    start = -pads[0]
    yield start
    while start + side < size + pads[1] and start + step < size:
        start += step
        yield start


def pads_at(padding: Pairs | str, dim: int) -> tuple[int, int] | None:
    return None if isinstance(padding, str) else padding[dim]


def connections(n: int, m: int, groups: int) -> Iterator[tuple[int, int]]:
    """Which output channel sees which input channel: those of its own group."""
    for group in range(groups):
        outputs = [channel for channel in range(m) if channel // (m // groups) == group]
        inputs = [channel for channel in range(n) if channel // (n // groups) == group]
        yield from product(outputs, inputs)


def walk_norm(shape: Shape, affine: bool) -> Walk:
    names = ("scale", "shift") if affine else ()
    return Walk(shape, {(name, channel) for name in names for channel in range(shape[0])})


def walk_prelu(shape: Shape, weights_per: str) -> Walk:
    """Each element has a slope: that of the layer, of its channel, or its own."""
    depth = {"layer": 0, "channel": 1, "element": len(shape)}[weights_per]
    places = product(*map(range, shape))
    return Walk(shape, {("slope", *place[:depth]) for place in places})


def walk_last_norm(shape: Shape, sizes: Ints, weight: bool, bias: bool) -> Walk:
    names = ["weight"] * weight + ["bias"] * bias
    return Walk(shape, set(product(names, *map(range, shape[len(shape) - len(sizes) :]))))


def resized(shape: Shape, axis: int, size: int) -> Shape:
    return tuple(size if dim == axis else side for dim, side in enumerate(shape))


def walked_shape(shape: Shape, dims: Ints, keep: bool) -> Shape:
    """A shape after reducing over `dims`; a tensor without dims is one number."""
    left = [1 if dim in dims else size for dim, size in enumerate(shape) if keep or dim not in dims]
    return tuple(left) or (1,)


def walk_op(op: Op, *shapes: Shape) -> Walk:
    """The walk of any op that a kind is made of; a new op needs a walker of its own."""
    walk = WALKERS[type(op)](op, *shapes)
    if getattr(op, "learned", True) is False:
        walk.weights.clear()
    return walk


def walk_any_conv(op: Conv, shape: Shape) -> Walk:
    return walk_conv(shape, op.m, op.kernel, op.stride, op.padding, op.dilation, op.groups, op.bias)


def walk_any_transposed(op: TransposedConv, shape: Shape) -> Walk:
    return walk_transposed(
        shape,
        op.m,
        op.kernel,
        op.stride,
        op.padding,
        op.dilation,
        op.output_padding,
        op.groups,
        op.bias,
    )


WALKERS: dict[type[Op], Callable[..., Walk]] = {
    Conv: walk_any_conv,
    TransposedConv: walk_any_transposed,
    DynamicConv: lambda op, shape, weights: walk_any_conv(op, shape),
    DeformableConv: lambda op, shape, *moved: walk_any_conv(op, shape),
    DynamicTransposedConv: lambda op, shape, weights: walk_any_transposed(op, shape),
    ChannelwiseConv: lambda op, shape: walk_channelwise(
        shape, op.kernels, op.taps, op.stride, op.bias
    ),
    Linear: lambda op, shape: walk_linear(shape, op.m, op.bias),
    Recurrent: lambda op, shape: walk_recurrent(
        *(shape, op.sort, op.m, op.layers, 1 + op.bidirectional, op.projection),
        biases=op.biases if op.bias else 0,
    ),
    Matmul: lambda op, left, right: walk_matmul(left, right),
    Norm: lambda op, shape: walk_norm(shape, op.affine),
    Activation: lambda op, shape: Walk(shape),
    PRelu: lambda op, shape: walk_prelu(shape, op.weights_per),
    Identity: lambda op, shape: Walk(shape),
    Reshape: lambda op, shape: Walk(op.shape),
    Shuffle: lambda op, shape: Walk(shape),
    Slice: lambda op, shape: Walk(
        resized(shape, op.axis, len(list(range(shape[op.axis]))[op.start : op.stop : op.step]))
    ),
    Crop: lambda op, shape: Walk((shape[0], *(len(range(size)) for size in op.size))),
    Flatten: lambda op, shape: Walk((len(list(product(*map(range, shape)))),)),
    Pool: lambda op, shape: walk_pool(shape, op.kernel, op.stride, op.padding, op.ceil),
    AdaptivePool: lambda op, shape: Walk((shape[0], *op.size)),
    Upsample: lambda op, shape: Walk(
        (
            shape[0],
            *(len(list(range(size * by))) for size, by in zip(shape[1:], op.factor, strict=True)),
        )
    ),
    Add: lambda op, *shapes: Walk(shapes[0]),
    Multiply: lambda op, *shapes: Walk(tuple(map(max, zip(*shapes, strict=True)))),
    Concat: lambda op, *shapes: Walk(
        resized(shapes[0], op.axis, sum(shape[op.axis] for shape in shapes))
    ),
    Permute: lambda op, shape: Walk(tuple(shape[dim] for dim in op.order)),
    Transpose: lambda op, shape: Walk((*shape[:-2], *reversed(shape[-2:]))),
    Broadcast: lambda op, shape: Walk(op.shape),
    Elementwise: lambda op, *shapes: Walk(shapes[0]),
    Gather: lambda op, shape: Walk(op.shape),
    Unknown: lambda op, *shapes: Walk(op.shape, macs=op.stated_macs or 0),
    Tensor: lambda op, shape: Walk(op.shape, set(product(*map(range, op.shape)))),
    LastNorm: lambda op, shape: walk_last_norm(shape, op.sizes, op.weight, op.bias),
    ZeroPad: lambda op, shape: Walk(
        tuple(
            len(range(-pads[0], size + pads[1]))
            for size, pads in zip(shape, (op.channels, *op.pads), strict=True)
        )
    ),
    Resize: lambda op, shape: Walk((shape[0], *op.size)),
    Reduce: lambda op, shape: Walk(walked_shape(shape, op.dims, op.keep)),
}


WEIGHTED = (
    Conv,
    TransposedConv,
    ChannelwiseConv,
    DeformableConv,
    DynamicConv,
    DynamicTransposedConv,
    Linear,
)
"""Ops whose output elements count as activations."""


def walk_stages(stages: Stages, *inputs: Shape) -> list[Walk]:
    """Each op of a layer walked in turn, on the shapes that the walks before it found."""
    walks: list[Walk] = []
    for op, sources in stages:
        shapes = [walks[at].out if at >= 0 else inputs[-at - 1] for at in sources]
        walks.append(walk_op(op, *shapes))
    return walks
