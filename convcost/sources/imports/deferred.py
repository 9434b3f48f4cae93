"""Tensors that may go unused: their layers are added once something asks for them."""

from __future__ import annotations

from collections.abc import Callable

from convcost.network import Builder, Layer
from convcost.ops.base import Shape
from convcost.sources.imports.assembler import Value


class Deferred(Value):
    """A tensor of the framework's `shape`, whose layer `make` adds to `builder` at the first
    question where it comes from: the state of a recurrent layer, say, which few networks use."""

    __slots__ = ("_builder", "_known", "_make")

    _builder: Builder
    _known: tuple[int, Layer] | None
    _make: Callable[[], Value]

    def __init__(self, builder: Builder, shape: Shape, make: Callable[[], Value]) -> None:
        for name, value in (("_builder", builder), ("_make", make), ("shape", shape)):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "_known", None)

    @property
    def index(self) -> int:
        """The layer's index. A layer that was taken out again, with others, is made once more."""
        layers = self._builder.layers
        known = self._known
        if known is None or known[0] >= len(layers) or layers[known[0]] is not known[1]:
            at = self._make().index
            known = at, layers[at]
            object.__setattr__(self, "_known", known)
        return known[0]
