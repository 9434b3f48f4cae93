"""What the low-rank kinds and the building blocks are made of, told a second time, as walks."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

from tests.oracle import Walk, walk_conv
from tests.recipes import Asked, along, conv, pointwise, zeros


def share(of: int) -> int:
    """A quarter, but at least one."""
    return max(1, of // 4)


def low_rank(asked: Asked) -> list[Walk]:
    rank = asked.options.get("rank", share(asked.made))
    thin = conv(asked, asked.shape, rank, asked.k, groups=1)
    return [thin, pointwise(asked, thin.out)]


def cp(asked: Asked) -> list[Walk]:
    rank = asked.options.get("rank", share(asked.made))
    walks = [pointwise(asked, asked.shape, rank)]
    for axis in range(len(asked.k)):
        walks.append(along(asked, axis, walks[-1].out, rank, groups=rank))
    return [*walks, pointwise(asked, walks[-1].out)]


def tucker(asked: Asked) -> list[Walk]:
    before = pointwise(asked, asked.shape, asked.options.get("r3", share(asked.n)))
    core = conv(asked, before.out, asked.options.get("r4", share(asked.made)), asked.k, groups=1)
    return [before, core, pointwise(asked, core.out)]


def bsconv_u(asked: Asked) -> list[Walk]:
    mixed = pointwise(asked, asked.shape)
    return [mixed, conv(asked, mixed.out, asked.made, asked.k, groups=asked.made)]


def bsconv_s(asked: Asked) -> list[Walk]:
    quarter = len(range(0, asked.n, 4))
    middle = asked.options.get("middle", min(asked.n, max(4, quarter)))
    thin = pointwise(asked, asked.shape, middle)
    mixed = pointwise(asked, thin.out)
    return [thin, mixed, conv(asked, mixed.out, asked.made, asked.k, groups=asked.made)]


def ghost(asked: Asked) -> list[Walk]:
    """Every s-th output in full; s - 1 cheap ones from each of those, as many as are needed."""
    s, d = asked.options.get("s", 2), asked.options.get("d", 3)
    full = conv(asked, asked.shape, len(range(0, asked.made, s)), asked.k, groups=1)
    kernel, p = (d,) * len(asked.k), full.out[0]
    cheap = [
        walk_conv(
            full.out,
            p,
            kernel,
            asked.ones,
            zeros("same", kernel, asked.ones),
            asked.ones,
            p,
            asked.bias,
        )
        for _ in range(s - 1)
    ]
    return [full, *cheap, Walk((asked.made, *full.out[1:]))]


def mixed_depthwise(asked: Asked) -> list[Walk]:
    """The first part takes the channels that are left over."""
    parts = asked.options.get("parts", 4)
    widths = [asked.n // parts] * parts
    widths[0] += asked.n - sum(widths)
    walks = []
    for part, width in enumerate(widths):
        kernel = tuple(side + 2 * part for side in asked.k)
        walks.append(conv(asked, (width, *asked.shape[1:]), width, kernel, groups=width))
    return [*walks, Walk((asked.n, *walks[0].out[1:]))]


def partial(asked: Asked) -> list[Walk]:
    r = asked.options.get("r", 4)
    width = sum(channel % r == r - 1 for channel in range(asked.n))
    return [conv(asked, (width, *asked.shape[1:]), width, asked.k, groups=1), Walk(asked.shape)]


def octave(asked: Asked) -> list[Walk]:
    """Four dense convolutions; only the one from full to full size runs at full size."""
    alpha = asked.options.get("alpha", 0.5)
    low_in, low_out = int(asked.n * alpha), int(asked.made * alpha)
    high_in, high_out = asked.n - low_in, asked.made - low_out
    sizes = asked.shape[1:]
    halves = tuple(size // 2 for size in sizes)
    paths = [
        (high_in, high_out, sizes),
        (high_in, low_out, halves),
        (low_in, low_out, halves),
        (low_in, high_out, halves),
    ]
    walks = [
        conv(asked, (inputs, *at), outputs, asked.k, groups=1)
        for inputs, outputs, at in paths
        if inputs and outputs
    ]
    return [*walks, Walk((asked.made, *sizes))]


def bottleneck(asked: Asked) -> list[Walk]:
    width = asked.options.get("width", share(asked.made))
    down = pointwise(asked, asked.shape, width)
    filtered = conv(asked, down.out, width, asked.k, groups=asked.groups)
    return [down, filtered, pointwise(asked, filtered.out)]


def inverted_residual(asked: Asked) -> list[Walk]:
    wide = asked.n * asked.options.get("t", 6)
    up = pointwise(asked, asked.shape, wide)
    filtered = conv(asked, up.out, wide, asked.k, groups=wide)
    return [up, filtered, pointwise(asked, filtered.out)]


def fire(asked: Asked) -> list[Walk]:
    squeezed = pointwise(asked, asked.shape, asked.options.get("squeeze", max(1, asked.made // 8)))
    left = pointwise(asked, squeezed.out, asked.options.get("e1", asked.made // 2))
    right = conv(asked, squeezed.out, asked.made - left.out[0], asked.k, groups=1)
    return [squeezed, left, right, Walk((asked.made, *asked.shape[1:]))]


def shufflenet(asked: Asked) -> list[Walk]:
    width = asked.options.get("width", share(asked.made))
    down = pointwise(asked, asked.shape, width, groups=asked.groups)
    filtered = conv(asked, down.out, width, asked.k, groups=width)
    return [down, filtered, pointwise(asked, filtered.out, groups=asked.groups)]


def shufflenet_v2(asked: Asked) -> list[Walk]:
    half = (len(range(0, asked.n, 2)), *asked.shape[1:])
    first = pointwise(asked, half, half[0])
    filtered = conv(asked, first.out, half[0], asked.k, groups=half[0])
    return [first, filtered, pointwise(asked, filtered.out, half[0]), Walk(asked.shape)]


def convolutional_classification(asked: Asked) -> list[Walk]:
    """One kernel over all positions slides along the channels, once for each class."""
    walk = Walk((asked.made,))
    reach = asked.n - asked.made + 1
    for start in range(asked.made):
        for position in product(*map(range, asked.shape[1:])):
            for channel in range(start, start + reach):
                walk.multiply_add("weight", channel - start, position)
    walk.weights |= {("bias",) for _ in range(asked.bias)}
    return [walk]


BLOCKS: dict[str, Callable[[Asked], list[Walk]]] = {
    "low-rank": low_rank,
    "cp": cp,
    "tucker": tucker,
    "bsconv-u": bsconv_u,
    "bsconv-s": bsconv_s,
    "ghost": ghost,
    "mixed-depthwise": mixed_depthwise,
    "partial": partial,
    "octave": octave,
    "bottleneck": bottleneck,
    "inverted-residual": inverted_residual,
    "fire": fire,
    "shufflenet": shufflenet,
    "shufflenet-v2": shufflenet_v2,
    "convolutional-classification": convolutional_classification,
}
