"""Every kind of convolution, and pooling, against PyTorch: shapes, parameters, multiply-adds.

    pip install torch==2.13.0
    python benchmarks/against_torch.py [-n LAYERS] [--seed SEED] [KIND...]

For each kind, layers with random fields are built twice: by convcost, and of PyTorch's own modules
on the meta device, where nothing is computed. The number of parameters, each output shape and
half of what torch.utils.flop_counter finds must be equal. Ends with exit code 1 if any is not.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable
from math import ceil
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from convcost.cost import LayerCost, evaluate
from convcost.errors import LayerError
from convcost.kinds import REGISTRY, Kind, Stages
from convcost.network import Builder
from convcost.ops.base import Op, Pads, Shape
from convcost.ops.conv import ChannelwiseConv, Conv, Linear, TransposedConv
from convcost.ops.joints import Add, Concat
from convcost.ops.pooling import AdaptivePool, Pool, Upsample
from convcost.ops.structure import Activation, Flatten, Identity, Norm, Reshape, Shuffle, Slice

POOLS = ("max-pool", "avg-pool", "global-avg-pool", "adaptive-avg-pool")


class Translated(NamedTuple):
    """An op in PyTorch: a function of tensors, and the modules or parameters that it owns."""

    call: Callable[..., Tensor]
    owned: tuple[nn.Module | nn.Parameter, ...] = ()


def run(translated: list[Translated], stages: Stages, image: Tensor) -> list[Tensor]:
    """Every stage's output."""
    outs: list[Tensor] = []
    for (call, _), (_, sources) in zip(translated, stages, strict=True):
        outs.append(call(*(outs[at] if at >= 0 else image for at in sources)))
    return outs


def parameters(translated: list[Translated]) -> int:
    """How many learnable numbers there are."""
    owned = [owner for each in translated for owner in each.owned]
    return sum(
        sum(parameter.numel() for parameter in owner.parameters())
        if isinstance(owner, nn.Module)
        else owner.numel()
        for owner in owned
    )


def module(made: nn.Module) -> Translated:
    """A module as it is."""
    return Translated(made.eval(), (made,))


def along_channels(op: ChannelwiseConv, dims: int) -> Translated:
    """Shared kernels that slide along the channels: a convolution with the channels as a dim.

    Zeros behind the channels make for an output for every `stride` of them.
    """
    ones = (1,) * dims
    sort = (nn.Conv1d, nn.Conv2d, nn.Conv3d)[dims]
    conv = sort(1, op.kernels, (op.taps, *ones), (op.stride, *ones), bias=False)
    zeros = (op.n // op.stride - 1) * op.stride + op.taps - op.n

    def call(image: Tensor) -> Tensor:
        padded = functional.pad(image[:, None], [0] * (2 * dims) + [0, zeros])
        out: Tensor = conv(padded).flatten(1, 2)
        return out

    bias = (nn.Parameter(torch.empty(op.m)),) if op.bias else ()
    return Translated(call, (conv, *bias))


def tensorflows_pads(op: Conv, sizes: tuple[int, ...]) -> Pads:
    """The zeros of TensorFlow's `SAME`, which depend on the input's size."""
    pads = []
    for size, side, step, spread in zip(sizes, op.kernel, op.stride, op.dilation, strict=True):
        needed = (ceil(size / step) - 1) * step + spread * (side - 1) + 1 - size
        before = max(0, needed) // 2
        pads.append((before, max(0, needed) - before))
    return tuple(pads)


def convolution(op: Conv, _dims: int) -> Translated:
    """A Conv1d, Conv2d or Conv3d, behind zeros of their own where the two sides differ."""
    sort: Any = (nn.Conv1d, nn.Conv2d, nn.Conv3d)[len(op.kernel) - 1]
    shared = {"stride": op.stride, "dilation": op.dilation, "groups": op.groups, "bias": op.bias}
    if not isinstance(op.padding, str) and all(before == behind for before, behind in op.padding):
        pads = tuple(before for before, _ in op.padding)
        return module(sort(op.n, op.m, op.kernel, padding=pads, **shared))
    conv = sort(op.n, op.m, op.kernel, **shared)

    def call(image: Tensor) -> Tensor:
        pads = op.padding
        if isinstance(pads, str):
            pads = tensorflows_pads(op, tuple(image.shape[2:]))
        out: Tensor = conv(functional.pad(image, sides(pads)))
        return out

    return Translated(call, (conv,))


def transposed(op: TransposedConv, dims: int) -> Translated:
    """A ConvTranspose1d, 2d or 3d, cut afterwards where the two sides differ."""
    sort: Any = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)[dims - 1]
    is_even = all(before == behind for before, behind in op.padding)
    conv = sort(
        op.n,
        op.m,
        op.kernel,
        stride=op.stride,
        padding=tuple(before for before, _ in op.padding) if is_even else 0,
        output_padding=op.output_padding,
        groups=op.groups,
        bias=op.bias,
        dilation=op.dilation,
    )
    if is_even:
        return module(conv)
    cut = [-side for side in sides(op.padding)]
    return Translated(lambda image: functional.pad(conv(image), cut), (conv,))


