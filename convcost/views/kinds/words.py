"""The kinds in the order and the groups in which people look for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from convcost.kinds import Kind
from convcost.kinds.fields import ACTIVATIONS


def convolutions(kinds: Iterable[Kind]) -> list[Kind]:
    """Those that `compare` can set side by side."""
    return [kind for kind in kinds if kind.group == "convolution"]


def other_layers(kinds: Iterable[Kind]) -> Iterator[tuple[str, str, str]]:
    """Name, parameters and summary of the rest; the activations, which are many, in one line."""
    activations = []
    for kind in kinds:
        if kind.name in ACTIVATIONS:
            activations.append(kind.name)
        elif kind.group != "convolution":
            yield kind.name, kind.formula, kind.summary
    if activations:
        yield "activations", "", ", ".join(activations)
