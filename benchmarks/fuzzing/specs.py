"""The family of specs: networks with every form of the language, and such that are a little wrong.

About half of them can be counted by formulas of our own; the others hold every kind of layer.
"""

from __future__ import annotations

from typing import Any

from benchmarks.fuzzing import mutate
from benchmarks.fuzzing.calls import calls_about
from benchmarks.fuzzing.case import Call, Case, Write
from benchmarks.fuzzing.draw import HUGE, Draw
from benchmarks.fuzzing.networks import Network, network
from benchmarks.fuzzing.yamltext import spec_text

PATH = "net.yaml"

KINDS = (
    *("standard", "group", "depthwise", "pointwise", "pointwise-group", "depthwise-separable"),
    *("spatial-separable", "depthwise-spatial-separable", "channel-wise", "transposed", "low-rank"),
    *("depthwise-separable-channel-wise", "depthwise-separable-transposed", "cp", "tucker"),
    *("bsconv-u", "bsconv-s", "ghost", "mixed-depthwise", "partial", "octave", "bottleneck"),
    *("inverted-residual", "fire", "shufflenet", "shufflenet-v2", "convolutional-classification"),
)
NO_CHANNELS = ("depthwise", "mixed-depthwise", "partial", "shufflenet-v2")
NO_KERNEL = ("pointwise", "pointwise-group", "channel-wise", "convolutional-classification")
NEED_GROUPS = ("group", "pointwise-group", "shufflenet")
LAYERS: tuple[dict[str, Any], ...] = (
    *({"kind": "flatten"}, {"kind": "dropout"}, {"kind": "identity"}, {"kind": "softmax"}),
    *({"kind": "shuffle", "groups": 2}, {"kind": "slice", "stop": 1}, {"kind": "crop", "out": 1}),
    *({"kind": "upsample", "scale": 2}, {"kind": "resize", "out": 8}, {"kind": "last-norm"}),
    *({"kind": "max-pool", "k": 3, "stride": 2, "ceil": True}, {"kind": "global-max-pool"}),
    *({"kind": "adaptive-avg-pool", "out": 3}, {"kind": "layer-norm"}, {"kind": "instance-norm"}),
    *(
        {"kind": "projection", "m": 7},
        {"kind": "pad", "padding": 1},
        {"kind": "reduce", "dims": [1]},
    ),
    *({"kind": "add", "from": ["input", "input"]}, {"kind": "relu", "from": "input"}),
    *({"kind": "parameter", "shape": [4, 4]}, {"kind": "constant", "shape": "3x3"}),
    *({"kind": "permute", "order": [0, 2, 1]}, {"kind": "broadcast", "shape": [8, 8, 8]}),
    *({"kind": "gather", "op": "roll", "shape": [8, 4]}, {"kind": "reshape", "shape": [2, 32]}),
    *({"kind": "matmul", "from": ["input", "input"], "transpose": True}, {"kind": "hard-swish"}),
    *({"kind": "attention", "from": ["input"] * 3}, {"use": "squeeze-excite", "squeeze": 2}),
    *({"kind": "unknown", "op": "Mystery", "shape": [8, 4, 4]}, {"use": "dense-layer"}),
    *({"use": "bottleneck", "m": 8, "width": 4}, {"use": "inverted-residual", "m": 8, "t": 2}),
    *({"use": "fire", "s1": 2, "e1": 3, "e3": 3}, {"use": "ghost-bottleneck", "m": 8, "width": 8}),
    *({"use": "unit", "m": 6}, {"use": "unit", "m": "${n}", "stride": 2}, {"when": False}),
    *({"repeat": "${i + 1}", "layers": []}, {"repeat": 0, "layers": [{"kind": "relu"}]}),
)
UNIT = {
    "params": {"m": None, "stride": 1},
    "vars": {"narrow": "${max(1, m // 2)}"},
    "layers": [
        {"kind": "pointwise", "m": "${narrow}"},
        {"name": "mid", "kind": "standard", "m": "${narrow}", "k": 3, "stride": "${stride}"},
        {"kind": "pointwise", "m": "${m}", "when": "${stride > 0}"},
    ],
}


