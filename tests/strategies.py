"""Layers of any kind, drawn from the fields that the kind says it has."""

from __future__ import annotations

from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from convcost.cost import Report, evaluate
from convcost.errors import LayerError
from convcost.kinds import REGISTRY, Kind
from convcost.kinds.fields import FieldDoc
from convcost.kinds.registry import Stages
from convcost.network import Builder
from convcost.ops.base import Shape

CONVOLUTIONS = [kind for kind in REGISTRY.values() if kind.group == "convolution"]
SMALL = {1: 6, 2: 4, 3: 3}
"""How many sizes to choose from to walk, by the number of dims."""
CHANNELS = {1: 3, 2: 2, 3: 2}
"""The most channels in a group."""


INPUTS = {"matmul": 2, "attention": 3, "dynamic": 2, "dynamic-transposed": 2, "deform": 2}
"""How many tensors a joint takes that does not take any number."""
TAIL = ("norm", "act", "inner_norm", "inner_act", "weights", "weights_per", "inner_bias")


@st.composite
def layers(
    draw: st.DrawFn, kind: Kind, tails: bool = True
) -> tuple[tuple[Shape, ...], dict[str, Any]]:
    """A layer's input shapes and fields; not all can be built, but most can.

    Fields are drawn by what they hold, so that kinds to come are drawn as well.
    """
    dims = draw(st.integers(1, 3))
    groups = draw(st.integers(1, 2)) if "groups" in kind.fields else 1
    n, m = (groups * draw(st.integers(1, CHANNELS[dims])) for _ in "nm")
    fields = {
        name: draw(values(field.about, dims))
        for name, field in kind.fields.items()
        if name not in ("n", "m", "groups", "size", "inputs")
        and (tails or name not in TAIL)
        and (field.required or draw(st.booleans()))
    }
    if "groups" in kind.fields:
        fields["groups"] = groups
    if "m" in kind.fields:
        fields["m"] = m
    if "offset_groups" in kind.fields:
        fields["offset_groups"] = groups
    fit(fields, kind, n, dims)
    room = room_for(fields)
    sizes = tuple(draw(st.integers(room, room + SMALL[dims] - 1)) for _ in range(dims))
    if "alpha" in kind.fields:  # channels at half the size need sizes that have a half
        sizes = tuple(size + size % 2 for size in sizes)
    if "shape" in fields:  # one that the elements fit into, and that they can be spread to
        fields["shape"] = draw(st.sampled_from([(n, *sizes), (1, n, *sizes)]))
    if "transpose" in kind.fields:
        fields["transpose"] = (n, *sizes)[-2] != sizes[-1]
    inputs = draw(st.integers(1, 3)) if kind.group == "joint" else 1
    inputs = INPUTS.get(kind.name, inputs)
    if kind.name in ("dynamic", "dynamic-transposed"):  # what arrives twice are the weights, too
        fields["m"] = groups
        sizes = fields["k"] if isinstance(fields["k"], tuple) else (fields["k"],) * dims
    if kind.name == "deform":  # or the offsets
        n = dims * groups * 2**dims
        fields |= {"k": 2, "stride": 1, "padding": "same"}
    return ((n, *sizes),) * inputs, fields


def values(about: FieldDoc, dims: int) -> st.SearchStrategy[Any]:
    """What a field may hold, small."""
    most = 3 if dims < 3 else 2
    match about.variety:
        case "count":
            return st.integers(1, 3)
        case "offset":
            return st.integers(0, 2)
        case "sizes":
            return per_dim(dims, 1, most)
        case "offsets":
            return per_dim(dims, 0, 1)
        case "padding":
            return paddings(dims)
        case "share":
            return st.sampled_from([0, 0.25, 0.5, 1])
        case "flag":
            return st.booleans()
        case "word":
            return st.sampled_from(about.words)
        case "shape":
            return st.just(())
        case "order":
            return st.permutations(range(dims + 1)).map(tuple)
        case _:
            return st.just("roll")


def fit(fields: dict[str, Any], kind: Kind, n: int, dims: int) -> None:
    """Change what could never be built together."""
    if "k" in fields and not kind.fields["k"].required:
        fields["k"] = 1
    if "m" in fields and not kind.fields["m"].required:
        fields["m"] = n * fields.get("multiplier", 1)
    for name, default in {"dc": n, "parts": 4, "r": 4}.items():
        if name in kind.fields:
            fields[name] = min(fields.get(name, default), n)
    if "e1" in fields:
        fields["e1"] = min(fields["e1"], fields["m"])
    if "projection" in fields:  # of fewer units than there are
        fields["m"] += fields["projection"]
    if "width" in kind.fields:
        fields["width"] = fields.get("width", 1) * fields.get("groups", 1)
    if isinstance(fields.get("padding", "same"), str) and fields.get("padding") != "valid":
        fields.pop("output_padding", None)
    if fields.get("ceil"):  # as in PyTorch, where a pool pads by half a kernel at most
        fields["padding"] = smallest(fields["k"]) // 2


def per_dim(dims: int, least: int, most: int) -> st.SearchStrategy[int | tuple[int, ...]]:
    """One number for all dims, or one for each."""
    number = st.integers(least, most)
    return number | st.tuples(*[number] * dims)


def paddings(dims: int) -> st.SearchStrategy[Any]:
    """Every way to write a padding."""
    pair = st.tuples(st.integers(0, 2), st.integers(0, 2))
    words = st.sampled_from(["same", "same-tf", "valid"])
    return words | per_dim(dims, 0, 2) | st.tuples(*[pair] * dims)


def room_for(fields: dict[str, Any]) -> int:
    """A size that the kernel fits on without any padding, if it needs to."""
    if fields.get("padding") in ("same", "same-tf"):
        return 1
    reach = largest(fields.get("dilation", 1)) * (largest(fields.get("k", 1)) - 1) + 1
    return max(1, reach)


def smallest(sizes: int | tuple[int, ...]) -> int:
    return min(sizes) if isinstance(sizes, tuple) else sizes


def largest(sizes: int | tuple[int, ...]) -> int:
    return max(sizes) if isinstance(sizes, tuple) else sizes


def built(kind: Kind, shapes: tuple[Shape, ...], fields: dict[str, Any]) -> tuple[Report, Stages]:
    """A network of this one layer; for a joint, of several inputs of one shape."""
    builder = Builder("one layer", shapes[0])
    try:
        builder.add(kind.name, fields, inputs=(-1,) * len(shapes))
    except LayerError:
        reject()
    network = builder.network()
    return evaluate(network), network.layers[0].stages
