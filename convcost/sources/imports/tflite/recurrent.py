"""TensorFlow Lite's recurrent layers: LSTMs, plain ones, and filters that are split in two."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import NamedTuple

from convcost.errors import LayerError
from convcost.ops.base import Shape
from convcost.ops.recurrent import Recurrent, Sort
from convcost.sources.imports import layers, movement, weights
from convcost.sources.imports.assembler import Constant, Value
from convcost.sources.imports.recurrent import Dims, recurrent
from convcost.sources.imports.tflite.call import Call, Result, handles

_GATES = 4
_RELU = 1


class _Places(NamedTuple):
    """Where one direction has its weights: for the input, for its own state, of a projection, and
    what multiplies nothing: biases, peepholes, norms."""

    inputs: tuple[int, ...]
    states: tuple[int, ...]
    projection: tuple[int, ...] = ()
    beside: tuple[int, ...] = ()

    def behind(self, start: int) -> _Places:
        """The same, so many inputs later."""
        return _Places(*(tuple(at + start for at in each) for each in self))


_RNN = _Places((1,), (2,), (), (3,))
_LSTM = _Places((1, 2, 3, 4), (5, 6, 7, 8), (16,), (*range(9, 16), 17))


@handles("UNIDIRECTIONAL_SEQUENCE_LSTM", "LSTM")
def _lstm(call: Call) -> Value:
    if len(call.inputs) <= _LSTM.projection[0]:
        return _of_one_matrix(call)
    norms = tuple(range(20, 24))
    return _one_way(call, "lstm", _LSTM._replace(beside=_LSTM.beside + norms), call.shape)


@handles("UNIDIRECTIONAL_SEQUENCE_RNN", "RNN")
def _rnn(call: Call) -> Value:
    return _one_way(call, "rnn", _RNN, call.shape)


@handles("BIDIRECTIONAL_SEQUENCE_LSTM")
def _both_lstm(call: Call) -> Result:
    return _both(call, "lstm", _LSTM, 17)


@handles("BIDIRECTIONAL_SEQUENCE_RNN")
def _both_rnn(call: Call) -> Result:
    return _both(call, "rnn", _RNN, 4)


def _both(call: Call, sort: Sort, places: _Places, behind: int) -> Result:
    """Two layers, their states side by side where they are not kept apart."""
    halves = (*call.shape[:-1], call.shape[-1] // 2)
    apart = len(call.shapes) > 1
    shapes = call.shapes if apart else (halves, halves)
    there = _one_way(call, sort, places, shapes[0])
    back = _one_way(call, sort, places.behind(behind), shapes[1])
    if apart:
        return there, back
    return movement.concat(call.to, [there, back], -1, call.shape, call.name)


def _one_way(call: Call, sort: Sort, places: _Places, shape: Shape) -> Value:
    """One direction. It has one bias for each gate, where our kinds have two: they are parameters
    beside it."""
    inputs, states = _constants(call, places.inputs), _constants(call, places.states)
    projection = _constants(call, places.projection)
    if len(inputs) != len(places.inputs) or len(states) != len(places.states):
        raise LayerError(f"{call.op} whose gates are coupled")
    m, n = inputs[0].shape
    op = Recurrent(
        sort,
        n,
        m,
        projection=projection[0].shape[0] if projection else None,
        nonlinearity="relu" if sort == "rnn" and _is_relu(call) else "tanh",
    )
    for tensor in _constants(call, places.beside):
        call.to.parameters(tensor.params)
    value = call.last(0)
    if len(value.shape) == 2:
        dims = Dims(1, 0, None)
    else:
        dims = Dims(2, 1, 0) if call.node.option("TimeMajor") else Dims(2, 0, 1)
    made = recurrent(call.to, value, dims, op, [*inputs, *states, *projection], call.name)
    order = (3, 2, 0, 1) if dims.steps == 0 else (2, 3, 0, 1)
    return made.laid_out(order, shape)


def _is_relu(call: Call) -> bool:
    return bool(call.node.option("FusedActivationFunction") == _RELU)


def _constants(call: Call, places: Iterable[int]) -> list[Constant]:
    """The weights in these places, as far as they are there."""
    found = []
    for at in places:
        tensor = call.input(at)
        if isinstance(tensor, Value):
            raise LayerError(f"{call.op} with weights that depend on the input")
        if tensor is not None:
            found.append(tensor)
    return found


def _of_one_matrix(call: Call) -> Value:
    """An LSTM's step whose gates are one matrix, for the input and the state side by side."""
    value, weight = call.last(0), call.input(2)
    if not isinstance(weight, Constant):
        raise LayerError("an lstm with weights that depend on the input")
    rows, joined = value.shape[0], (value.shape[0], weight.shape[1])
    pair = movement.concat(call.to, [value, call.last(1)], 1, joined, call.name)
    gates = (rows, weight.shape[0])
    made = weights.linear(call.to, pair, weight, call.input(3), gates, call.name)
    return movement.gather(call.to, made, "lstm", call.shape, f"{call.name}.state")


@handles("SVDF")
def _filters(call: Call) -> Value:
    """Filters of rank r over features and steps (Nakkiran et al. 2015): every step its features are
    multiplied with one part of each filter, and what came of the last steps with the other."""
    features, steps = _constants(call, (1,)), _constants(call, (2,))
    if not features or not steps:
        raise LayerError("an svdf without weights")
    filters, memory = steps[0].shape
    value = call.last(0)
    rows = value.shape[0]
    if rows != 1:
        raise LayerError("an svdf of several inputs at once")
    made = weights.linear(call.to, value, features[0], None, (1, filters), call.name)
    kept = movement.gather(call.to, made, "state", (1, filters, memory), f"{call.name}.state")
    weight = Constant((filters, 1, memory), steps[0].params)
    settings = {"stride": (1,), "dilation": (1,), "groups": filters, "padding": ((0, 0),)}
    over = (1, filters, 1)
    name = f"{call.name}.time"
    made = weights.convolution(call.to, kept, weight, None, settings, over, name)
    units = prod(call.shape)
    if filters != units:
        ranks = call.to.reshape(made, (1, units, filters // units), name)
        made = layers.reduce(call.to, ranks, "sum", [2], False, (1, units), name)
    made = call.to.reshape(made, call.shape, name)
    return weights.behind(call.to, "add", made, call.input(3), 0, call.name)