def sides(pads: Pads) -> list[int]:
    """Pads in PyTorch's order: the last dim comes first."""
    return [side for pair in reversed(pads) for side in pair]


def pool(op: Pool, dims: int) -> Translated:
    """A max or average pool, which PyTorch pads on both sides alike."""
    sort: Any = {
        "max": (nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d),
        "avg": (nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d),
    }[op.sort][dims - 1]
    assert not isinstance(op.padding, str)
    pads = tuple(before for before, _ in op.padding)
    return module(sort(op.kernel, op.stride, pads, ceil_mode=op.ceil))


def adaptive_pool(op: AdaptivePool, dims: int) -> Translated:
    """An adaptive average pool."""
    sort: Any = (nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d, nn.AdaptiveAvgPool3d)[dims - 1]
    return module(sort(op.size))


TRANSLATIONS: dict[type[Op], Callable[[Any, int], Translated]] = {
    Conv: convolution,
    TransposedConv: transposed,
    ChannelwiseConv: along_channels,
    Linear: lambda op, _: module(nn.Linear(op.n, op.m, op.bias)),
    # The one batch norm that takes any number of dims; in evaluation it is like the others.
    Norm: lambda op, _: module(nn.SyncBatchNorm(op.channels, affine=op.affine)),
    Pool: pool,
    AdaptivePool: adaptive_pool,
    Activation: lambda _op, _: module(nn.ReLU()),
    Upsample: lambda op, _: module(nn.Upsample(scale_factor=tuple(map(float, op.factor)))),
    Shuffle: lambda op, _: module(nn.ChannelShuffle(op.groups)),
    Slice: lambda op, _: Translated(lambda image: image[:, op.start : op.stop]),
    Flatten: lambda _op, _: module(nn.Flatten()),
    Reshape: lambda op, _: Translated(lambda image: image.reshape(1, *op.shape)),
    Identity: lambda _op, _: module(nn.Identity()),
    Add: lambda _op, _: Translated(lambda *images: sum(images[1:], images[0])),
    Concat: lambda _op, _: Translated(lambda *images: torch.cat(images, 1)),
}


