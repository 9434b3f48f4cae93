"""Convolutions whose weights the network makes itself, for each input anew."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from convcost.errors import LayerError
from convcost.ops.base import Shape, format_shape
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


def _check_weights(op: DynamicConv | DynamicTransposedConv, weights: Shape) -> None:
    wanted = int(op.weights())
    if prod(weights) != wanted:
        raise LayerError(
            f"{op.name} takes {wanted:,} weights second, and {format_shape(weights)} arrived",
            hint="they are m x n/groups x k x k, in any shape",
        )
