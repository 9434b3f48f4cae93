"""Ops on tensors of any dims: what imported networks do besides convolving.

Here the first dim need not be channels: after a permute it may be rows, tokens or windows.
"""

from __future__ import annotations

from typing import ClassVar

from convcost.count import ZERO, Count, Factor, product
from convcost.errors import LayerError
from convcost.frozen import Frozen
from convcost.ops.base import (
    MAYBE_LEARNED,
    Op,
    Pads,
    Shape,
    Sizes,
    check_input,
    elements,
    format_shape,
)
from convcost.ops.structure import Activation, Norm
from convcost.status import ALL_COMPLETE, Status, Statuses


class Permute(Op, Frozen):
    """The same elements with the dims in another order, counted from 0."""

    name: ClassVar[str] = "permute"

    order: Sizes

    def out(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        if sorted(self.order) != list(range(len(shape))):
            raise LayerError(
                f"order {', '.join(map(str, self.order))} does not name each dim of "
                f"{format_shape(shape)} once"
            )
        return tuple(shape[dim] for dim in self.order)


class Transpose(Op, Frozen):
    """The last two dims exchanged."""

    name: ClassVar[str] = "transpose"

    def out(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        if len(shape) < 2:
            raise LayerError(f"{format_shape(shape)} has no two dims to exchange")
        return (*shape[:-2], shape[-1], shape[-2])


class Broadcast(Op, Frozen):
    """Repeated along dims of size 1, or along new leading dims, up to a shape."""

    name: ClassVar[str] = "broadcast"

    shape: Shape

    def out(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        ends = self.shape[len(self.shape) - len(shape) :]
        if len(shape) > len(self.shape) or any(
            size not in (1, wanted) for size, wanted in zip(shape, ends, strict=True)
        ):
            raise LayerError(
                f"{format_shape(shape)} cannot be spread to {format_shape(self.shape)}"
            )
        return self.shape


class Gather(Op, Frozen):
    """Elements picked, moved or repeated: rolling, indexing, lookups. No arithmetic.

    `sort` says which. The shape is stated, as nothing here knows which elements are picked.
    """

    name: ClassVar[str] = "gather"

    sort: str
    shape: Shape

    def out(self, *shapes: Shape) -> Shape:
        return self.shape

    def other_tools_counts(self, *shapes: Shape) -> dict[str, Count]:
        is_lookup = self.sort in ("embedding", "embedding_bag")
        return {"embedding table": elements(shapes[0])} if is_lookup else {}


class Unknown(Op, Frozen):
    """An operation that convcost has no rule for: what nobody states of it is open, and said to be.

    Its parameters are `counted` where they stand beside it, in ops of their own. One that is stated
    to multiply nothing has no activations either, as no convolution or linear layer is in it.
    """

    name: ClassVar[str] = "unknown"

    sort: str
    shape: Shape
    counted: bool = False
    stated_macs: int | None = None
    stated_activations: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether its parameters or its multiply-adds are not all known."""
        return self.stated_macs is None or not self.counted

    def status(self) -> Statuses:
        unknown = Status("at least", f"{self.sort} is not understood")
        found = {} if self.counted else {"params": unknown}
        if self.stated_macs is None:
            found["macs"] = unknown
        if self.stated_activations is None and self.stated_macs != 0:
            unstated = Status("at least", f"the activations of {self.sort} are not stated")
            found["activations"] = unstated if self.stated_macs else unknown
        return found

    def macs(self, *shapes: Shape) -> Count:
        return product([Factor(self.sort, self.stated_macs)]) if self.stated_macs else ZERO

    def activations(self, out: Shape) -> int:
        return self.stated_activations or 0

    def out(self, *shapes: Shape) -> Shape:
        return self.shape

    def other(self, *shapes: Shape) -> dict[str, Count]:
        return {f"unknown {self.sort}": elements(self.shape)}


class Elementwise(Op, Frozen):
    """Any function of the elements in the same place of its inputs: a difference, a quotient."""

    name: ClassVar[str] = "elementwise"

    sort: str

    def out(self, *shapes: Shape) -> Shape:
        if any(shape != shapes[0] for shape in shapes):
            raise LayerError(
                f"{self.sort} needs equal shapes, and "
                f"{' and '.join(map(format_shape, shapes))} arrived"
            )
        return shapes[0]

    def other(self, *shapes: Shape) -> dict[str, Count]:
        return {self.sort: elements(shapes[0])}


class Tensor(Op, Frozen):
    """A tensor that does not depend on any input: learnable numbers, or constants; `learned` is
    None where nothing tells, and they are counted as if they were."""

    name: ClassVar[str] = "tensor"
    has_inputs: ClassVar[bool] = False

    shape: Shape
    learned: bool | None

    def status(self) -> Statuses:
        return MAYBE_LEARNED if self.learned is None else ALL_COMPLETE

    def other_tools_counts(self, *shapes: Shape) -> dict[str, Count]:
        return {"tensor squares": self.params() * self.params()}

    def params(self) -> Count:
        if self.learned is False:
            return ZERO
        return product(Factor(f"d{dim}", size) for dim, size in enumerate(self.shape, 1))

    def out(self, *shapes: Shape) -> Shape:
        return self.shape


class LastNorm(Op, Frozen):
    """Normalisation over the last `dims` dims, with a weight for each of their elements.

    `weight` and `bias` say which it has: both as a rule, no bias in an RMS norm.
    """

    name: ClassVar[str] = "last-norm"

    sort: str
    sizes: Sizes
    weight: bool = True
    bias: bool = True

    def params(self) -> Count:
        weights = self.weight + self.bias
        return Factor(str(weights), weights) * elements(self.sizes) if weights else ZERO

    @property
    def work_class(self) -> str:
        return f"{self.sort}-norm"

    def traits(self) -> tuple[str, ...]:
        return () if self.weight or self.bias else ("plain",)

    def other(self, *shapes: Shape) -> dict[str, Count]:
        return {self.work_class: elements(shapes[0])}

    def other_tools_counts(self, *shapes: Shape) -> dict[str, Count]:
        return {"norm params": self.params()}

    def out(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        if shape[-len(self.sizes) :] != self.sizes:
            raise LayerError(
                f"norm takes {format_shape(self.sizes)} last, and {format_shape(shape)} arrived"
            )
        return shape


class ZeroPad(Op, Frozen):
    """Zeros around the spatial dims; negative pads cut. `channels` of zeros before and behind."""

    name: ClassVar[str] = "pad"

    pads: Pads
    channels: tuple[int, int] = (0, 0)

    def out(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        check_input("padding", shape, shape[0], len(self.pads))
        sides = tuple(
            size + before + after
            for size, (before, after) in zip(shape[1:], self.pads, strict=True)
        )
        return (shape[0] + sum(self.channels), *sides)


class Reduce(Op, Frozen):
    """The mean, sum, maximum, ... over some dims, which are kept as 1 or left out."""

    name: ClassVar[str] = "reduce"

    sort: str
    dims: Sizes
    keep: bool = False

    def out(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        if any(dim >= len(shape) for dim in self.dims):
            raise LayerError(f"{format_shape(shape)} has no dim {max(self.dims)}, counted from 0")
        if self.keep:
            return tuple(1 if dim in self.dims else size for dim, size in enumerate(shape))
        return tuple(size for dim, size in enumerate(shape) if dim not in self.dims) or (1,)

    def other(self, *shapes: Shape) -> dict[str, Count]:
        return {f"reduce {self.sort}": elements(shapes[0])}

    def other_tools_counts(self, *shapes: Shape) -> dict[str, Count]:
        return {f"reduce {self.sort} out": elements(self.out(*shapes))}


def is_softmax(op: Op) -> bool:
    """Whether it is the activation that looks at all channels of a position."""
    return isinstance(op, Activation) and op.sort == "softmax"


def is_pointwise(op: Op, inputs: int) -> bool:
    """Whether an op of so many inputs changes the elements of one where they lie, or on the way
    there: norms, activations, and element-wise functions of one tensor."""
    return isinstance(op, Activation | LastNorm | Norm) or (
        isinstance(op, Elementwise) and inputs == 1
    )
