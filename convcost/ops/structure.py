"""Ops without weights that matter for shapes, norms, and the joints of a graph."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import ClassVar, Literal

from convcost.count import ZERO, Count, Factor, product
from convcost.errors import LayerError
from convcost.ops.base import (
    Op,
    Pads,
    Shape,
    Sizes,
    called,
    check_input,
    check_positive,
    elements,
    kernel_factors,
    shown,
    spatial_factors,
)
from convcost.ops.conv import SAME_TF, window


@dataclass(frozen=True, slots=True)
class Norm(Op):
    """Normalisation with a learnable scale and shift for each channel, if `affine`.

    Running statistics are not parameters.
    """

    name: ClassVar[str] = "norm"

    sort: str
    channels: int
    affine: bool = True

    def params(self) -> Count:
        return Factor("2", 2) * Factor("C", self.channels) if self.affine else ZERO

    @property
    def work_class(self) -> str:
        return f"{self.sort}-norm"

    def traits(self) -> tuple[str, ...]:
        return () if self.affine else ("plain",)

    def other(self, *shapes: Shape) -> dict[str, Count]:
        return {self.work_class: elements(shapes[0])}

    def recounts(self, *shapes: Shape) -> dict[str, Count]:
        return {"norm params": self.params()}

    def out(self, *shapes: Shape) -> Shape:
        check_input("norm", shapes[0], self.channels)
        return shapes[0]


@dataclass(frozen=True, slots=True)
class Activation(Op):
    """A function of each element, without weights: relu, sigmoid, ...; softmax, of its channels.

    `functional`: called as a function rather than as a layer object, which some tools count
    otherwise.
    """

    name: ClassVar[str] = "activation"

    sort: str
    functional: bool = False

    def traits(self) -> tuple[str, ...]:
        return ("functional",) if self.functional else ()

    def recounts(self, *shapes: Shape) -> dict[str, Count]:
        rows = product(spatial_factors(shapes[0][1:]))
        return {"softmax rows": rows} if self.sort == "softmax" else {}

    def other(self, *shapes: Shape) -> dict[str, Count]:
        return {self.sort: elements(shapes[0])}


@dataclass(frozen=True, slots=True)
class Pool(Op):
    """The maximum or the average of a sliding window; `ceil` keeps a last, partial window.

    `functional` is as for an activation.
    """

    name: ClassVar[str] = "pool"

    sort: Literal["max", "avg"]
    kernel: Sizes
    stride: Sizes
    padding: Pads | Literal["same-tf"]
    ceil: bool = False
    functional: bool = False

    def __post_init__(self) -> None:
        check_positive(k=self.kernel, stride=self.stride)

    def traits(self) -> tuple[str, ...]:
        return called(self.functional, self.kernel)

    def recounts(self, *shapes: Shape) -> dict[str, Count]:
        taps = product(kernel_factors(self.kernel))
        return {f"{self.sort}-pool taps": elements(self.out(*shapes)) * taps}

    def scale(self) -> Fraction:
        return Fraction(1, prod(self.stride))

    def out(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        check_input("pooling", shape, shape[0], len(self.kernel))
        padding = self.padding
        if self.ceil and padding != SAME_TF:
            padding = tuple(
                (before, after + _overhang(size, side, step, before, after))
                for size, side, step, (before, after) in zip(
                    shape[1:], self.kernel, self.stride, padding, strict=True
                )
            )
        dilation = (1,) * len(self.kernel)
        return (shape[0], *window(shape[1:], self.kernel, self.stride, padding, dilation))

    def other(self, *shapes: Shape) -> dict[str, Count]:
        return {
            f"{self.sort}-pool in": elements(shapes[0]),
            f"{self.sort}-pool out": elements(self.out(*shapes)),
        }


@dataclass(frozen=True, slots=True)
class AdaptivePool(Op):
    """Pooling to a given output size; to 1 in every dim it is global pooling.

    `functional` is as for an activation.
    """

    name: ClassVar[str] = "adaptive-pool"

    sort: Literal["max", "avg"]
    size: Sizes
    functional: bool = False

    def traits(self) -> tuple[str, ...]:
        return called(self.functional, self.size)

    def __post_init__(self) -> None:
        check_positive(size=self.size)

    def out(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        check_input("pooling", shape, shape[0], len(self.size))
        return (shape[0], *self.size)

    def other(self, *shapes: Shape) -> dict[str, Count]:
        return {
            f"adaptive-{self.sort}-pool in": elements(shapes[0]),
            f"adaptive-{self.sort}-pool out": elements(self.out(*shapes)),
        }


@dataclass(frozen=True, slots=True)
class Upsample(Op):
    """Resizing by a whole factor in each dim; `functional` is as for an activation."""

    name: ClassVar[str] = "upsample"

    factor: Sizes
    mode: str = "nearest"
    functional: bool = False

    def traits(self) -> tuple[str, ...]:
        return called(self.functional, self.factor)

    def __post_init__(self) -> None:
        check_positive(scale=self.factor)

    def scale(self) -> Fraction:
        return Fraction(prod(self.factor))

    def out(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        check_input("upsampling", shape, shape[0], len(self.factor))
        return (
            shape[0],
            *(size * step for size, step in zip(shape[1:], self.factor, strict=True)),
        )

    def other(self, *shapes: Shape) -> dict[str, Count]:
        return {f"resize {self.mode}": elements(self.out(*shapes))}


@dataclass(frozen=True, slots=True)
class Shuffle(Op):
    """Channel shuffle: (g, C/g) transposed, so that groups mix in the next layer (ShuffleNet)."""

    name: ClassVar[str] = "shuffle"

    groups: int

    def __post_init__(self) -> None:
        check_positive(groups=self.groups)

    def out(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        if shape[0] % self.groups:
            raise LayerError(f"{self.groups} groups do not divide {shape[0]} channels to shuffle")
        return shape


@dataclass(frozen=True, slots=True)
class Slice(Op):
    """Channels `start` to `stop` (not included), or every `step`-th of them; or so along the dim
    `axis`, counted from 0."""

    name: ClassVar[str] = "slice"

    start: int
    stop: int
    axis: int = 0
    step: int = 1

    def out(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        if self.axis >= len(shape) or not 0 <= self.start < self.stop <= shape[self.axis]:
            what = f"dim {self.axis}:" if self.axis else "channels"
            raise LayerError(
                f"{what} {self.start} to {self.stop} are not a slice of {shown(shape)}"
            )
        kept = len(range(self.start, self.stop, self.step))
        return (*shape[: self.axis], kept, *shape[self.axis + 1 :])


@dataclass(frozen=True, slots=True)
class Crop(Op):
    """The middle of a tensor, cut to a given spatial size (U-Net)."""

    name: ClassVar[str] = "crop"

    size: Sizes

    def __post_init__(self) -> None:
        check_positive(size=self.size)

    def out(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        check_input("crop", shape, shape[0], len(self.size))
        if any(wanted > side for wanted, side in zip(self.size, shape[1:], strict=True)):
            raise LayerError(f"{shown(self.size)} cannot be cut out of {shown(shape)}")
        return (shape[0], *self.size)


@dataclass(frozen=True, slots=True)
class Flatten(Op):
    """All elements as one vector."""

    name: ClassVar[str] = "flatten"

    def out(self, *shapes: Shape) -> Shape:
        return (prod(shapes[0]),)


@dataclass(frozen=True, slots=True)
class Reshape(Op):
    """The same elements in another shape."""

    name: ClassVar[str] = "reshape"

    shape: Shape

    def out(self, *shapes: Shape) -> Shape:
        if prod(shapes[0]) != prod(self.shape):
            raise LayerError(f"{shown(shapes[0])} cannot become {shown(self.shape)}")
        return self.shape


@dataclass(frozen=True, slots=True)
class Identity(Op):
    """Hands its input on: a dropout layer, a no-op shortcut."""

    name: ClassVar[str] = "identity"


@dataclass(frozen=True, slots=True)
class Add(Op):
    """The element-wise sum of tensors of one shape."""

    name: ClassVar[str] = "add"

    def out(self, *shapes: Shape) -> Shape:
        if any(shape != shapes[0] for shape in shapes):
            raise LayerError(
                f"add needs equal shapes, and {' and '.join(map(shown, shapes))} arrived",
                hint="give the shortcut a 1x1 convolution with the body's m and stride",
            )
        return shapes[0]

    def other(self, *shapes: Shape) -> dict[str, Count]:
        return {self.name: Factor("(inputs - 1)", len(shapes) - 1) * elements(shapes[0])}


@dataclass(frozen=True, slots=True)
class Multiply(Op):
    """The element-wise product; a C x 1 x 1 tensor scales whole channels (squeeze-and-excite)."""

    name: ClassVar[str] = "multiply"

    def out(self, *shapes: Shape) -> Shape:
        full = tuple(max(sizes) for sizes in zip(*shapes, strict=False))
        for shape in shapes:
            if len(shape) != len(full) or any(
                size not in (1, most) for size, most in zip(shape, full, strict=True)
            ):
                raise LayerError(
                    f"multiply cannot spread {' and '.join(map(shown, shapes))} over each other",
                    hint="every size must be equal, or 1 on one side",
                )
        return full

    def other(self, *shapes: Shape) -> dict[str, Count]:
        return {self.name: Factor("(inputs - 1)", len(shapes) - 1) * elements(self.out(*shapes))}


@dataclass(frozen=True, slots=True)
class Concat(Op):
    """Tensors behind each other along the channels, or along the dim `axis`, counted from 0."""

    name: ClassVar[str] = "concat"

    axis: int = 0

    def out(self, *shapes: Shape) -> Shape:
        before, behind = shapes[0][: self.axis], shapes[0][self.axis + 1 :]
        if any(
            len(shape) <= self.axis
            or shape[: self.axis] != before
            or shape[self.axis + 1 :] != behind
            for shape in shapes
        ):
            free = f"dim {self.axis}" if self.axis else "the channels"
            raise LayerError(
                f"concat needs equal sizes in all but {free}, and "
                f"{' and '.join(map(shown, shapes))} arrived"
            )
        return (*before, sum(shape[self.axis] for shape in shapes), *behind)


@dataclass(frozen=True, slots=True)
class Matmul(Op):
    """The product of two tensors' last dims, (..., T, D) x (..., D, S): attention's products."""

    name: ClassVar[str] = "matmul"

    def out(self, *shapes: Shape) -> Shape:
        left, right = shapes
        if len(left) < 2 or len(left) != len(right) or left[-1] != right[-2]:
            raise LayerError(f"matmul cannot multiply {shown(left)} with {shown(right)}")
        if left[:-2] != right[:-2]:
            raise LayerError(f"matmul needs equal leading dims in {shown(left)} and {shown(right)}")
        return (*left[:-1], right[-1])

    def macs(self, *shapes: Shape) -> Count:
        left, right = shapes
        leading = tuple(Factor(f"B{axis}", size) for axis, size in enumerate(left[:-2], 1))
        return product(
            (*leading, Factor("T", left[-2]), Factor("D", left[-1]), Factor("S", right[-1]))
        )


def _overhang(size: int, side: int, step: int, before: int, after: int) -> int:
    """How far a last, partial window sticks out behind; 0 unless it starts inside the input or
    its front padding (the frameworks' rule for ceil mode)."""
    overhang = (side - size - before - after) % step
    start = size + before + after + overhang - side
    return overhang if 0 <= start < size + before else 0
