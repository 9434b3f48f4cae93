"""The letters of the literature's formulas: what each means and how it is read off a layer.

Most formulas need the common letters alone. A kind declares the others where it is registered.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from math import prod
from typing import Any

from convcost.frozen import Frozen
from convcost.ops.base import Op, Sizes
from convcost.ops.conv import ChannelwiseConv, Conv, TransposedConv

LETTER = r"[A-Za-z][A-Za-z_]*[0-9]*"
"""The pattern of one; not compiled before it is asked for, as few commands need it."""


class Built(Frozen):
    """A layer that letters are read off: n to m channels, its fields and the ops it came to.

    `kernel` is the one asked for, also by a kind that has none. The spatial sizes before and
    behind it are None for a layer at one position.
    """

    n: int
    m: int
    kernel: Sizes
    fields: Mapping[str, Any]
    ops: tuple[Op, ...]
    before: Sizes | None = None
    behind: Sizes | None = None

    @property
    def filters(self) -> list[Conv | TransposedConv]:
        """Its convolutions over positions, in order."""
        return [op for op in self.ops if isinstance(op, (Conv, TransposedConv))]

    @property
    def channelwise(self) -> ChannelwiseConv:
        """Its convolution along the channels."""
        return next(op for op in self.ops if isinstance(op, ChannelwiseConv))


class Letter(Frozen):
    """A letter of a formula: its meaning in words, and how its number is read off a layer.

    Without `read`, or where that gives None, the formula is told without numbers.
    """

    name: str
    meaning: str
    read: Callable[[Built], int | None] | None = None


def value_of(name: str) -> Callable[[Built], int]:
    """Reads a letter off the field `name`."""
    return lambda layer: int(layer.fields[name])


def outputs_of(index: int) -> Callable[[Built], int]:
    """Reads a letter off the output channels of the convolution at `index`."""
    return lambda layer: layer.filters[index].m


CHANNELS = (
    Letter("n", "input channels", lambda layer: layer.n),
    Letter("m", "output channels", lambda layer: layer.m),
    Letter("k", "kernel size", lambda layer: layer.kernel[0]),
    Letter("g", "groups", value_of("groups")),
)
POSITIONS = (
    Letter("a", "input positions", lambda layer: _positions(layer.before)),
    Letter("A", "output positions", lambda layer: _positions(layer.behind)),
    Letter("A_in", "input positions", lambda layer: _positions(layer.before)),
)
"""The letters that any kind may use; its own are explained between channels and positions."""
IN_BETWEEN = Letter("r", "filters a channel, or channels in between", outputs_of(0))
FILTERS = IN_BETWEEN.changed(read=lambda layer: layer.filters[0].m // layer.n)
FILTERED = Letter("c", "channels that are filtered", outputs_of(0))
"""Letters that several kinds declare."""


def letters_of(kind: str, formulas: str, own: Iterable[Letter]) -> tuple[Letter, ...]:
    """The letters of a kind's formulas, in the order in which they are explained.

    ValueError if the formulas use a letter that is neither common nor one of the kind's `own`, or
    do not use one of those.
    """
    own = tuple(own)
    used = set(re.findall(LETTER, formulas))
    letters = tuple(each for each in (*CHANNELS, *own, *POSITIONS) if each.name in used)
    if undeclared := used - {letter.name for letter in letters}:
        raise ValueError(f"{kind} uses the letter {min(undeclared)} and does not declare it")
    if unused := {letter.name for letter in own} - used:
        raise ValueError(f"{kind} declares the letter {min(unused)} and does not use it")
    return letters


def _positions(size: Sizes | None) -> int | None:
    return None if size is None else prod(size)
