"""PyTorch's recurrent layers and cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcost.errors import LayerError
from convcost.ops.recurrent import GATES, Recurrent, Sort
from convcost.sources.imports.assembler import Constant
from convcost.sources.imports.pytorch.call import Call, Result, handles
from convcost.sources.imports.recurrent import Dims, States, recurrent

_SORTS: dict[str, Sort] = {"lstm": "lstm", "gru": "gru", "rnn": "rnn"}


@handles("lstm", "gru", "rnn_tanh", "rnn_relu")
def _layer(call: Call) -> Result:
    dims = Dims(2, 1, 0)
    order: tuple[int, ...] = (3, 2, 1)
    if call.arg("batch_sizes") is not None:  # packed: the steps of all sequences in a row
        dims, order = Dims(1, None, 0), (3, 1)
    elif call.arg("batch_first"):
        dims, order = Dims(2, 0, 1), (2, 3, 1)
    bias = bool(call.arg("has_biases"))
    made = _made(call, dims, call.arg("params"), bias)
    _, last, *inner = call.shapes
    out = made.laid_out(order, call.shape)
    return (out, made.last(last), *map(made.inner, inner))


@handles("lstm_cell", "gru_cell", "rnn_tanh_cell", "rnn_relu_cell")
def _cell(call: Call) -> Result:
    tensors = [call.arg(name) for name in ("w_ih", "w_hh", "b_ih", "b_hh")]
    given = [tensor for tensor in tensors if tensor is not None]
    made = _made(call, Dims(1, 0, None), given, len(given) > 2)
    out = made.laid_out((2, 1), call.shape)
    return (out, made.inner(call.shapes[1])) if len(call.shapes) > 1 else out


def _made(call: Call, dims: Dims, weights: Sequence[Any], bias: bool) -> States:
    value = call.live(call.arg("input", "data"))
    tensors = [tensor for tensor in weights if isinstance(tensor, Constant)]
    if len(tensors) < max(2, len(weights)):
        raise LayerError(f"{call.op} with weights that depend on the input")
    op = _op(call, tensors[0].shape, tensors[1].shape, bias)
    made = recurrent(call.to, value, dims, op, tensors, call.name)
    hx = call.arg("hx")
    for state in hx if isinstance(hx, list) else [hx]:
        if isinstance(state, Constant):  # one that is learned
            call.to.parameters(state.params)
    return made


def _op(call: Call, inputs: Any, states: Any, bias: bool) -> Recurrent:
    """What it is, by the shapes of its first weights: (gates·m, n) and (gates·m, h)."""
    sort = _SORTS[call.op.partition("_")[0]]
    m = inputs[0] // GATES[sort]
    return Recurrent(
        sort,
        inputs[1],
        m,
        call.arg("num_layers") or 1,
        bool(call.arg("bidirectional")),
        states[1] if states[1] != m else None,
        bias,
        "relu" if "relu" in call.op else "tanh",
        alone="cell" in call.op,
    )