def case(rng: Draw) -> Case:
    """A spec, and command lines about it."""
    made = network(rng)
    path = PATH if rng.chance(0.95) else rng.choice(("a b.yaml", "-x.yaml", "ü.yml", "a#b.yaml"))
    form = rng.random()
    if form < 0.35:
        said = spec_text(rng, _plainly(rng, made))
        return _case(rng, path, said.encode("utf-8", "surrogatepass"), (made.params, made.macs))
    if form < 0.38:
        return _half_understood(rng, made)
    tree = _richly(rng, made)
    if form < 0.6:
        return _case(rng, path, spec_text(rng, tree).encode("utf-8", "surrogatepass"))
    if form < 0.61:
        return _case(rng, path, large(rng))
    if form < 0.65:
        return _case(rng, path, spec_text(rng, vast(rng)).encode())
    if rng.chance(0.7):
        tree = mutate.structure(rng, tree)
        said = spec_text(rng, tree)
        return _case(rng, path, said.encode("utf-8", "surrogatepass"))
    return _case(rng, path, mutate.text(rng, tree, spec_text(rng, tree)))


def _case(rng: Draw, path: str, raw: bytes, counts: tuple[int, int] | None = None) -> Case:
    return Case("specs", (Write(path, raw), *calls_about(rng, path, counts)))


def _half_understood(rng: Draw, made: Network) -> Case:
    """A network with an operation that nobody has a rule for."""
    unknown = {
        "kind": "unknown",
        "op": rng.choice(("Mystery", "fft", "custom::op")),
        "shape": [4, 8, 8],
    }
    layers = [*made.tree["layers"], unknown]
    if rng.chance(0.5):
        layers.append({"kind": "standard", "m": 4, "k": 3})
    raw = spec_text(rng, made.tree | {"layers": layers}).encode("utf-8", "surrogatepass")
    why = "what is not understood is within no limit"
    limits = ("--max-macs", "100000T", "--max-params", "100000T")
    checked = Call(("check", PATH, *limits), never=(0,), because=why)
    return Case("specs", (Write(PATH, raw), Call(("eval", PATH, "--format", "json")), checked))


def _plainly(rng: Draw, made: Network) -> dict[str, Any]:
    """The network with what changes no count: vars, blocks and budgets."""
    tree = dict(made.tree)
    if rng.chance(0.3):
        tree["budgets"] = budgets(rng, made)
    if rng.chance(0.2):
        tree["vars"] = {"alpha": 1.0, "width": "${round(8 * alpha)}"}
    if rng.chance(0.1):
        tree["blocks"] = {"unit": UNIT}
    return tree


def budgets(rng: Draw, made: Network) -> dict[str, Any]:
    """Limits around what the network costs."""
    limits: dict[str, Any] = {}
    for metric, now in (("params", made.params), ("macs", made.macs), ("activations", 10**4)):
        if rng.chance(0.6):
            limit: Any = rng.choice((now, now + 1, max(now - 1, 0), 2 * now, "1k", "4.3M", "1T"))
            limits[metric] = {"warn": limit, "error": "1T"} if rng.chance(0.1) else limit
    if rng.chance(0.3):
        limits[rng.choice(("layer_params", "layer_macs", "layer_activations"))] = "1M"
    if rng.chance(0.2):
        limits[rng.choice(("params_growth", "macs_growth"))] = rng.choice(("2%", "1k", 0))
    return limits


def _richly(rng: Draw, made: Network) -> dict[str, Any]:
    """The network with other layers in between."""
    tree = _plainly(rng, made)
    tree["blocks"] = {"unit": UNIT}
    layers = list(tree["layers"])
    for _ in range(rng.randint(1, 3)):
        layers.insert(rng.randint(0, len(layers)), entry(rng))
    tree["layers"] = layers
    return tree


