"""Parameters of an imported network that none of its operations uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from convcost.kinds.fields import UNCLEAR
from convcost.network import INPUT, Builder, Network


def with_unused(
    network: Network, groups: Mapping[tuple[str, bool], int], unique: Callable[[str], str]
) -> Network:
    """The network with a `parameter` layer in front for each group of unused parameters.

    A group is known by its module's name, and by whether it is unsure that they were learned;
    `unique` makes a name that no other layer has.
    """
    sizes = {group: size for group, size in groups.items() if size}
    if not sizes:
        return network
    front = Builder(network.name, network.input)
    for (top, is_unsure), size in sizes.items():
        fields: dict[str, Any] = {"shape": (size,)} | ({"weights": UNCLEAR} if is_unsure else {})
        front.add("parameter", fields, name=unique(f"{top}.unused"), inputs=(INPUT,))
    shift = len(front.layers)
    for layer in network.layers:
        inputs = tuple(index if index == INPUT else index + shift for index in layer.inputs)
        front.layers.append(layer._replace(inputs=inputs))
    return front.network()
