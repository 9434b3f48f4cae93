"""ONNX's recurrent layers, which have one layer each, in one direction or both."""

from __future__ import annotations

from typing import cast

from convcost.errors import LayerError
from convcost.ops.recurrent import Recurrent, Sort
from convcost.sources.imports.assembler import Constant, Value
from convcost.sources.imports.onnx.call import Call, Result, handles, text_of
from convcost.sources.imports.recurrent import Dims, States, recurrent
from convcost.text import with_article


@handles("LSTM", "GRU", "RNN", "com.microsoft.DynamicQuantizeLSTM")
def _recurrent(call: Call) -> Result:
    """Whatever its activations are, and wherever a GRU resets: neither changes what it costs.

    Peepholes are parameters, and no multiply-adds: their products are element by element.
    """
    sort = call.op.removeprefix("dynamicquantize")
    side = 2 if sort == call.op else 1  # the runtime's weights are turned
    inputs, states, bias, peepholes = (_weights(call, index) for index in (1, 2, 3, 7))
    if inputs is None or states is None:
        raise LayerError(f"{call.op} without weights")
    ways = inputs.shape[0]
    op = Recurrent(
        cast(Sort, sort),
        inputs.shape[side],
        states.shape[side],
        bidirectional=ways == 2,
        bias=bias is not None,
        nonlinearity=_nonlinearity(call),
    )
    _initial_states(call)
    if peepholes is not None:
        if not peepholes.params:
            raise LayerError(
                f"{with_article(call.op)} with peepholes, which may have been learned or not"
            )
        call.to.parameters(peepholes.params)
    dims = Dims(2, 0, 1) if call.attribute("layout", 0) else Dims(2, 1, 0)
    tensors = [tensor for tensor in (inputs, states, bias) if tensor is not None]
    made = recurrent(call.to, call.value, dims, op, tensors, call.name)
    return _outputs(call, made._replace(is_single=_is_forward(call)), ways)


def _weights(call: Call, index: int) -> Constant | None:
    tensor = call.input(index)
    if isinstance(tensor, Value):
        raise LayerError(f"{call.op} with weights that depend on the input")
    return tensor


def _outputs(call: Call, made: States, ways: int) -> Result:
    """The states of all steps, the last ones, and an LSTM's own, as far as the node names them."""
    order = (2, 3, 0, 1) if call.attribute("layout", 0) else (3, 0, 2, 1)
    named = [index for index, name in enumerate(call.node.output) if name]
    found: list[Value | Constant] = []
    for index, shape in zip(named, call.shapes, strict=True):
        if index == 0:
            found.append(made.laid_out(order, shape, ways))
        else:
            found.append(made.last(shape) if index == 1 else made.inner(shape))
    return tuple(found)


def _is_forward(call: Call) -> bool:
    return bool(call.attribute("direction", "forward") == "forward")


def _nonlinearity(call: Call) -> str:
    """What a plain layer has in the place of a tanh."""
    names = [
        text_of(name)
        for each in call.node.attribute
        if each.name == "activations"
        for name in each.strings
    ]
    return "relu" if call.op == "rnn" and names[:1] == ["Relu"] else "tanh"


def _initial_states(call: Call) -> None:
    """A state to start from is learned if it is a weight, unless the file shows it to be zero."""
    for index in (5, 6):
        tensor = call.input(index)
        if not isinstance(tensor, Constant):
            continue
        if call.is_zero(index):
            call.to.not_learned(tensor)
        else:
            call.to.parameters(tensor.params)
