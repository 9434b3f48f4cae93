"""Parameters of an imported network that none of its operations uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

from convcost.kinds.fields import UNCLEAR
from convcost.network import INPUT, Builder, Network
from convcost.operands import Operands

if TYPE_CHECKING:
    from convcost.sources.imports.assembler import Assembler

UNUSED = ".unused"
"""What the names of their layers end in."""
Group = tuple[str, bool]
"""A module's name, and whether it is unsure that its parameters were learned."""


def with_unused(network: Network, groups: Mapping[Group, Sequence[str]], to: Assembler) -> Network:
    """The network with a `parameter` layer in front for each group of unused parameters of `to`,
    which names it."""
    sizes = {group: sum(prod(to.params[name]) for name in groups[group]) for group in groups}
    if not any(sizes.values()):
        return network
    front = Builder(network.name, network.input)
    for (top, is_unsure), size in sizes.items():
        if size:
            fields: dict[str, Any] = {"shape": (size,)}
            fields |= {"weights": UNCLEAR} if is_unsure else {}
            fields |= Operands(None, to.numbers.of(groups[top, is_unsure])).told
            name = to.unique(f"{top}{UNUSED}")
            front.add("parameter", fields, name=name, inputs=(INPUT,))
    shift = len(front.layers)
    for layer in network.layers:
        inputs = tuple(index if index == INPUT else index + shift for index in layer.inputs)
        front.layers.append(layer._replace(inputs=inputs))
    return front.network()