def entry(rng: Draw) -> dict[str, Any]:
    """An entry of any kind, with the fields that it needs and some that it may have."""
    if rng.chance(0.4):
        drawn = dict(rng.choice(LAYERS))
    else:
        kind = rng.choice(KINDS)
        drawn = {"kind": kind}
        if kind not in NO_CHANNELS:
            drawn["m"] = rng.choice((4, 8, 12, 24))
        if kind not in NO_KERNEL:
            drawn["k"] = rng.choice((3, 3, 3, 1, 5, 2))
        if kind in NEED_GROUPS:
            drawn["groups"] = rng.choice((1, 2))
        if kind not in NO_KERNEL and rng.chance(0.1):
            drawn["padding"] = rng.choice(("same", "same-tf", 1, "valid"))
        if rng.chance(0.05):
            drawn["weights"] = rng.choice(("shared", "fixed"))
    if rng.chance(0.2):
        drawn["name"] = rng.name(0.2)
    if rng.chance(0.05):
        drawn["from"] = rng.choice(("input", rng.name(), [rng.name(), "input"]))
    return drawn


def vast(rng: Draw) -> dict[str, Any]:
    """A small file that asks for something vast: numbers of many digits where a number stands."""
    huge = rng.choice(HUGE)
    size = "x".join([str(huge)] * rng.choice((1, 2, 3, 8, 16)))
    kernel = "x".join([str(huge)] * size.count("x")) if rng.chance(0.5) else 3
    layer: dict[str, Any] = {"kind": "standard", "m": huge, "k": kernel, "padding": "same"}
    times: Any = rng.choice((2, huge, f"${{10**{rng.randint(3, 18)}}}"))
    body = rng.choice(([], [layer], [{"kind": "depthwise-separable", "m": "${n}", "k": 3}]))
    return rng.choice(
        (
            {"input": size, "layers": [layer], "budgets": {"macs": "1k"}},
            {"input": "8x16x16", "layers": [{"repeat": times, "layers": body}]},
            {"input": "8x16x16", "layers": [{"kind": "pointwise", "m": huge}] * rng.randint(1, 30)},
            {"input": "8x8x8", "layers": [{"concat": [[], []]}] * rng.choice((10, 100, 1000))},
        )
    )


def large(rng: Draw) -> bytes:
    """A file of some hundred kB, in which something is long and something repeats it."""
    length = rng.choice((1, 1_000, 50_000, 100_000))
    times = rng.choice((1, 2_000, 30_000))
    layer = "{kind: relu}"
    match rng.randrange(6):
        case 0:
            layer = f"{{name: {'n' * length}, kind: relu}}"
        case 1:
            many = min(length, 50_000)
            layer = f"{{kind: add, from: [{', '.join(['input'] * max(many, 2))}]}}"
        case 2:
            many = min(length, 40_000)
            names = "".join(f"  long_name_{index}: 1\n" for index in range(many))
            wrong = "".join(
                f"  - {{kind: pointwise, m: '${{lnog_name_{i}x}}'}}\n" for i in range(90)
            )
            return f"input: 8x8x8\nvars:\n{names or '  {}'}layers:\n{wrong}".encode()
        case 3:
            many = min(length, 20_000)
            return ("input: 8x8x8\nlayers:\n" + "  - {kind: relu}\n" * many).encode()
        case 4:
            layer = f"{{concat: [{', '.join(['[]'] * min(max(length, 2), 20_000))}]}}"
        case _:
            layer = f"{{kind: pointwise, m: '${{{'1 + ' * min(length, 300)}1}}'}}"
    return f"input: 8x8x8\nlayers:\n  - repeat: {times}\n    layers:\n      - {layer}\n".encode()
