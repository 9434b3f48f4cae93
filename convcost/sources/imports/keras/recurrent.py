"""Keras's recurrent layers: one direction or both, by name or around a cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from convcost.errors import LayerError
from convcost.ops.recurrent import GATES, Recurrent, Sort
from convcost.sources.imports import movement
from convcost.sources.imports.assembler import Constant, Value
from convcost.sources.imports.keras.call import Call, Result, Tensor, convert, handles
from convcost.sources.imports.keras.described import Described, layer_of
from convcost.sources.imports.keras.merging import merged
from convcost.sources.imports.recurrent import Dims, States, recurrent

_SORTS: Mapping[str, Sort] = {
    **dict.fromkeys(("LSTM", "LSTMCell", "CuDNNLSTM"), "lstm"),
    **dict.fromkeys(("GRU", "GRUCell", "CuDNNGRU"), "gru"),
    **dict.fromkeys(("SimpleRNN", "SimpleRNNCell"), "rnn"),
}


@handles(*(name for name in _SORTS if not name.endswith("Cell")))
def _layer(call: Call) -> Result:
    return _given(call, _run(call, [call]), 1)


@handles("RNN")
def _around(call: Call) -> Result:
    """Around a cell, or several that stand on each other."""
    cells = _cells(call, call.setting("cell"))
    value: Value | None = None
    for cell in cells[:-1]:
        made = _run(cell, [cell], value)
        value = made.laid_out((2, 3, 1), _all_of(made))
    last = replace(cells[-1], layer=cells[-1].layer)
    return _given(call, _run(last, [last], value), 1)


def _cells(call: Call, said: Any) -> list[Call]:
    if isinstance(said, list | tuple):
        return [cell for each in said for cell in _cells(call, each)]
    inner = _inner(said)
    if inner.cls == "StackedRNNCells":
        return _cells(call, inner.config.get("cells"))
    if inner.cls not in _SORTS:
        raise LayerError(f"{inner.cls} is a cell that is not known here")
    return [replace(call, layer=inner, path=f"{call.path}.{inner.name}")]


def _inner(said: Any) -> Described:
    if not isinstance(said, Mapping) or not isinstance(said.get("config"), Mapping):
        raise LayerError("a layer inside that is none")
    config = said["config"]
    cls = str(said.get("class_name", ""))
    return Described(cls, str(config.get("name") or cls.lower()), config)


@handles("Bidirectional")
def _both_ways(call: Call) -> Result:
    forward = _inner(call.setting("layer"))
    back = call.setting("backward_layer")
    backward = _inner(back) if back is not None else forward
    if forward.cls not in _SORTS:
        raise LayerError(f"{forward.cls} in both directions")
    calls = [
        replace(call, layer=each, path=f"{call.path}.{way}_{each.name}")
        for way, each in (("forward", forward), ("backward", backward))
    ]
    mode = call.layer.config.get("merge_mode", "concat")
    is_one = mode == "concat" and _op(calls[0], 1) == _op(calls[1], 1)
    inner = calls[0]
    if is_one and not inner.flag("return_state", usual=False):
        return _given(inner, _run(call, calls), 2)
    several = [convert(each) for each in calls]
    ways = [[each] if isinstance(each, Tensor) else [*each] for each in several]
    outs, states = [each[0] for each in ways], [state for each in ways for state in each[1:]]
    if mode is None:
        return [*outs, *states]
    if mode == "concat":
        shape = (*outs[0].shape[:-1], sum(each.shape[-1] for each in outs))
        values = [call.plain(each) for each in outs]
        made = movement.concat(call.to, values, len(shape) - 1, shape, call.name)
        return [Tensor(Value(made.index, shape)), *states]
    words = {"sum": "add", "mul": "multiply", "ave": "average"}
    return [merged(call, outs, words.get(str(mode), "merge")), *states]


def _op(call: Call, n: int, ways: int = 1) -> Recurrent:
    sort = _SORTS[call.layer.cls]
    bias = call.flag("use_bias")
    is_double = sort == "gru" and (
        call.flag("reset_after", usual=False) or call.layer.cls.startswith("CuDNN")
    )
    word = "relu" if call.setting("activation") == "relu" and sort == "rnn" else "tanh"
    is_double = is_double or call.layer.cls == "CuDNNLSTM"
    return Recurrent(
        sort,
        n,
        call.count("units"),
        bidirectional=ways == 2,
        bias=bias,
        nonlinearity=word,
        biases=2 if is_double else 1,
    )


def _run(call: Call, ways: Sequence[Call], value: Value | None = None) -> States:
    """The layer whose directions `ways` are."""
    value = call.plain(call.tensor) if value is None else value
    if len(value.shape) != 3:
        raise LayerError("a recurrent layer of what has no steps")
    op = _op(ways[0], value.shape[-1], len(ways))
    tensors: list[Constant] = []
    for way in ways:
        gates = GATES[op.sort] * op.m
        tensors.append(way.weight("kernel", (op.n, gates)))
        tensors.append(way.weight("recurrent_kernel", (op.m, gates)))
        if op.bias:
            tensors.append(way.weight("bias", (op.biases, gates)))
    return recurrent(call.to, value, Dims(2, 0, 1), op, tensors, call.name)


def _all_of(made: States) -> tuple[int, int, int]:
    _, h, batch, steps = made.value.shape
    return batch, steps, h


def _given(call: Call, made: States, ways: int) -> Result:
    """The states of all steps or the last, and both kinds of last ones behind them."""
    batch, steps, h = _all_of(made)
    if call.flag("return_sequences", usual=False):
        out = made.laid_out((2, 3, 0, 1), (batch, steps, h), ways)
    else:
        out = made.last((batch, h))
    if not call.flag("return_state", usual=False):
        return Tensor(out)
    sort = _SORTS.get(call.layer.cls, "lstm")
    inner = [Tensor(made.inner((batch, h)))] if sort == "lstm" else []
    return [Tensor(out), Tensor(made.last((batch, h))), *inner]


@handles("TimeDistributed")
def _each_step(call: Call) -> Result:
    """The layer inside at every step, as if the steps were a batch."""
    plain = call.plain(call.tensor)
    if plain.shape[0] != 1 or len(plain.shape) < 3:
        raise LayerError("steps of what has none")
    steps = Tensor(call.to.reshape(plain, plain.shape[1:], call.name))
    said = call.setting("layer")
    made: Result = call.inside(layer_of(said), [steps])
    out = call.plain(made if isinstance(made, Tensor) else made[0])
    return Tensor(call.to.reshape(out, (1, *out.shape), call.name))


@handles("SpectralNormalization")
def _spectral(call: Call) -> Result:
    """The layer inside, whose weight is divided by its norm; a vector of it is kept."""
    before = {*call.to.params}
    inner = layer_of(call.setting("layer"))
    made: Result = call.inside(inner, [call.tensor])
    kernels = [name for name in call.to.params if name not in before and "bias" not in name]
    for name in kernels[:1]:
        call.keep("vector_u", call.to.params[name][-1])
    return made
