"""The lines of `forward` that an op becomes."""

from __future__ import annotations

from typing import NamedTuple

from convcost.emit.pytorch.expressions import Call


class Step(NamedTuple):
    """One line of `forward`: `text` with `{0}`, `{1}` for its inputs and `{self}` for `call`'s
    module, which is made under a name like `hint`."""

    text: str
    hint: str = ""
    call: Call | None = None


MODULE = "{self}({0})"


def module(hint: str, call: Call) -> Step:
    """A module that is called with what arrives."""
    return Step(MODULE, hint, call)


def owned(call: Call, learned: bool | None) -> Call:
    """The module with its weights turned into constants, if they are known not to be `learned`."""
    return Call("fixed", (("", call),)) if learned is False else call
