"""Networks that can be built, as the values of a spec, with what they cost by formulas of our own.

Whatever is drawn here is counted here, with nothing of convcost: weights times output positions.
"""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

from benchmarks.fuzzing.draw import Draw

Shape = tuple[int, ...]
Entry = dict[str, Any]


class Piece(NamedTuple):
    """Entries of a list of layers, the shape behind them, and what they cost."""

    entries: list[Entry]
    shape: Shape
    params: int = 0
    macs: int = 0

    def then(self, other: Piece) -> Piece:
        """Both in a row."""
        return Piece(
            [*self.entries, *other.entries],
            other.shape,
            self.params + other.params,
            self.macs + other.macs,
        )


class Network(NamedTuple):
    """A spec's values, and its params and MACs."""

    tree: dict[str, Any]
    params: int
    macs: int


def network(rng: Draw) -> Network:
    """A network of layers, repeats, branches and blocks that fits together."""
    sizes = [rng.choice((1, 2, 5, 8, 9, 16, 32, 56)) for _ in range(rng.choice((1, 2, 2, 2, 2, 3)))]
    shape = (rng.choice((1, 2, 3, 4, 6, 8, 12, 16, 64)), *sizes)
    defaults = _tail(rng) if rng.chance(0.3) else {}
    piece = chain(rng, shape, defaults, rng.randint(1, 6))
    if rng.chance(0.3):
        piece = piece.then(_head(rng, piece.shape))
    tree: dict[str, Any] = {"name": rng.name(0.15)} if rng.chance(0.6) else {}
    tree["input"] = rng.choice(("x".join(map(str, shape)), list(shape)))
    if defaults:
        tree["defaults"] = defaults
    tree["layers"] = piece.entries
    return Network(tree, piece.params, piece.macs)


def chain(rng: Draw, shape: Shape, defaults: Entry, length: int, depth: int = 0) -> Piece:
    """So many entries in a row."""
    piece = Piece([], shape)
    for _ in range(length):
        piece = piece.then(_entry(rng, piece.shape, defaults, depth))
    return piece


def _entry(rng: Draw, shape: Shape, defaults: Entry, depth: int) -> Piece:
    form = rng.random() if depth < 2 else 1.0
    if form < 0.08:
        return _repeat(rng, shape, defaults, depth)
    if form < 0.16:
        return _residual(rng, shape, defaults)
    if form < 0.24:
        return _concat(rng, shape, defaults, depth)
    if form < 0.4:
        return _free(rng, shape)
    return _named(rng, _convolution(rng, shape, defaults))


def _named(rng: Draw, piece: Piece) -> Piece:
    if rng.chance(0.3):
        # Names that are not plain stand in the family of names; here a double one is a refusal.
        piece.entries[0]["name"] = f"{rng.name(0.03)}{rng.randint(10, 9999)}"
    return piece


def _tail(rng: Draw) -> Entry:
    drawn: Entry = {}
    if rng.chance(0.4):
        drawn["bias"] = rng.chance(0.5)
    if rng.chance(0.4):
        drawn["norm"] = rng.choice(("batch", "layer", "group", "instance", "none"))
    if rng.chance(0.4):
        drawn["act"] = rng.choice(("relu", "relu6", "silu", "gelu", "hard-swish", "none"))
    return drawn


