"""Recurrent layers as PyTorch's own, which take the steps before the features."""

from __future__ import annotations

from convcost.emit.pytorch.expressions import Call, Slot
from convcost.emit.pytorch.steps import MODULE, Step, owned
from convcost.ops.base import Shape
from convcost.ops.recurrent import Recurrent


def recurrent(op: Recurrent, shape: Shape) -> list[Step]:
    """`op` on an input of `shape`: a cell where it is one, else a layer whose batch is first."""
    options: list[tuple[str, Slot | str]] = [("bias", Slot("bias", op.bias, True))]
    if op.nonlinearity != "tanh":
        options.append(("nonlinearity", f'"{op.nonlinearity}"'))
    if op.alone and op.layers == 1 and not op.bidirectional and not op.projection:
        gives_states = op.sort == "lstm"
        return [_module(op, _call(f"nn.{op.sort.upper()}Cell", op, options), gives_states)]
    options += [
        ("num_layers", Slot("num_layers", op.layers, 1)),
        ("batch_first", "True"),
        ("bidirectional", Slot("bidirectional", op.bidirectional, False)),
        ("proj_size", Slot("proj_size", op.projection or 0, 0)),
    ]
    there, back = _turns(op, shape)
    return [Step(there), _module(op, _call(f"nn.{op.sort.upper()}", op, options)), Step(back)]


def _turns(op: Recurrent, shape: Shape) -> tuple[str, str]:
    """What turns an input of `shape` to steps x features, sequences for a batch, and back."""
    sequences = shape[1:-1]
    if op.alone:
        return "{0}.unsqueeze(1)", "{0}.squeeze(1)"
    if not sequences:
        return "{0}.transpose(1, 2)", "{0}.transpose(1, 2)"
    last = len(shape)
    places = ", ".join(map(str, range(2, last + 1)))
    there = f"{{0}}.permute(0, {places}, 1).flatten(0, {last - 2})"
    sizes = ", ".join(map(str, (-1, *sequences)))
    again = ", ".join(map(str, range(1, last)))
    return there, f"{{0}}.unflatten(0, ({sizes})).permute(0, {last}, {again})"


def _module(op: Recurrent, call: Call, gives_states: bool = True) -> Step:
    text = f"{MODULE}[0]" if gives_states else MODULE
    if op.bias and op.biases == 1:
        call = Call("one_bias", (("", call),))
    return Step(text, op.sort, owned(call, op.learned))


def _call(name: str, op: Recurrent, options: list[tuple[str, Slot | str]]) -> Call:
    return Call(name, (("", Slot("in", op.n)), ("", Slot("out", op.m)), *options))
