"""Ops of several tensors: sums, products, concatenation, matrix products."""

from __future__ import annotations

from typing import ClassVar

from convcost.count import Count, Factor, product
from convcost.errors import LayerError
from convcost.frozen import Frozen
from convcost.ops.base import (
    Op,
    Shape,
    elements,
    format_shape,
)


class Add(Op, Frozen):
    """The element-wise sum of tensors of one shape."""

    name: ClassVar[str] = "add"

    def out(self, *shapes: Shape) -> Shape:
        if any(shape != shapes[0] for shape in shapes):
            raise LayerError(
                f"add needs equal shapes, and {' and '.join(map(format_shape, shapes))} arrived",
                hint="give the shortcut a 1x1 convolution with the body's m and stride",
            )
        return shapes[0]

    def other(self, *shapes: Shape) -> dict[str, Count]:
        return {self.name: Factor("(inputs - 1)", len(shapes) - 1) * elements(shapes[0])}


class Multiply(Op, Frozen):
    """The element-wise product; a C x 1 x 1 tensor scales whole channels (squeeze-and-excite)."""

    name: ClassVar[str] = "multiply"

    def out(self, *shapes: Shape) -> Shape:
        full = tuple(max(sizes) for sizes in zip(*shapes, strict=False))
        for shape in shapes:
            if len(shape) != len(full) or any(
                size not in (1, most) for size, most in zip(shape, full, strict=True)
            ):
                raise LayerError(
                    f"multiply cannot spread {' and '.join(map(format_shape, shapes))} "
                    "over each other",
                    hint="every size must be equal, or 1 on one side",
                )
        return full

    def other(self, *shapes: Shape) -> dict[str, Count]:
        return {self.name: Factor("(inputs - 1)", len(shapes) - 1) * elements(self.out(*shapes))}


class Concat(Op, Frozen):
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
                f"{' and '.join(map(format_shape, shapes))} arrived"
            )
        return (*before, sum(shape[self.axis] for shape in shapes), *behind)


class Matmul(Op, Frozen):
    """The product of two tensors' last dims, (..., T, D) x (..., D, S): attention's products."""

    name: ClassVar[str] = "matmul"

    def out(self, *shapes: Shape) -> Shape:
        left, right = shapes
        if len(left) < 2 or len(left) != len(right) or left[-1] != right[-2]:
            raise LayerError(
                f"matmul cannot multiply {format_shape(left)} with {format_shape(right)}"
            )
        if left[:-2] != right[:-2]:
            raise LayerError(
                f"matmul needs equal leading dims in {format_shape(left)} and {format_shape(right)}"
            )
        return (*left[:-1], right[-1])

    def macs(self, *shapes: Shape) -> Count:
        left, right = shapes
        leading = tuple(Factor(f"B{axis}", size) for axis, size in enumerate(left[:-2], 1))
        return product(
            (*leading, Factor("T", left[-2]), Factor("D", left[-1]), Factor("S", right[-1]))
        )
