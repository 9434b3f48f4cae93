"""The family of flags: command lines that people type, and such that they did not mean to."""

from __future__ import annotations

from benchmarks.fuzzing.case import Call, Case, Write
from benchmarks.fuzzing.draw import HOSTILE, HUGE, Draw
from benchmarks.fuzzing.specs import KINDS

SPEC = (
    "name: net\ninput: 3x16x16\nvars: {alpha: 1.0}\nlayers:\n"
    "  - {name: stem, kind: standard, m: '${round(8 * alpha)}', k: 3, norm: batch, act: relu}\n"
    "  - {name: mid, kind: standard, m: 16, k: 3, stride: 2}\n"
    "  - {name: sep, kind: depthwise-separable, m: 32, k: 3}\n"
    "  - {kind: global-avg-pool}\n  - {name: head, kind: linear, m: 10}\n"
    "budgets: {params: 10k, macs: 1M}\n"
)
_WRONG_VARS = ("alpha=x", "beta=1", "alpha", "=1", "alpha=1e9")
FORMATS = ("table", "json", "csv", "markdown")
ODD = (
    "",
    " ",
    "0",
    "-1",
    "1.5",
    "1e3",
    "x",
    "3x",
    "x3",
    "3x3x3",
    "1" * 20,
    "٣",
    "+1",
    "1,000",
    "nan",
    "∞",
)


def case(rng: Draw) -> Case:
    """One or two command lines."""
    env = (("CONVCOST_TRACEBACK", "1"),) if rng.chance(0.05) else ()
    calls = [Call(tuple(_command(rng)), env=env) for _ in range(rng.randint(1, 2))]
    convention = b"name: ours\nsummary: half of relu\nlike: papers\nweights: {relu: 1/2}\n"
    rows = rng.choice((b"alpha\n0.5\n1\n", b"alpha,beta\n1,2\n", b"alpha\n\xff", b"alpha\n1,2\n"))
    files = (
        Write("net.yaml", SPEC.encode()),
        Write("ours.yaml", convention),
        Write("rows.csv", rows),
    )
    return Case("flags", (*files, *calls))


def _command(rng: Draw) -> list[str]:
    usual = (_compare, _compare, _explain, _eval, _check, _rewrite, _suggest, _diff, _other)
    args = rng.choice((*usual, _sweep, _draw, _prune, _memory))(rng)
    if rng.chance(0.1):
        args.insert(rng.randint(0, len(args)), rng.choice((*HOSTILE, *ODD, "--", "--help", "-x")))
    if rng.chance(0.05):
        del args[rng.randrange(len(args))]
    if rng.chance(0.05) and args:
        args[rng.randrange(len(args))] = rng.choice((*HOSTILE, *ODD, str(rng.choice(HUGE))))
    return args


def _value(rng: Draw, *usual: str) -> str:
    odd = rng.chance(0.05)
    return (
        rng.choice((*ODD, str(rng.choice(HUGE)), rng.choice(HOSTILE))) if odd else rng.choice(usual)
    )


def _layer(rng: Draw) -> list[str]:
    args = ["--in", _value(rng, "3", "8", "64", "12"), "--out", _value(rng, "4", "8", "64", "24")]
    args += ["-k", _value(rng, "1", "3", "5", "3x1", "2")]
    options = (
        ("--size", ("5x5", "28x28", "224x224", "100", "8x8x8")),
        ("--groups", ("1", "2", "4")),
        ("--stride", ("1", "2", "2x1")),
        ("--padding", ("same", "same-tf", "valid", "1", "1x0")),
        ("--dilation", ("1", "2")),
    )
    for option, usual in options:
        if rng.chance(0.3):
            args += [option, _value(rng, *usual)]
    if rng.chance(0.1):
        args += ["-H", _value(rng, "9"), "-W", _value(rng, "7")]
    return args + ["--bias"] * rng.chance(0.2)


