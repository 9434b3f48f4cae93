"""What is known of the numbers of an imported layer: how wide they are, and which are zero."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from convcost.network import Layer
from convcost.operands import UNSEEN, Bits, Density, Operands
from convcost.ops.base import Op, Weighted

if TYPE_CHECKING:
    from convcost.sources.imports.assembler import Constant


class Seen(NamedTuple):
    """A tensor whose numbers are there: how many, how many of them are zero, and how many are left
    without rows and columns, of its first two dims, that are zero altogether."""

    size: int
    zeros: int
    left: int


NOTHING_SEEN: Mapping[str, Seen] = MappingProxyType({})


def seen_in(there: Any, kept: int) -> Seen:
    """What a tensor of any framework is like, `there` being true where it is not zero, as so many
    are that are `kept`."""
    size = prod(there.shape)
    if kept == size or len(there.shape) < 2:
        return Seen(size, size - kept, size)
    rows, columns = there.shape[:2]
    filters = there.reshape(rows, columns, -1).any(2)
    left = int(filters.any(1).sum()) * int(filters.any(0).sum()) * (size // (rows * columns))
    return Seen(size, size - kept, left)


@dataclass(slots=True)
class Numbers:
    """The parameters that were `seen`, by name, and what the layer that comes next works with.

    `bits` are those of its products. Its `_weights` are what it multiplies with, its own
    parameters those that are `_counted` for it.
    """

    seen: Mapping[str, Seen] = field(default_factory=lambda: NOTHING_SEEN)
    bits: Bits | None = None
    _weights: list[Constant] = field(default_factory=list)
    _counted: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """Forget what no layer has taken of the operation before."""
        self._weights, self._counted = [], []

    def take(self, tensors: Sequence[Constant], counted: Iterable[str]) -> None:
        """Know of an operation's weights, and of the parameters that are counted for it now; what
        it multiplies with comes first, and of several the matrices."""
        if not self._weights:
            rank = max([len(tensor.shape) for tensor in tensors], default=0)
            self._weights = [tensor for tensor in tensors if len(tensor.shape) == rank]
        self._counted += counted

    def told(self, layer: Layer) -> Layer:
        """The layer with what is known of its numbers."""
        learning = [op for op, _ in layer.stages if type(op).params is not Op.params]
        has_weights = any(isinstance(op, Weighted) for op in learning)
        density = None
        if has_weights or any(op.params() for op in learning):
            density = self._density(self._weights if has_weights else [], self._counted)
            self.begin()
        operands = Operands(self.bits if self.bits and layer.multiplies else None, density)
        return layer if operands == layer.operands else layer._replace(operands=operands)

    @contextmanager
    def only(self, name: str) -> Iterator[None]:
        """Another layer comes in between, which is that parameter."""
        waiting = self._weights, self._counted
        self._weights, self._counted = [], [name]
        yield
        self._weights, self._counted = waiting

    def of(self, names: Sequence[str]) -> Density:
        """What is known of parameters that nothing is multiplied with."""
        return self._density([], names)

    def _density(self, weights: Sequence[Constant], counted: Sequence[str]) -> Density:
        if not self.seen:
            return UNSEEN
        parts = [self._seen(tensor) for tensor in weights]
        own = [self.seen.get(name) for name in counted]
        if None in parts or None in own or not (parts or own):
            return UNSEEN
        size = sum(part.size for part in parts if part) or 1
        kept = sum(part.size - part.zeros for part in parts if part) if parts else 1
        left = sum(part.left for part in parts if part) if parts else 1
        zeros = sum(part.zeros for part in own if part)
        return Density(Fraction(kept, size), Fraction(left, size), zeros)

    def _seen(self, tensor: Constant) -> Seen | None:
        """What the parameter is like that a tensor is, turned or reshaped maybe."""
        size = prod(tensor.shape)
        found = (self.seen.get(name) for name in sorted(tensor.params))
        return next((each for each in found if each and each.size == size), None)


def merged(first: Operands, second: Operands) -> Operands:
    """Those of two layers as one, of which one multiplies, or both alike."""
    densities = [each.density for each in (first, second) if each.density]
    bits = first.bits or second.bits
    if len(densities) < 2:
        return Operands(bits, *densities)
    one, other = densities
    if one.unseen or other.unseen:
        return Operands(bits, UNSEEN)
    weights, structured = min(one.shares, other.shares)
    return Operands(bits, Density(weights, structured, (one.zeros or 0) + (other.zeros or 0)))


def are_alike(first: Operands, second: Operands) -> bool:
    """Whether what two layers multiply is as wide, and as much of it zero."""
    return first.essence == second.essence
