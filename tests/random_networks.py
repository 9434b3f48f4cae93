"""Random networks of every kind and shape of graph, under names that are hard to write as code.

The same seed gives the same network everywhere, so that a failure can be told by its number.
"""

from __future__ import annotations

import keyword
from math import prod
from random import Random
from typing import Any

from convcost.errors import LayerError
from convcost.kinds import REGISTRY, Kind
from convcost.kinds.fields import FieldDoc
from convcost.network import INPUT, Builder, Network
from convcost.ops.base import Shape

KINDS = tuple(REGISTRY.values())
CONVOLUTIONS = tuple(kind for kind in KINDS if kind.group == "convolution")
LARGEST = 2**14
"""The most elements of a tensor."""

HARD_NAMES = (
    *keyword.kwlist,
    *keyword.softkwlist,
    *("1", "0", "007", "1conv", "²", "x²", "x2", "x₂", "½", "Ⅷ", "٣", "𝟘", "ﬁre", "fire"),
    *("forward", "Forward", "train", "eval", "half", "float", "type", "to", "children", "modules"),
    *("parameters", "training", "register_buffer", "buffers", "apply", "state_dict", "compile"),
    *("add_module", "zero_grad", "cuda", "requires_grad_", "_modules", "_parameters", "T_out"),
    *("__init__", "__class__", "__dict__", "__call__", "__", "_", "___", "-", ".", "", " ", "\n"),
    *("self", "x", "y", "z", "x1", "nn", "torch", "math", "F", "super", "range", "print", "list"),
    *("nn.Module", "Module", "module", "Net", "Network", "Residual", "residual", "Branches"),
    *("ChannelwiseConv", "channelwise-conv", "stand_in", "fixed", "Conv", "conv", "ConvNorm"),
    *("conv1", "conv2", "conv_1", "conv-1", "conv 1", "CONV", "act", "norm", "body", "shortcut"),
    *("branch1", "layers", "weight", "buffer", "layer", "layer1", "layer_1", "forward_", "class_"),
    *("none", "true", "false", "None1", "exception", "type-error", "warning", "layer1.0.conv"),
    *('"', "'", '"""', "'''", 'a"""b', "\\", "a\\", 'a\\"', "{", "}", "{0}", "{self}", "%s", "#"),
    *("a\nb", "a\rb", "a\u2028b", "a\u2029b", "a\x0cb", "a\x00b", "\x1b[31m", "\ud800", "\ufeff"),
    *("😀", "a😀", "שלום", "\u202eabc", "a\u200db", "卷积", "été", "e\u0301te\u0301", "İ", "ß"),
    *("ſelf", "Straße", "ª", "a\u0300", "\u0300a", "·a", "a·", "℘", "_1", "1_", "K", "ΐ", "ᾳ"),
    *("a" * 300, "long name of many words " * 9, "x" * 90 + "1", "x" * 90 + "2"),
)


_NOT_DRAWN = ("n", "size", "inputs", "macs", "activations")
"""What arrives says, or, of an operation without code, only whoever knows it."""


def random_network(seed: int) -> Network:
    """A network of 1 to 12 layers, most of which have a name that is hard."""
    random = Random(seed)  # noqa: S311 - no secret hangs on it
    builder = Builder(hard_name(random), _input(random))
    pieces = random.choice((_chain, _graph, _mixed))
    pieces(random, builder, random.randint(1, 12))
    if not builder.layers:
        builder.add("relu", {}, name=hard_name(random))
    return builder.network()


def hard_name(random: Random) -> str:
    """One of the names that are hard, two of them as one, or any few characters."""
    match random.randrange(8):
        case 0:
            return ""
        case 1:
            return "".join(chr(random.randrange(0x2FF)) for _ in range(random.randint(1, 4)))
        case 2:
            return chr(random.randrange(0x110000))
        case 3:
            mark = random.choice(("", ".", "-", " ", "_", "1"))
            return mark.join((random.choice(HARD_NAMES), random.choice(HARD_NAMES)))
    return random.choice(HARD_NAMES)


def _input(random: Random) -> Shape:
    dims = random.choice((0, 1, 2, 2, 2, 3))
    return (random.choice((1, 2, 3, 4, 8)), *(random.randint(2, 9) for _ in range(dims)))