def _kind(rng: Draw) -> str:
    options = (
        "groups=2",
        "rank=3",
        "r3=2,r4=2",
        "multiplier=2",
        "t=4",
        "alpha=0.5",
        "s=2,d=3",
        "x",
        "groups=",
    )
    kind = _value(rng, *KINDS)
    return f"{kind}[{_value(rng, *options)}]" if rng.chance(0.25) else kind


def _compare(rng: Draw) -> list[str]:
    args = ["compare", *_layer(rng), "--format", _value(rng, *FORMATS, "pytorch")]
    for _ in range(rng.choice((0, 0, 1, 3))):
        args += ["--kind", _kind(rng)]
    return args


def _explain(rng: Draw) -> list[str]:
    layer = _layer(rng) if rng.chance(0.7) else []
    return ["explain", _kind(rng), *layer, "--format", _value(rng, "table", "json", "markdown")]


def _set(rng: Draw) -> list[str]:
    if rng.chance(0.6):
        return []
    return [
        "--set",
        _value(rng, "alpha=0.5", "alpha=2", "alpha=4", rng.choice(_WRONG_VARS)),
    ]


def _spec(rng: Draw) -> str:
    return _value(
        rng, *["net.yaml"] * 6, *("mobilenet_v1", "resnet18"), rng.choice((".", "nope.yaml"))
    )


def _counting(rng: Draw) -> list[str]:
    args = _set(rng)
    if rng.chance(0.3):
        conventions = ("papers", "fvcore", "thop", "ptflops", "torchinfo", "ours.yaml", "nope")
        args += ["--convention", _value(rng, *conventions)]
    if rng.chance(0.1):
        args += ["--input", _value(rng, "3x8x8", "3", "3x224x224")]
    return args + ["--strict"] * rng.chance(0.1)


def _eval(rng: Draw) -> list[str]:
    specs = [_spec(rng) for _ in range(rng.choice((1, 1, 2)))]
    flags = [flag for flag in ("--summary", "--stages") if rng.chance(0.2)]
    return ["eval", *specs, *flags, *_counting(rng), "--format", _value(rng, *FORMATS)]


def _check(rng: Draw) -> list[str]:
    args = ["check", _spec(rng), *_counting(rng)]
    for metric in ("params", "macs", "activations", "layer-params", "layer-macs", "params-growth"):
        if rng.chance(0.3):
            limit = _value(
                rng, "1", "4.3M", "600M", "warn=5k", "2%", "0", "error=1k", "1.5k", "100000"
            )
            args += [f"--max-{metric}", limit]
    if rng.chance(0.2):
        args += ["--base", _value(rng, "none", "git:HEAD", "convcost.lock", "net.yaml")]
    forms = (*FORMATS, "concise", "github", "gitlab", "junit", "sarif", "total")
    for _ in range(rng.choice((0, 0, 1, 2))):
        args += ["--output", _value(rng, *(f"{form}=out.{form}" for form in forms), "json=", "x=y")]
    return [*args, *(["--exit-zero"] * rng.chance(0.2)), "--format", _value(rng, *forms)]


def _replacing(rng: Draw) -> list[str]:
    args = ["--replace", f"{_value(rng, 'standard', 'linear', 'depthwise-separable')}={_kind(rng)}"]
    if rng.chance(0.3):
        conditions = (
            "k > 1",
            "n >= 8 and m < 99",
            "H * W > 9",
            "stride == 2",
            "nope",
            "n.real",
            "1/0",
        )
        args += ["--where", _value(rng, *conditions)]
    if rng.chance(0.2):
        args += [
            rng.choice(("--only", "--except")),
            _value(rng, "stem", "s*", "*", "[a]", "mid", "nope"),
        ]
    return args + [flag for flag in ("--first", "--classifier", "--inner") if rng.chance(0.2)]


def _rewrite(rng: Draw) -> list[str]:
    args = ["rewrite", _spec(rng), *_replacing(rng), *_set(rng), "--format", _value(rng, *FORMATS)]
    if rng.chance(0.3):
        args += ["--emit", _value(rng, "spec", "pytorch")]
    return args + ["--unroll"] * rng.chance(0.2)


