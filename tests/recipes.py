"""What the single and separable convolutions are made of, told a second time, as walks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from tests.oracle import Ints, Pairs, Shape, Walk, walk_channelwise, walk_conv, walk_transposed

SHARED = ("m", "padding", "groups", "bias")


@dataclass(frozen=True)
class Asked:
    """A layer as asked for: an input shape and the fields that were given."""

    shape: Shape
    m: int | None = None
    k: Ints = ()
    stride: Ints = ()
    padding: Any = "same"
    dilation: Ints = ()
    output_padding: Ints = ()
    groups: int = 1
    bias: bool = False
    options: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, shape: Shape, given: dict[str, Any]) -> Asked:
        """With a number for each dim where one for all of them was given."""
        dims = len(shape) - 1
        defaults: dict[str, Any] = {"k": 1, "stride": 1, "dilation": 1, "output_padding": 0}
        wide: dict[str, Any] = {
            name: spread(given.get(name, one), dims) for name, one in defaults.items()
        }
        shared = {name: given[name] for name in SHARED if name in given}
        options = {name: given[name] for name in given if name not in {*wide, *SHARED}}
        return cls(shape, **wide, **shared, options=options)

    @property
    def n(self) -> int:
        return self.shape[0]

    @property
    def made(self) -> int:
        assert self.m is not None
        return self.m

    @property
    def ones(self) -> Ints:
        return (1,) * (len(self.shape) - 1)


def spread(sizes: Any, dims: int) -> Ints:
    return sizes if isinstance(sizes, tuple) else (sizes,) * dims


def zeros(padding: Any, kernel: Ints, dilation: Ints) -> Pairs | str:
    """The zeros around an input: `same` deals them out evenly, an odd one goes behind."""
    if padding == "same-tf":
        return "same-tf"
    if padding == "same":
        pads = []
        for side, step in zip(kernel, dilation, strict=True):
            before = after = 0
            for turn, _ in zip(count(), range(step * (side - 1)), strict=False):
                before, after = (before, after + 1) if turn % 2 == 0 else (before + 1, after)
            pads.append((before, after))
        return tuple(pads)
    padding = spread(0 if padding == "valid" else padding, len(kernel))
    return tuple(pad if isinstance(pad, tuple) else (pad, pad) for pad in padding)


def conv(asked: Asked, shape: Shape, m: int, kernel: Ints, groups: int, **other: Any) -> Walk:
    """A convolution with the stride, padding and dilation asked for, if not told otherwise."""
    stride = other.get("stride", asked.stride)
    padding = zeros(other.get("padding", asked.padding), kernel, asked.dilation)
    return walk_conv(shape, m, kernel, stride, padding, asked.dilation, groups, asked.bias)


def pointwise(asked: Asked, shape: Shape, m: int | None = None, groups: int = 1) -> Walk:
    ones = asked.ones
    return walk_conv(
        shape, m or asked.made, ones, ones, zeros(0, ones, ones), ones, groups, asked.bias
    )


def along(asked: Asked, axis: int, shape: Shape, m: int, groups: int) -> Walk:
    """Kernel, stride and padding along one axis alone."""
    dims = range(len(asked.k))
    kernel = tuple(asked.k[dim] if dim == axis else 1 for dim in dims)
    stride = tuple(asked.stride[dim] if dim == axis else 1 for dim in dims)
    padding = zeros(asked.padding, kernel, asked.dilation)
    if not isinstance(padding, str):
        padding = tuple(padding[dim] if dim == axis else (0, 0) for dim in dims)
    return conv(asked, shape, m, kernel, groups, stride=stride, padding=padding)


def standard(asked: Asked) -> list[Walk]:
    return [conv(asked, asked.shape, asked.made, asked.k, asked.groups)]


def depthwise(asked: Asked) -> list[Walk]:
    made = asked.m or sum(asked.options.get("multiplier", 1) for _ in range(asked.n))
    return [conv(asked, asked.shape, made, asked.k, groups=asked.n)]


def pointwise_alone(asked: Asked) -> list[Walk]:
    return [conv(asked, asked.shape, asked.made, asked.ones, asked.groups, padding=0)]


def depthwise_separable(asked: Asked) -> list[Walk]:
    middle = asked.n * asked.options.get("multiplier", 1)
    filtered = conv(asked, asked.shape, middle, asked.k, groups=asked.n)
    return [filtered, pointwise(asked, filtered.out, groups=asked.groups)]


def spatial_separable(asked: Asked) -> list[Walk]:
    walks = [Walk(asked.shape)]
    for axis in range(len(asked.k)):
        is_last = axis == len(asked.k) - 1
        width = asked.made if is_last else asked.options.get("rank", asked.made)
        walks.append(along(asked, axis, walks[-1].out, width, asked.groups))
    return walks


def depthwise_spatial_separable(asked: Asked) -> list[Walk]:
    walks = [Walk(asked.shape)]
    for axis in reversed(range(len(asked.k))):
        walks.append(along(asked, axis, walks[-1].out, asked.n, groups=asked.n))
    return [*walks, pointwise(asked, walks[-1].out, groups=asked.groups)]


def channel_wise(asked: Asked) -> list[Walk]:
    """The fewest kernels that turn n channels into m, times the groups asked for."""
    taps = asked.options.get("dc", min(8, asked.n))
    stride = next(step for step in count(1) if step * asked.made % asked.n == 0)
    kernels = stride * asked.made // asked.n
    g = asked.groups
    return [walk_channelwise(asked.shape, g * kernels, taps, g * stride, asked.bias)]


def depthwise_separable_channel_wise(asked: Asked) -> list[Walk]:
    filtered = conv(asked, asked.shape, asked.n, asked.k, groups=asked.n)
    return [filtered, *channel_wise(replace(asked, shape=filtered.out))]


def transposed(asked: Asked) -> list[Walk]:
    return [scattered(asked, asked.made, asked.groups)]


def depthwise_separable_transposed(asked: Asked) -> list[Walk]:
    filtered = scattered(asked, asked.n, groups=asked.n)
    return [filtered, pointwise(asked, filtered.out, groups=asked.groups)]


def scattered(asked: Asked, m: int, groups: int) -> Walk:
    """A transposed convolution; `same` makes every size stride times as large."""
    multiplied = asked.padding in ("same", "same-tf")
    cut = zeros(0 if multiplied else asked.padding, asked.k, asked.dilation)
    assert not isinstance(cut, str)
    walk = walk_transposed(
        asked.shape,
        m,
        asked.k,
        asked.stride,
        cut,
        asked.dilation,
        asked.output_padding,
        groups,
        asked.bias,
    )
    if multiplied:
        sizes = zip(asked.shape[1:], asked.stride, strict=True)
        walk.out = (m, *(size * step for size, step in sizes))
    return walk


RECIPES: dict[str, Callable[[Asked], list[Walk]]] = {
    "standard": standard,
    "group": standard,
    "depthwise": depthwise,
    "pointwise": pointwise_alone,
    "pointwise-group": pointwise_alone,
    "depthwise-separable": depthwise_separable,
    "spatial-separable": spatial_separable,
    "depthwise-spatial-separable": depthwise_spatial_separable,
    "channel-wise": channel_wise,
    "depthwise-separable-channel-wise": depthwise_separable_channel_wise,
    "transposed": transposed,
    "depthwise-separable-transposed": depthwise_separable_transposed,
}