def _chain(random: Random, builder: Builder, length: int) -> None:
    for _ in range(length):
        _add(random, builder, (builder.last,))


def _graph(random: Random, builder: Builder, length: int) -> None:
    """Every layer follows any one before it, or several of one shape."""
    for _ in range(length):
        _add(random, builder, _sources(random, builder))


def _mixed(random: Random, builder: Builder, length: int) -> None:
    """Chains with branches that meet again."""
    while len(builder.layers) < length:
        if random.random() < 0.4:
            _add(random, builder, (builder.last,))
            continue
        start = builder.last
        ends = []
        for _ in range(random.choice((1, 2, 2, 3))):
            end = start
            for _ in range(random.randint(0, 3)):
                end = _add(random, builder, (end,), keep=random.random() < 0.7)
            ends.append(end)
        if random.random() < 0.5:
            ends.append(start)
        _add(random, builder, tuple(ends), random.choice(("add", "concat", "multiply")))
        length -= 1


def _sources(random: Random, builder: Builder) -> tuple[int, ...]:
    everything = range(INPUT, len(builder.layers))
    first = random.choice((builder.last, random.choice(everything)))
    alike = [at for at in everything if builder.shape(at) == builder.shape(first)]
    return (first, *random.choices(alike, k=random.choice((0, 0, 0, 1, 2))))


def _add(
    random: Random,
    builder: Builder,
    sources: tuple[int, ...],
    wanted: str = "",
    keep: bool = False,
) -> int:
    """A layer behind `sources`, if one of a few tries fits; the index of what stands last.

    `keep`: one that likely keeps the shape.
    """
    shape = builder.shape(sources[0])
    assert shape is not None
    for _ in range(6):
        kind = REGISTRY[wanted] if wanted else _kind(random, len(sources))
        fields = {
            name: _value(random, name, field.about, shape)
            for name, field in kind.fields.items()
            if name not in _NOT_DRAWN and (field.required or random.random() < 0.3)
        }
        if keep:
            fields |= {"stride": 1} if "stride" in kind.fields else {}
            fields |= {"m": shape[0]} if "m" in kind.fields else {}
            fields |= {"padding": "same"} if "padding" in kind.fields else {}
        try:
            at = builder.add(kind.name, fields, name=hard_name(random), inputs=sources)
        except LayerError:
            continue
        if prod(builder.outs[at]) <= LARGEST:
            return at
        del builder.layers[at], builder.outs[at]
    return sources[0]


def _kind(random: Random, inputs: int) -> Kind:
    if inputs > 1:
        return random.choice([kind for kind in KINDS if kind.group == "joint"])
    return random.choice((REGISTRY["standard"], random.choice(CONVOLUTIONS), random.choice(KINDS)))


def _value(random: Random, name: str, about: FieldDoc, shape: Shape) -> Any:
    dims = len(shape) - 1
    match about.variety:
        case "count":
            return random.choice((1, 2, 3, 4, 8))
        case "offset":
            return random.randint(0, 2)
        case "sizes":
            return _sizes(random, dims, 1, 3)
        case "offsets":
            return _sizes(random, dims, 0, 1)
        case "padding":
            pairs = tuple((random.randint(0, 2), random.randint(0, 2)) for _ in range(dims))
            return random.choice(("same", "same-tf", "valid", _sizes(random, dims, 0, 2), pairs))
        case "share":
            return random.choice((0, 0.25, 0.5, 1))
        case "flag":
            return random.random() < 0.5
        case "word":
            return random.choice(about.words)
        case "order":
            return tuple(random.sample(range(dims + 1), dims + 1))[: random.randint(1, dims + 1)]
        case "shape":
            return _shape(random, shape)
    if name == "sort":
        return random.choice(("mean", "sum", "max", "min", "var", "std", "median"))
    return random.choice(("sub", "div", "pow", hard_name(random) or "op"))


def _sizes(random: Random, dims: int, least: int, most: int) -> Any:
    if random.random() < 0.5 or not dims:
        return random.randint(least, most)
    return tuple(random.randint(least, most) for _ in range(dims))


def _shape(random: Random, shape: Shape) -> Shape:
    whole = prod(shape)
    first = random.choice([size for size in range(1, whole + 1) if whole % size == 0])
    return random.choice((shape, shape[::-1], (2, *shape), (whole,), (first, whole // first)))
