"""Which networks can be written as code."""

from __future__ import annotations

from convcost.errors import ConvcostError
from convcost.network import Network
from convcost.ops.base import Shape

MOST_LAYERS = 20_000
"""More than in any network there is. Code of so many takes half a minute to write."""


def writable_input(network: Network, made: str) -> Shape:
    """The shape of the network's input; ConvcostError for a list of unrelated layers, which is
    nothing that can be `made`, and for more layers than anybody could run."""
    if network.input is None:
        raise ConvcostError(
            f"a list of unrelated layers is no {made}",
            hint="give the spec an input, such as 3x224x224",
        )
    if len(network.layers) > MOST_LAYERS:
        raise ConvcostError(
            f"{len(network.layers):,} layers are too many for code, which has at most "
            f"{MOST_LAYERS:,}",
            hint="write out a network in which what repeats does so fewer times",
        )
    return network.input
