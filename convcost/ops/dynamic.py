"""Convolutions of which the network makes a part itself, for each input anew: their weights, or the
places of their taps."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from convcost.count import Count, Factor, product
from convcost.errors import LayerError
from convcost.ops.base import (
    Shape,
    Sizes,
    check_positive,
    format_shape,
    kernel_factors,
    spatial_factors,
)
from convcost.ops.conv import Conv, TransposedConv


class DynamicConv(Conv):
    """A convolution whose weights are its second input, of whatever shape (Dynamic Filter
    Networks, De Brabandere et al. 2016), and no parameters of its own."""

    name: ClassVar[str] = "dynamic conv"

    @property
    def work_class(self) -> str:
        return Conv.name

    def out(self, *shapes: Shape) -> Shape:
        shape, weights = shapes
        _check_weights(self, weights)
        return super().out(shape)


class DynamicTransposedConv(TransposedConv):
    """A transposed convolution whose weights are its second input, of whatever shape."""

    name: ClassVar[str] = "dynamic transposed conv"

    @property
    def work_class(self) -> str:
        return TransposedConv.name

    def out(self, *shapes: Shape) -> Shape:
        shape, weights = shapes
        _check_weights(self, weights)
        return super().out(shape)


class DeformableConv(Conv):
    """A convolution whose taps are moved by its second input, and weighed by its third if it has
    one (Deformable Convolutional Networks, Dai et al. 2017; v2, Zhu et al. 2019).

    The second has, for each output position, a number a dim for each tap of each of
    `offset_groups` groups of channels; the third has one. Multiply-adds are a convolution's;
    reading between the elements is work of its own.
    """

    name: ClassVar[str] = "deformable conv"

    offset_groups: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        check_positive(offset_groups=self.offset_groups)
        if self.n % self.offset_groups:
            raise LayerError(
                f"{self.offset_groups} offset groups do not divide {self.n} input channels"
            )

    @property
    def work_class(self) -> str:
        return Conv.name

    @property
    def taps(self) -> int:
        """Of all offset groups together."""
        return self.offset_groups * prod(self.kernel)

    def out(self, *shapes: Shape) -> Shape:
        shape, *others = shapes
        out = super().out(shape)
        numbers = (len(self.kernel) * self.taps, self.taps)
        for other, channels in zip(others, numbers, strict=False):
            if other != (channels, *out[1:]):
                wanted = format_shape((channels, *out[1:]))
                raise LayerError(
                    f"{self.name} is moved by {wanted}, and {format_shape(other)} arrived",
                    hint="offsets have a number a dim for each tap, masks one",
                )
        return out

    def _taps_inside(self, sizes: Sizes, places: Sizes) -> Count:
        """All: they are read wherever they are moved to."""
        return product((*kernel_factors(self.kernel), *spatial_factors(places)))

    def other(self, *shapes: Shape) -> dict[str, Count]:
        read = product((Factor("n", self.n), *kernel_factors(self.kernel), *self.grid(*shapes)))
        return super().other(*shapes) | {"deformable sampling": read}


def _check_weights(op: DynamicConv | DynamicTransposedConv, weights: Shape) -> None:
    wanted = op.weights().value
    if prod(weights) != wanted:
        raise LayerError(
            f"{op.name} takes {wanted:,} weights second, and {format_shape(weights)} arrived",
            hint="they are m x n/groups x k x k, in any shape",
        )
