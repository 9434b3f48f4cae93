"""Recurrent layers: LSTM, GRU and the plain recurrent network, stacked and in both directions."""

from __future__ import annotations

from typing import ClassVar, Literal

from convcost.count import ZERO, Count, Factor, product
from convcost.errors import LayerError
from convcost.frozen import Frozen
from convcost.ops.base import Shape, Weighted, check_input, check_positive
from convcost.text import with_article

Sort = Literal["lstm", "gru", "rnn"]
GATES: dict[Sort, int] = {"lstm": 4, "gru": 3, "rnn": 1}
"""Gates of each, what becomes the state among them."""
_ELEMENTWISE: dict[Sort, dict[str, int]] = {
    "lstm": {"sigmoid": 3, "tanh": 2, "multiply": 3, "add": 1},
    "gru": {"sigmoid": 2, "tanh": 1, "multiply": 2, "add": 2},
    "rnn": {},
}
"""What each does to an element of its state in a step, beside products and sums in its gates."""


class Recurrent(Weighted, Frozen):
    """A recurrent layer: gates that see an input and the state of the step before it.

    Takes (n, *sequences, steps) to (h, *sequences, steps), 2h if `bidirectional`; the state has
    h = m units, or is a `projection` of them. One that is `alone` is a cell: a single step, on a
    flat vector. Params of each layer and direction are G·m·n of its input and G·m·h of its state,
    with G gates (4 of an LSTM, 3 of a GRU, 1 of a plain one), m·h of a projection, and two biases
    for each gate and unit, or so many `biases`; multiply-adds are those weights at every step.
    Layers behind the first take the state, or both, of the one before.

    Hochreiter and Schmidhuber 1997 with forget gates (LSTM), Sak et al. 2014 (projection), Cho et
    al. 2014 (GRU), Elman 1990 (plain); as PyTorch and ONNX have them. Where a GRU resets its state,
    before the product or behind it, changes no count.
    """

    name: ClassVar[str] = "recurrent"
    has_activations: ClassVar[bool] = False

    sort: Sort
    n: int
    m: int
    layers: int = 1
    bidirectional: bool = False
    projection: int | None = None
    bias: bool = False
    nonlinearity: str = "tanh"
    alone: bool = False
    biases: int = 2
    learned: bool | None = True

    def __post_init__(self) -> None:
        check_positive(n=self.n, m=self.m, layers=self.layers, projection=self.state)
        if self.biases not in (1, 2):
            raise LayerError(f"biases must be 1 or 2, not {self.biases}")
        if self.projection is None:
            return
        if self.sort != "lstm":
            raise LayerError(f"{with_article(self.sort)} has no projection, only an lstm")
        if self.projection >= self.m:
            raise LayerError(f"projection {self.projection} must be below m = {self.m}")

    @property
    def state(self) -> int:
        """Units of the state that a step hands to the next, for one direction."""
        return self.projection or self.m

    def weights(self) -> Count:
        projected = self._layers(Factor("p", self.state) * self._m) if self.projection else ZERO
        return self._gates() + projected

    def params(self) -> Count:
        if self.learned is False:
            return ZERO
        return self._weights + self._biases() if self.bias else self._weights

    def grid(self, *shapes: Shape) -> tuple[Factor, ...]:
        if self.alone:
            return ()
        *sequences, steps = shapes[0][1:]
        beside = (Factor(f"B{axis}", size) for axis, size in enumerate(sequences, 1))
        return (*beside, Factor("steps", steps))

    def out(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        if self.alone != (len(shape) == 1):
            raise LayerError("a cell takes a flat vector, and a recurrent layer its steps")
        check_input(self.sort, shape, self.n)
        return (self.state * (1 + self.bidirectional), *shape[1:])

    def traits(self) -> tuple[str, ...]:
        cell, projected = ("cell",) * self.alone, ("projected",) * bool(self.projection)
        return (*cell, *projected, self.sort, "of recurrent")

    def other(self, *shapes: Shape) -> dict[str, Count]:
        steps = product(self.grid(*shapes))
        each = self._layers(product((self._m,))) * steps
        work = _ELEMENTWISE[self.sort] or {self.nonlinearity: 1}
        found = {name: _times(times, each) for name, times in work.items()}
        found["gate sum"] = _times(GATES[self.sort], each)
        return found | {"bias": self._biases() * steps} if self.bias else found

    def other_tools_counts(self, *shapes: Shape) -> dict[str, Count]:
        steps = product(self.grid(*shapes))
        whole = self.changed(projection=None)
        found = {
            "recurrent gates": self._gates() * steps,
            "recurrent unprojected": whole._gates() * steps,
            "recurrent outputs": whole.changed(m=self.state)._gates() * steps,
        }
        if self.alone:
            found["recurrent params"] = self._weights + (self._biases() if self.bias else ZERO)
            found["recurrent params"] *= self._m
        return found

    @property
    def _m(self) -> Factor:
        return Factor("m", self.m)

    def _gates(self) -> Count:
        """Weights of the gates of all layers and directions, on inputs and on states."""
        state = product((Factor("p" if self.projection else "m", self.state),))
        inputs = _times(1 + self.bidirectional, state)
        gates = _times(GATES[self.sort], product((self._m,)))
        count = self._directions(gates * (Factor("n", self.n) + state))
        if self.layers > 1:
            deeper = self._directions(gates * (inputs + state))
            count += product((Factor("(layers - 1)", self.layers - 1),)) * deeper
        return count

    def _biases(self) -> Count:
        gates = _times(GATES[self.sort], product((self._m,)))
        return self._layers(_times(self.biases, gates))

    def _layers(self, count: Count) -> Count:
        """What every layer has in each direction, together."""
        count = self._directions(count)
        return product((Factor("layers", self.layers),)) * count if self.layers > 1 else count

    def _directions(self, count: Count) -> Count:
        return _times(1 + self.bidirectional, count)


def _times(number: int, count: Count) -> Count:
    return product((Factor(str(number), number),)) * count if number > 1 else count
