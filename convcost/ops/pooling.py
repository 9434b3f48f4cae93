"""Ops that make a tensor smaller or larger by windows: pooling and resizing."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import ClassVar, Literal

from convcost.count import Count, product
from convcost.frozen import Frozen
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
    one_in,
)
from convcost.ops.conv import SAME_TF, window


class Pool(Op, Frozen):
    """The maximum or the average of a sliding window; `ceil` keeps a last, partial window.

    `functional` is as for an activation.
    """

    name: ClassVar[str] = "pool"

    sort: Literal["max", "avg"]
    kernel: Sizes
    stride: Sizes
    padding: Pads | Literal["same-tf"]
    ceil: bool = False
    functional: bool | str = False

    def __post_init__(self) -> None:
        check_positive(k=self.kernel, stride=self.stride)

    def traits(self) -> tuple[str, ...]:
        return called(self.functional, self.kernel)

    def other_tools_counts(self, *shapes: Shape) -> dict[str, Count]:
        taps = product(kernel_factors(self.kernel))
        return {f"{self.sort}-pool taps": elements(self.out(*shapes)) * taps}

    def scale(self) -> int | Fraction:
        return one_in(prod(self.stride))

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


class AdaptivePool(Op, Frozen):
    """Pooling to a given output size; to 1 in every dim it is global pooling.

    `functional` is as for an activation.
    """

    name: ClassVar[str] = "adaptive-pool"

    sort: Literal["max", "avg"]
    size: Sizes
    functional: bool | str = False

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


class Upsample(Op, Frozen):
    """Resizing by a whole factor in each dim; `functional` is as for an activation."""

    name: ClassVar[str] = "upsample"

    factor: Sizes
    mode: str = "nearest"
    functional: bool | str = False

    def traits(self) -> tuple[str, ...]:
        return called(self.functional, self.factor)

    def __post_init__(self) -> None:
        check_positive(scale=self.factor)

    def scale(self) -> int:
        return prod(self.factor)

    def out(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        check_input("upsampling", shape, shape[0], len(self.factor))
        return (
            shape[0],
            *(size * step for size, step in zip(shape[1:], self.factor, strict=True)),
        )

    def other(self, *shapes: Shape) -> dict[str, Count]:
        return {f"resize {self.mode}": elements(self.out(*shapes))}


class Resize(Op, Frozen):
    """Resizing to a given spatial size, by whatever factor that is.

    `functional` is as for an activation.
    """

    name: ClassVar[str] = "resize"

    size: Sizes
    mode: str = "nearest"
    functional: bool | str = False

    def traits(self) -> tuple[str, ...]:
        return called(self.functional, self.size)

    def __post_init__(self) -> None:
        check_positive(size=self.size)

    def out(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        check_input("resizing", shape, shape[0], len(self.size))
        return (shape[0], *self.size)

    def other(self, *shapes: Shape) -> dict[str, Count]:
        return {f"resize {self.mode}": elements(self.out(*shapes))}


def _overhang(size: int, side: int, step: int, before: int, after: int) -> int:
    """How far a last, partial window sticks out behind; 0 unless it starts inside the input or
    its front padding (the frameworks' rule for ceil mode)."""
    overhang = (side - size - before - after) % step
    start = size + before + after + overhang - side
    return overhang if 0 <= start < size + before else 0
