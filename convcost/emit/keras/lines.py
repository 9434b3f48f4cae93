"""Lines of Keras code: expressions that build tensors, each with its dims in one of two orders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from convcost.emit.pytorch.expressions import laid_out, plain
from convcost.errors import LayerError
from convcost.ops.base import Pads, Sizes

Argument = tuple[str, object, object]
"""A keyword, empty where there is none; a value; and the default, with which it is left out."""
INDENT = 4


class Built(NamedTuple):
    """A tensor in the code: its name, how many dims it has without the batch, and whether the
    channels, which are our first dim, come last."""

    name: str
    rank: int
    is_last: bool


class Lines:
    """The body of a function, line by line."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def assign(self, name: str, text: str) -> None:
        """A variable of any expression."""
        self.lines.append(f"{' ' * INDENT}{name} = {text}")

    def layer(
        self, name: str, cls: str, args: Sequence[Argument], taken: str, held: str = ""
    ) -> None:
        """A variable of what a new layer gives for the tensors `taken`; the layer itself is `held`
        under that name, if it is to be called again."""
        texts = [
            f"{keyword}={literal(value)}" if keyword else literal(value)
            for keyword, value, default in args
            if default is REQUIRED or plain(value) != default
        ]
        if held:
            self.lines.append(laid_out(f"{held} = {cls}", texts, INDENT))
            self.assign(name, f"{held}({taken})")
        else:
            self.lines.append(laid_out(f"{name} = {cls}", texts, INDENT, f"({taken})"))

    def last(self, value: Built) -> Built:
        """The tensor with its channels last."""
        if value.is_last or value.rank < 2:
            return value._replace(is_last=True)
        order = (*range(2, value.rank + 1), 1)
        return self._turned(value, order, is_last=True)

    def plain(self, value: Built) -> Built:
        """The tensor with its channels first, as ours."""
        if not value.is_last or value.rank < 2:
            return value._replace(is_last=False)
        order = (value.rank, *range(1, value.rank))
        return self._turned(value, order, is_last=False)

    def _turned(self, value: Built, order: Sizes, is_last: bool) -> Built:
        name = f"{value.name}_{'last' if is_last else 'first'}"
        self.layer(name, "layers.Permute", [("", Text(repr(order)), REQUIRED)], value.name)
        return Built(name, value.rank, is_last)


class Text(str):
    """Python code, which stands as it is."""

    __slots__ = ()


REQUIRED: object = object()
"""The default of what has none."""


def literal(value: object) -> str:
    """A value as Python text: a tuple of equal numbers as one of them."""
    if isinstance(value, Text):
        return value
    return f'"{value}"' if isinstance(value, str) else repr(plain(value))


def spatial(sizes: Sizes | Pads, what: str) -> int:
    """The number of spatial dims; LayerError if Keras has no such layer."""
    if not 1 <= len(sizes) <= 3:
        raise LayerError(
            f"Keras has no {what} of {len(sizes)} spatial dims",
            hint="reshape what arrives, so that it has one to three",
        )
    return len(sizes)


def pairs(pads: Pads) -> Text:
    """Numbers for each side, as the layers of so many dims take them."""
    if len({each for pair in pads for each in pair}) == 1:
        return Text(pads[0][0])
    return Text(repr(pads[0] if len(pads) == 1 else pads))