def _prune(rng: Draw) -> list[str]:
    layers = ("mid", "stem", "sep", "head", "s*", "*", "nope", "layer1")
    args = ["rewrite", _spec(rng), *_set(rng)]
    for _ in range(rng.choice((1, 1, 2))):
        share = _value(rng, "0.5", "0.25", "1", "0", "0.001", "1/3", "2")
        args += ["--prune", f"{_value(rng, *layers)}={share}"]
    form = ["--emit", "spec"] if rng.chance(0.3) else ["--format", _value(rng, *FORMATS)]
    return [*args, *form]


def _memory(rng: Draw) -> list[str]:
    args = ["memory", _spec(rng), *_set(rng), "--format", _value(rng, *FORMATS)]
    if rng.chance(0.7):
        args += ["--patches", _value(rng, "2x2", "1x1", "3", "4x2", "16x16", "64x64", "0x1")]
        if rng.chance(0.5):
            args += ["--until", _value(rng, "mid", "sep", "head", "nope")]
    return args


def _draw(rng: Draw) -> list[str]:
    size = _layer(rng) if rng.chance(0.7) else []
    return ["draw", _kind(rng), *size, *(["-o", "kind.svg"] * rng.chance(0.3))]


def _sweep(rng: Draw) -> list[str]:
    values = ("alpha=0.5,1", "alpha=0.25..1:0.25", "alpha=1,2,1e9", "alpha=1..0", "size=96,128")
    choices = (
        ("--rows", ("rows.csv", "net.yaml", "nope.csv")),
        ("--where", ("params <= 5k", "alpha * macs < 1M", "1/0 < 1", "params", "nope == 1")),
        ("--pareto", ("macs,params", "-macs", "nope")),
        ("--sort", ("macs", "-params,alpha", "nope")),
        ("--top", ("1", "3")),
        ("--random", ("1", "2", "99")),
        ("--emit", ("best", "0", "7")),
        ("--shard", ("1/2", "3/2")),
    )
    args = ["sweep", _spec(rng), "--vary", _value(rng, *values)]
    for option, usual in choices:
        if rng.chance(0.15):
            args += [option, _value(rng, *usual)]
    if rng.chance(0.2):
        args += ["-o", rng.choice(("all.csv", "all.jsonl", "parts/", "new.yaml"))]
    return [*args, "--format", _value(rng, *FORMATS)]


def _suggest(rng: Draw) -> list[str]:
    limit = _value(rng, "1", "5k", "1M", "100k", "2%")
    args = ["suggest", _spec(rng), rng.choice(("--max-macs", "--max-params")), limit]
    return [*args, *(_replacing(rng) if rng.chance(0.5) else []), "--format", _value(rng, *FORMATS)]


def _diff(rng: Draw) -> list[str]:
    other = [_spec(rng)] if rng.chance(0.6) else _replacing(rng)[:2]
    return ["diff", _spec(rng), *other, *_counting(rng), "--format", _value(rng, *FORMATS)]


def _other(rng: Draw) -> list[str]:
    form = _value(rng, *FORMATS)
    return rng.choice(
        (
            ["kinds", "--format", form],
            ["zoo", "--format", form],
            ["schema"],
            ["export", "pytorch", _spec(rng), *_set(rng)],
            ["reconcile", _spec(rng), "--format", form],
            ["reconcile", _spec(rng), "--explain", _value(rng, "fvcore", "thop"), "--format", form],
            ["reconcile", _spec(rng), "--number", _value(rng, "4.12G", "300k"), "--format", form],
            ["import", "onnx", _value(rng, "nope.onnx", "net.yaml")],
            ["lock", _spec(rng)],
            ["init", _spec(rng), "--margin", _value(rng, "5%", "0", "0%", "100%", "1e9%")],
            ["eval", rng.choice(HOSTILE)],
            [rng.choice(HOSTILE)],
        )
    )
