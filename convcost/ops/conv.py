"""Convolutions of any number of spatial dims, and the linear layer: all that has weights."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import prod
from typing import ClassVar, Literal

from convcost.count import Count, Factor, product
from convcost.errors import LayerError
from convcost.frozen import Frozen
from convcost.ops.base import (
    TOO_LONG,
    Pads,
    Shape,
    Sizes,
    Weighted,
    check_input,
    check_positive,
    format_shape,
    kernel_factors,
    one_in,
    spatial_factors,
)
from convcost.ops.inside import taps_inside

SAME_TF: Literal["same-tf"] = "same-tf"


class Conv(Weighted, Frozen):
    """n channels to m with a kernel of any dims, in `groups` that do not see each other.

    Params m·(n/g)·k², multiply-adds the same at every output position (padded taps in full).
    """

    name: ClassVar[str] = "conv"

    n: int
    m: int
    kernel: Sizes
    stride: Sizes
    padding: Pads | Literal["same-tf"]
    dilation: Sizes
    groups: int = 1
    bias: bool = False
    learned: bool | None = True

    def __post_init__(self) -> None:
        _check_filter(self)

    def weights(self) -> Count:
        m, n, g = Factor("m", self.m), Factor("n", self.n), Factor("g", self.groups)
        return product((m, n // g, *kernel_factors(self.kernel)))

    def scale(self) -> int | Fraction:
        return one_in(prod(self.stride))

    def other_tools_counts(self, *shapes: Shape) -> dict[str, Count]:
        channels = Factor("m", self.m) * (Factor("n", self.n) // Factor("g", self.groups))
        return {
            "conv outputs": product((Factor("m", self.m),)) * self.weights(),
            "conv inside": channels * self._taps_inside(shapes[0][1:], self.out(*shapes)[1:]),
        }

    def _taps_inside(self, sizes: Sizes, places: Sizes) -> Count:
        padding = self.padding
        if padding == SAME_TF:
            axes = zip(sizes, places, self.kernel, self.stride, self.dilation, strict=True)
            reach = (s * (at - 1) + d * (k - 1) + 1 - size for size, at, k, s, d in axes)
            padding = tuple((max(0, each) // 2, 0) for each in reach)
        return taps_inside(sizes, places, self.kernel, self.stride, padding, self.dilation)

    def out(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        check_input("convolution", shape, self.n, len(self.kernel))
        return (self.m, *window(shape[1:], self.kernel, self.stride, self.padding, self.dilation))


class TransposedConv(Weighted, Frozen):
    """The convolution that upsamples: each input position adds a kernel's worth of outputs.

    Params m·(n/g)·k², multiply-adds the same at every *input* position: counting them on the
    output grid, as some tools do, is stride² too many. `padding` is what is cut off the rim of
    the full output, as in the frameworks.
    """

    name: ClassVar[str] = "transposed conv"
    works_on: ClassVar[Literal["in", "out"]] = "in"

    n: int
    m: int
    kernel: Sizes
    stride: Sizes
    padding: Pads
    dilation: Sizes
    output_padding: Sizes
    groups: int = 1
    bias: bool = False
    learned: bool | None = True

    def __post_init__(self) -> None:
        _check_filter(self)

    def weights(self) -> Count:
        m, n, g = Factor("m", self.m), Factor("n", self.n), Factor("g", self.groups)
        return product((m, n // g, *kernel_factors(self.kernel)))

    def scale(self) -> int:
        return prod(self.stride)

    def traits(self) -> tuple[str, ...]:
        return ("regrouped",) if self.groups > 1 and self.n != self.m else ()

    def other_tools_counts(self, *shapes: Shape) -> dict[str, Count]:
        out = self.out(*shapes)[1:]
        channels = Factor("m", self.m) * (Factor("n", self.n) // Factor("g", self.groups))
        positions = product(spatial_factors(out, "out"))
        kernel = product(kernel_factors(self.kernel))
        dense = Factor("m", self.m) * Factor("n", self.n) * kernel
        return {
            "transposed conv out": self.weights() * positions,
            "transposed conv out dense": dense * positions,
            "transposed conv inside": channels
            * taps_inside(
                out, shapes[0][1:], self.kernel, self.stride, self.padding, self.dilation
            ),
        }

    def out(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        check_input("transposed convolution", shape, self.n, len(self.kernel))
        sizes = tuple(
            (size - 1) * stride - before - after + dilation * (side - 1) + extra + 1
            for size, side, stride, (before, after), dilation, extra in zip(
                shape[1:],
                self.kernel,
                self.stride,
                self.padding,
                self.dilation,
                self.output_padding,
                strict=True,
            )
        )
        if min(sizes) < 1:
            raise LayerError(
                f"padding cuts all of the output away: {format_shape(shape)} would become "
                f"{format_shape((self.m, *sizes))}"
            )
        return (self.m, *sizes)


class ChannelwiseConv(Weighted, Frozen):
    """Shared 1-D kernels that slide along the channel axis at every position (ChannelNets 2018).

    `kernels` of `taps` weights each, moved by `stride` channels: n channels become
    kernels·n/stride. Params kernels·taps, multiply-adds taps·m at every position.
    """

    name: ClassVar[str] = "channel-wise conv"

    n: int
    m: int
    kernels: int
    taps: int
    stride: int
    bias: bool = False
    learned: bool | None = True

    def __post_init__(self) -> None:
        check_positive(n=self.n, m=self.m, dc=self.taps)
        if self.taps > self.n:
            raise LayerError(f"dc = {self.taps} taps are more than the n = {self.n} channels")

    def weights(self) -> Count:
        return Factor("q", self.kernels) * Factor("dc", self.taps)

    def macs_per_position(self) -> Count:
        return Factor("dc", self.taps) * Factor("m", self.m)

    def out(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        check_input("channel-wise convolution", shape, self.n)
        return (self.m, *shape[1:])


class Linear(Weighted, Frozen):
    """A fully connected layer on the last dim of its input; leading dims are positions."""

    name: ClassVar[str] = "linear"

    n: int
    m: int
    bias: bool = False
    learned: bool | None = True

    def __post_init__(self) -> None:
        check_positive(n=self.n, m=self.m)

    def weights(self) -> Count:
        return Factor("m", self.m) * Factor("n", self.n)

    def traits(self) -> tuple[str, ...]:
        return ("of linear",)

    def other_tools_counts(self, *shapes: Shape) -> dict[str, Count]:
        once = {"linear once": self.weights()}
        return once | {"bias once": product((Factor("m", self.m),))} if self.bias else once

    def grid(self, *shapes: Shape) -> tuple[Factor, ...]:
        return tuple(Factor(f"T{axis}", size) for axis, size in enumerate(shapes[0][:-1], 1))

    def out(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        if shape[-1] != self.n:
            raise LayerError(f"linear takes {self.n} features, and {format_shape(shape)} arrived")
        return (*shape[:-1], self.m)


# A layer's shape is asked for when it is added, and twice more when it is counted.
@lru_cache(maxsize=1024)
def window(
    sizes: Sizes,
    kernel: Sizes,
    stride: Sizes,
    padding: Pads | Literal["same-tf"],
    dilation: Sizes,
) -> Sizes:
    """How many positions a sliding window takes, per dim: floor((H + pads - reach) / stride) + 1.

    `same-tf` is TensorFlow's rule, ceil(H / stride), whatever the kernel.
    """
    if padding == SAME_TF:
        return tuple(-(-size // step) for size, step in zip(sizes, stride, strict=True))
    positions = []
    for size, side, step, (before, after), spread in zip(
        sizes, kernel, stride, padding, dilation, strict=True
    ):
        reach = spread * (side - 1) + 1
        padded = size + before + after
        if reach > padded:
            spreading = f" (dilated by {spread} to {reach})" if spread > 1 else ""
            raise LayerError(
                f"a kernel of {side}{spreading} is larger than its padded input of {padded}",
                hint="pad more, take a smaller kernel or downsample less before it",
            )
        positions.append((padded - reach) // step + 1)
    return tuple(positions)


@lru_cache(maxsize=256)
def same_pads(kernel: Sizes, dilation: Sizes) -> Pads:
    """Zeros that keep the size at stride 1: k//2 on both sides for odd kernels, one more
    behind than before for even ones."""
    spread = [step * (side - 1) for side, step in zip(kernel, dilation, strict=True)]
    return tuple((total // 2, total - total // 2) for total in spread)


def _check_filter(op: Conv | TransposedConv) -> None:
    n, m, kernel, stride, dilation, groups = (
        op.n,
        op.m,
        op.kernel,
        op.stride,
        op.dilation,
        op.groups,
    )
    for number in (n, m, *kernel, *stride, *dilation, groups):
        if not (type(number) is int and 0 < number < TOO_LONG):  # which one is told below
            check_positive(n=n, m=m, k=kernel, stride=stride, dilation=dilation, groups=groups)
    if groups > 1:
        for side, channels in (("input", n), ("output", m)):
            if channels % groups:
                raise LayerError(f"{groups} groups do not divide {channels} {side} channels")
