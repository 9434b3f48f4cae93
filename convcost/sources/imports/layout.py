"""Where a tensor has its channels: TensorFlow has them last, we have them first.

An image is laid out anew once, where it comes in, and what follows keeps it so. What looks at the
order of elements gets them as the file has them, by a permute.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from convcost.sources.imports.assembler import Assembler, Value
from convcost.sources.imports.movement import permute

Each = TypeVar("Each")
IMAGES = (4, 5)
"""How many dims a batch of images or volumes has."""


@dataclass(frozen=True, slots=True)
class First(Value):
    """A tensor with its channels behind the batch, in which order `shape` is too."""


class Layout(NamedTuple):
    """Whether tensors of so many dims have their channels first."""

    is_first: bool
    rank: int

    @property
    def order(self) -> tuple[int, ...]:
        """The dims of the file, in the order that they have here."""
        dims = tuple(range(self.rank))
        return (0, self.rank - 1, *dims[1:-1]) if self.is_first else dims

    def laid(self, sizes: Sequence[Each]) -> tuple[Each, ...]:
        """What there is for each dim of the file, in our order."""
        return tuple(sizes[dim] for dim in self.order)

    def dim(self, dim: int) -> int:
        """The place of a dim of the file."""
        return self.order.index(dim % self.rank)

    def of(self, value: Value) -> Value:
        """What comes out of a layer, marked."""
        return First(value.index, value.shape) if self.is_first else value


def first(to: Assembler, value: Value, name: str) -> First:
    """A tensor with its channels first."""
    if isinstance(value, First):
        return value
    layout = Layout(True, len(value.shape))
    shape = layout.laid(value.shape)
    return First(permute(to, value, layout.order, shape, name).index, shape)


def as_written(value: Value) -> Value:
    """A tensor in the shape that the file has, for what does not look at its elements."""
    if not isinstance(value, First):
        return value
    batch, channels, *sizes = value.shape
    return Value(value.index, (batch, *sizes, channels))


def last(to: Assembler, value: Value, name: str) -> Value:
    """A tensor as the file has it."""
    if not isinstance(value, First):
        return value
    rank = len(value.shape)
    order = (0, *range(2, rank), 1)
    shape = tuple(value.shape[dim] for dim in order)
    return permute(to, value, order, shape, name)