def _convolution(rng: Draw, shape: Shape, defaults: Entry) -> Piece:
    n, *sizes = shape
    kind = rng.choice(("standard", "group", "depthwise", "pointwise", "depthwise-separable"))
    entry: Entry = {"kind": kind}
    kernel = 1 if kind == "pointwise" else rng.choice((1, 3, 3, 3, 5))
    if kind != "pointwise":
        entry["k"] = kernel if rng.chance(0.9) else "x".join([str(kernel)] * len(sizes))
    stride = rng.choice((1, 1, 1, 2, 3))
    if stride > 1:
        entry["stride"] = stride
    entry |= _tail(rng)
    out = [-(-size // stride) for size in sizes]
    if kind == "depthwise":
        multiplier = rng.choice((1, 1, 2))
        m = n * multiplier
        if multiplier > 1:
            entry["multiplier"] = multiplier
        stages = [(m, kernel ** len(sizes))]
    else:
        groups = (
            rng.choice([g for g in (2, 3, 4, n) if n % g == 0] or [1]) if kind == "group" else 1
        )
        m = groups * rng.choice((1, 2, 3, 4, 8, 16))
        entry["m"] = m
        if kind == "group":
            entry["groups"] = groups
        taps = kernel ** len(sizes)
        separable = kind == "depthwise-separable"
        stages = [(n, taps), (m, n)] if separable else [(m, n // groups * taps)]
    said = defaults | entry
    per_channel = bool(said.get("bias", False)) + 2 * (
        said.get("norm") in ("batch", "layer", "group")
    )
    weights = sum(channels * taps for channels, taps in stages)
    params = weights + per_channel * sum(channels for channels, _ in stages)
    return Piece([entry], (m, *out), params, weights * prod(out))


def _free(rng: Draw, shape: Shape) -> Piece:
    """A layer that has no weights, and one of a norm's."""
    n, *sizes = shape
    if rng.chance(0.3) and min(sizes) >= 2:
        out = (n, *((size - 2) // 2 + 1 for size in sizes))
        return Piece([{"kind": rng.choice(("max-pool", "avg-pool")), "k": 2}], out)
    if rng.chance(0.3):
        return Piece([{"kind": "batch-norm"}], shape, 2 * n)
    return Piece([{"kind": rng.choice(("relu", "identity", "dropout", "sigmoid"))}], shape)


def _head(rng: Draw, shape: Shape) -> Piece:
    n = shape[0]
    m = rng.choice((1, 10, 100))
    bias = rng.chance(0.5)
    entries: list[Entry] = [
        {"kind": "global-avg-pool"},
        {"kind": "linear", "m": m} | ({"bias": True} if bias else {}),
    ]
    return Piece(entries, (m,), n * m + bias * m, n * m)


def _repeat(rng: Draw, shape: Shape, defaults: Entry, depth: int) -> Piece:
    times = rng.choice((1, 2, 3, 5))
    body = _keeping(rng, shape, defaults)
    entry: Entry = {"repeat": times, "layers": body.entries}
    if rng.chance(0.3):
        entry["name"] = f"{rng.name(0.03)}{rng.randint(10, 9999)}"
    return Piece([entry], shape, times * body.params, times * body.macs)


def _residual(rng: Draw, shape: Shape, defaults: Entry) -> Piece:
    body = _keeping(rng, shape, defaults)
    entry: Entry = {"residual": body.entries}
    if rng.chance(0.3):
        entry["residual"] = {"body": body.entries}
    if rng.chance(0.3):
        entry["act"] = "relu"
    return Piece([entry], shape, body.params, body.macs)


def _keeping(rng: Draw, shape: Shape, defaults: Entry) -> Piece:
    """Layers that give the shape that they take."""
    n, *sizes = shape
    piece = Piece([], shape)
    for _ in range(rng.randint(1, 2)):
        said = {"bias": False, "norm": "none"} if defaults else {}
        if rng.chance(0.5):
            weights = n * 3 ** len(sizes)
            made = Piece(
                [{"kind": "depthwise", "k": 3} | said], shape, weights, weights * prod(sizes)
            )
        else:
            m: object = rng.choice((n, "${n}", "${n * 1}", "${2 * n // 2}"))
            weights = n * n
            entry = {"kind": "pointwise", "m": m} | said
            made = Piece([entry], shape, weights, weights * prod(sizes))
        piece = piece.then(made)
    return piece


def _concat(rng: Draw, shape: Shape, defaults: Entry, depth: int) -> Piece:
    branches = [_keeping(rng, shape, defaults) for _ in range(rng.randint(2, 3))]
    form = rng.choice(("concat", "add", "multiply"))
    lists: Any = [branch.entries for branch in branches]
    if rng.chance(0.4):
        lists = {f"{rng.name(0.05)}{index}": each for index, each in enumerate(lists)}
    channels = shape[0] * len(branches) if form == "concat" else shape[0]
    params = sum(branch.params for branch in branches)
    macs = sum(branch.macs for branch in branches)
    return Piece([{form: lists}], (channels, *shape[1:]), params, macs)
