"""Whole networks, drawn layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from convcost.errors import LayerError
from convcost.kinds import Kind
from convcost.network import Builder, Network
from convcost.rewriting import Replacement
from tests.strategies import CONVOLUTIONS

OPTIONS: dict[str, dict[str, Any]] = {
    "group": {"groups": 2},
    "pointwise-group": {"groups": 2},
    "shufflenet": {"groups": 2},
}
"""What a kind needs to be told besides what a layer brings along."""
WAYS: dict[str, list[Any]] = {
    "stride": [1, 2],
    "padding": ["same", "valid", "same-tf", 1],
    "dilation": [1, 2],
    "groups": [1, 2],
    "bias": [False, True],
    "norm": ["none", "batch", "instance"],
    "act": ["none", "relu"],
    "inner_norm": ["none", "layer"],
    "inner_act": ["none", "tanh"],
}


@st.composite
def networks(draw: st.DrawFn, kinds: Sequence[Kind] = CONVOLUTIONS) -> Network:
    """A chain of a few convolutions, some with an addition behind, and a linear layer."""
    dims = draw(st.integers(1, 2))
    builder = Builder(
        "drawn", (draw(st.sampled_from([3, 4, 8])), *[draw(st.integers(5, 9))] * dims)
    )
    for _ in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from(kinds))
        try:
            before = builder.last
            after = builder.add(kind.name, draw(layer_fields(kind)))
            if builder.shape(before) == builder.shape(after) and draw(st.booleans()):
                builder.add("add", {}, inputs=(before, after))
        except LayerError:
            continue
    if not builder.layers:
        reject()
    builder.add("linear", {"m": 4})
    return builder.network()


@st.composite
def layer_fields(draw: st.DrawFn, kind: Kind) -> dict[str, Any]:
    """What the kind needs, and some of what most take."""
    fields: dict[str, Any] = {}
    for name, field in kind.fields.items():
        if name == "m" and field.required:
            fields[name] = draw(st.sampled_from([4, 8, 12]))
        elif name == "k" and field.required:
            fields[name] = draw(st.sampled_from([1, 3, 5]))
        elif name in WAYS and (field.required or draw(st.booleans())):
            fields[name] = draw(st.sampled_from(WAYS[name]))
    return fields


def everything_to(kind: str) -> list[Replacement]:
    """A replacement of each convolution by `kind`."""
    return [Replacement(each.name, kind, OPTIONS.get(kind, {})) for each in CONVOLUTIONS]
