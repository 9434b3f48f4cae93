"""Norms, activations, and ops without work that matter for shapes."""

from __future__ import annotations

from math import prod
from typing import ClassVar, Literal

from convcost.count import ZERO, Count, Factor, product
from convcost.errors import LayerError
from convcost.frozen import Frozen
from convcost.ops.base import (
    MAYBE_LEARNED,
    Op,
    Shape,
    Sizes,
    called,
    check_input,
    check_positive,
    elements,
    format_shape,
    spatial_factors,
)
from convcost.status import ALL_COMPLETE, Statuses

_TWO = Factor("2", 2)


class Norm(Op, Frozen):
    """Normalisation with a learnable scale and shift for each channel, if `affine`.

    Running statistics are not parameters.
    """

    name: ClassVar[str] = "norm"

    sort: str
    channels: int
    affine: bool = True

    def params(self) -> Count:
        return product((_TWO, Factor("C", self.channels))) if self.affine else ZERO

    @property
    def work_class(self) -> str:
        return f"{self.sort}-norm"

    def traits(self) -> tuple[str, ...]:
        return () if self.affine else ("plain",)

    def other(self, *shapes: Shape) -> dict[str, Count]:
        return {self.work_class: elements(shapes[0])}

    def other_tools_counts(self, *shapes: Shape) -> dict[str, Count]:
        return {"norm params": self.params()}

    def out(self, *shapes: Shape) -> Shape:
        check_input("norm", shapes[0], self.channels)
        return shapes[0]


class Activation(Op, Frozen):
    """A function of each element, without weights: relu, sigmoid, ...; softmax, of its channels.

    `functional`: called as a function rather than as a layer object, or as a "method", which some
    tools count otherwise.
    """

    name: ClassVar[str] = "activation"

    sort: str
    functional: bool | str = False

    def traits(self) -> tuple[str, ...]:
        return called(self.functional)

    def other_tools_counts(self, *shapes: Shape) -> dict[str, Count]:
        rows = product(spatial_factors(shapes[0][1:]))
        return {"softmax rows": rows} if self.sort == "softmax" else {}

    def other(self, *shapes: Shape) -> dict[str, Count]:
        return {self.sort: elements(shapes[0])}


class PRelu(Activation):
    """A relu with a learned slope below zero: one for each channel, element, or the whole `layer`.

    `channels` count for the first two, the spatial `sizes` for the second. He et al. 2015.
    """

    name: ClassVar[str] = "prelu"

    channels: int = 1
    weights_per: Literal["channel", "layer", "element"] = "channel"
    sizes: Sizes = ()
    learned: bool | None = True

    @property
    def work_class(self) -> str:
        # A function has no weights: they are a tensor of what calls it.
        return "tensor" if self.functional else self.name

    def weights(self) -> Count:
        """One number for each slope."""
        if self.weights_per == "layer":
            return product((Factor("1", 1),))
        return elements((self.channels, *self.sizes))

    def params(self) -> Count:
        return ZERO if self.learned is False else self.weights()

    def status(self) -> Statuses:
        return MAYBE_LEARNED if self.learned is None else ALL_COMPLETE

    def out(self, *shapes: Shape) -> Shape:
        if self.weights_per != "layer":
            dims = len(self.sizes) if self.weights_per == "element" else None
            check_input(self.name, shapes[0], self.channels, dims)
        return shapes[0]

    def other_tools_counts(self, *shapes: Shape) -> dict[str, Count]:
        return {"prelu params": self.weights()}


class Shuffle(Op, Frozen):
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


class Slice(Op, Frozen):
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
                f"{what} {self.start} to {self.stop} are not a slice of {format_shape(shape)}"
            )
        kept = -((self.start - self.stop) // self.step)  # rounded up
        return (*shape[: self.axis], kept, *shape[self.axis + 1 :])


class Crop(Op, Frozen):
    """The middle of a tensor, cut to a given spatial size (U-Net)."""

    name: ClassVar[str] = "crop"

    size: Sizes

    def __post_init__(self) -> None:
        check_positive(size=self.size)

    def out(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        check_input("crop", shape, shape[0], len(self.size))
        if any(wanted > side for wanted, side in zip(self.size, shape[1:], strict=True)):
            raise LayerError(
                f"{format_shape(self.size)} cannot be cut out of {format_shape(shape)}"
            )
        return (shape[0], *self.size)


class Flatten(Op, Frozen):
    """All elements as one vector."""

    name: ClassVar[str] = "flatten"

    def out(self, *shapes: Shape) -> Shape:
        return (prod(shapes[0]),)


class Reshape(Op, Frozen):
    """The same elements in another shape."""

    name: ClassVar[str] = "reshape"

    shape: Shape

    def out(self, *shapes: Shape) -> Shape:
        if prod(shapes[0]) != prod(self.shape):
            raise LayerError(f"{format_shape(shapes[0])} cannot become {format_shape(self.shape)}")
        return self.shape


class Identity(Op, Frozen):
    """Hands its input on: a dropout layer, a no-op shortcut."""

    name: ClassVar[str] = "identity"


ALIASES = (Flatten, Identity, Reshape)
"""What gives the elements that it gets, in their order, and so needs no memory of its own."""
