"""Recurrent layers that PyTorch's and ONNX's graphs have in common.

A framework has dims for the features, the steps and the batch, in an order of its own; a layer of
ours has the features first and the steps last, and between them the batch where it is not 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import prod
from typing import NamedTuple

from convcost.errors import LayerError
from convcost.kinds.fields import OWN
from convcost.ops.base import Shape
from convcost.ops.recurrent import Recurrent
from convcost.sources.imports.assembler import Assembler, Constant, Fields, Value
from convcost.sources.imports.deferred import Deferred
from convcost.sources.imports.movement import gather, permute, take


class Dims(NamedTuple):
    """Where a framework's tensor has its features, its batch and its steps, if it has any."""

    features: int
    batch: int | None
    steps: int | None


class States(NamedTuple):
    """What a recurrent layer called `name` gives: its state at every step, as (1, h, batch, steps).

    What is made of it goes unused more often than not, and has a layer once something asks for it.
    """

    to: Assembler
    value: Value
    name: str
    is_single: bool

    def laid_out(self, order: Sequence[int], shape: Shape, ways: int = 1) -> Value:
        """All of them with the dims in another order, in the framework's `shape`; the first is the
        direction, where the framework keeps `ways` apart. LayerError for another number of them."""
        self._check(prod(self.value.shape), shape)
        return Deferred(self.to.builder, shape, partial(self._turned, order, shape, ways))

    def last(self, shape: Shape) -> Value:
        """Those behind the last step, layer by layer; LayerError for another number of them."""
        if self.is_single:
            self._check(prod(self.value.shape[:3]), shape)
        return Deferred(self.to.builder, shape, partial(self._last, shape))

    def inner(self, shape: Shape) -> Value:
        """What an LSTM keeps for itself."""
        pick = partial(gather, self.to, self.value, "cell state", shape, f"{self.name}.cell")
        return Deferred(self.to.builder, shape, pick)

    def _check(self, states: int, shape: Shape) -> None:
        if prod(shape) != states:
            raise LayerError(f"a recurrent layer of {states} states gives {shape}")

    def _turned(self, order: Sequence[int], shape: Shape, ways: int) -> Value:
        name = f"{self.name}.turned"
        _, h, batch, steps = self.value.shape
        if batch == steps == 1:
            return self.to.reshape(self.value, shape, name)
        if batch == 1:  # directions and units stay side by side
            turned = permute(self.to, self.value, (3, 1), (1, steps, h), name)
            return self.to.reshape(turned, shape, name)
        apart = Value(self.value.index, (ways, h // ways, batch, steps))
        return permute(self.to, apart, order, shape, name)

    def _last(self, shape: Shape) -> Value:
        _, h, batch, steps = self.value.shape
        name = f"{self.name}.last"
        if self.is_single and batch == 1:
            value = Value(self.value.index, (1, h, steps))
            return take(self.to, value, 2, range(steps - 1, steps), shape, name)
        return gather(self.to, self.value, "last state", shape, name)


def recurrent(
    to: Assembler, value: Value, dims: Dims, op: Recurrent, weights: Sequence[Constant], name: str
) -> States:
    """The layer that `op` is, over a tensor whose dims stand as `dims` say; `weights` are all of
    its tensors, biases too."""
    batch = 1 if dims.batch is None else value.shape[dims.batch]
    steps = 1 if dims.steps is None else value.shape[dims.steps]
    whose = to.weights_together(weights, int(op.params()))
    fields: Fields = {
        "m": op.m,
        "layers": op.layers if op.layers > 1 else None,
        "bidirectional": op.bidirectional or None,
        "projection": op.projection,
        "bias": op.bias or None,
        "biases": op.biases if op.bias and op.biases != 2 else None,
        "nonlinearity": op.nonlinearity if op.nonlinearity != "tanh" else None,
        "weights": whose if whose != OWN else None,
    }
    beside = () if batch == 1 else (batch,)
    is_cell = dims.steps is None and not beside
    sizes: Shape = () if is_cell else (*beside, steps)
    order = [dim for dim in dims if dim is not None]
    turned = permute(to, value, order, (1, op.n, *sizes), f"{name}.turned")
    turned = to.exactly(turned, (op.n, *sizes), name)
    h = op.state * (1 + op.bidirectional)
    made = to.add(op.sort, fields, [turned], (1, h, *sizes), name)
    is_single = op.layers == 1 and not op.bidirectional
    return States(to, Value(made.index, (1, h, batch, steps)), name, is_single)