def random_layer(kind: Kind, chance: random.Random) -> tuple[Shape, dict[str, Any]]:
    """An input shape and fields for the kind, drawn by what the fields hold."""
    # PyTorch's convolutions have three dims at most, of which these need one for the channels.
    is_along_channels = kind.name.endswith("-wise") or "size" in kind.fields
    dims = chance.choice((1, 2) if is_along_channels else (1, 2, 2, 3))
    groups = chance.choice((1, 2, 4))
    n, m = groups * chance.randint(1, 16), groups * chance.randint(1, 16)
    is_pool = "ceil" in kind.fields
    k = per_dim(chance, dims, 1, 5)
    drawn: dict[str, Callable[[], Any]] = {
        "m": lambda: chance.choice((m, n)),
        "k": lambda: k,
        "groups": lambda: groups,
        "stride": lambda: per_dim(chance, dims, 1, 3),
        "dilation": lambda: per_dim(chance, dims, 1, 3),
        "padding": lambda: tuple(side // 2 for side in k) if is_pool else padding(chance, dims),
        "output_padding": lambda: per_dim(chance, dims, 0, 1),
        "bias": lambda: chance.random() < 0.5,
        "ceil": lambda: chance.random() < 0.5,
        "out": lambda: per_dim(chance, dims, 1, 7),
        "norm": lambda: chance.choice(("none", "batch", "group")),
        "act": lambda: chance.choice(("none", "relu")),
        "width": lambda: groups * chance.randint(1, 8),
        "alpha": lambda: chance.choice((0, 0.25, 0.5, 1)),
    }
    counts = ("multiplier", "rank", "middle", "dc", "r3", "r4", "s", "d", "t", "e1", "squeeze")
    drawn |= {name: lambda: chance.randint(1, 6) for name in (*counts, "parts", "r")}
    fields = {
        name: drawn[name]()
        for name, field in kind.fields.items()
        if name in drawn and (field.required or is_pool or chance.random() < 0.6)
    }
    # AvgPool3d refuses sizes below its kernel's, however they are padded.
    least = 3 if is_pool else 1
    return (n, *(2 * chance.randint(least, 12) for _ in range(dims))), fields


def per_dim(chance: random.Random, dims: int, least: int, most: int) -> tuple[int, ...]:
    """A random number for each dim."""
    return tuple(chance.randint(least, most) for _ in range(dims))


def padding(chance: random.Random, dims: int) -> Any:
    """One of the ways to write a padding."""
    pairs = tuple(per_dim(chance, 2, 0, 3) for _ in range(dims))
    return chance.choice(("same", "same-tf", "valid", per_dim(chance, dims, 0, 3), pairs))


def differences(layer: LayerCost, stages: Stages, shape: Shape) -> list[str]:
    """What PyTorch finds to be otherwise."""
    with torch.device("meta"):
        translated = [TRANSLATIONS[type(op)](op, len(shape) - 1) for op, _ in stages]
        image = torch.empty(1, *shape)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        outs = run(translated, stages, image)
    found = {
        "shapes": [tuple(out.shape[1:]) for out in outs],
        "params": parameters(translated),
        "macs": counter.get_total_flops() // 2,
    }
    counted = {
        "shapes": [stage.out for stage in layer.stages],
        "params": layer.params,
        "macs": layer.macs,
    }
    return [
        f"{what}: convcost {counted[what]}, PyTorch {found[what]}"
        for what in found
        if found[what] != counted[what]
    ]


def check(kind: Kind, layers: int, chance: random.Random) -> bool:
    """Compare random layers of one kind; print how many, and the first that differs."""
    compared = refused = 0
    while compared < layers and refused < 20 * layers:
        shape, fields = random_layer(kind, chance)
        builder = Builder("one layer", shape)
        try:
            builder.add(kind.name, fields)
        except LayerError:
            refused += 1
            continue
        network = builder.network()
        (layer,) = evaluate(network).layers
        try:
            wrong = differences(layer, network.layers[0].stages, shape)
        except (RuntimeError, ValueError, TypeError) as error:
            wrong = [f"PyTorch cannot build it: {error}"]
        if wrong:
            print(f"{kind.name}: {shape} {fields}", *wrong, sep="\n    ")
            return False
        compared += 1
    print(f"{kind.name:36}{compared:6} equal")
    return compared == layers


def main() -> None:
    """Check the kinds asked for, or all that PyTorch has modules for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("kinds", nargs="*", metavar="KIND")
    parser.add_argument("-n", "--layers", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    names = asked.kinds or [
        kind.name
        for kind in REGISTRY.values()
        if kind.group == "convolution" or kind.name in (*POOLS, "linear", "shuffle")
    ]
    chance = random.Random(asked.seed)
    results = [check(REGISTRY[name], asked.layers, chance) for name in names]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
