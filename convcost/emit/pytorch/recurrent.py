"""Recurrent layers as PyTorch's own, which take the steps before the features."""

from __future__ import annotations

from typing import NamedTuple

from convcost.emit.pytorch.expressions import Call, Slot
from convcost.ops.base import Shape
from convcost.ops.recurrent import Recurrent


class Turned(NamedTuple):
    """A module, whether it gives states besides, and what turns its input and its output."""

    call: Call
    gives_states: bool
    there: str = ""
    back: str = ""


def recurrent(op: Recurrent, shape: Shape) -> Turned:
    """`op` on an input of `shape`: a cell where it is one, else a layer whose batch is first."""
    options: list[tuple[str, Slot | str]] = [("bias", Slot("bias", op.bias, True))]
    if op.nonlinearity != "tanh":
        options.append(("nonlinearity", f'"{op.nonlinearity}"'))
    if op.alone and op.layers == 1 and not op.bidirectional and not op.projection:
        return Turned(_call(f"nn.{op.sort.upper()}Cell", op, options), op.sort == "lstm")
    options += [
        ("num_layers", Slot("num_layers", op.layers, 1)),
        ("batch_first", "True"),
        ("bidirectional", Slot("bidirectional", op.bidirectional, False)),
        ("proj_size", Slot("proj_size", op.projection or 0, 0)),
    ]
    call = _call(f"nn.{op.sort.upper()}", op, options)
    sequences = shape[1:-1]
    if op.alone:
        return Turned(call, True, "{0}.unsqueeze(1)", "{0}.squeeze(1)")
    if not sequences:
        return Turned(call, True, "{0}.transpose(1, 2)", "{0}.transpose(1, 2)")
    last = len(shape)
    places = ", ".join(map(str, range(2, last + 1)))
    there = f"{{0}}.permute(0, {places}, 1).flatten(0, {last - 2})"
    sizes = ", ".join(map(str, (-1, *sequences)))
    again = ", ".join(map(str, range(1, last)))
    back = f"{{0}}.unflatten(0, ({sizes})).permute(0, {last}, {again})"
    return Turned(call, True, there, back)


def _call(name: str, op: Recurrent, options: list[tuple[str, Slot | str]]) -> Call:
    return Call(name, (("", Slot("in", op.n)), ("", Slot("out", op.m)), *options))
