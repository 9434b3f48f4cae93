"""Command lines about one spec, and what they must have in common."""

from __future__ import annotations

from benchmarks.fuzzing.case import Call
from benchmarks.fuzzing.draw import Draw

# What is only half understood cannot be decided without it, which is no fault.
_SURELY = ("--lenient", "--format")
CHECK_FORMATS = (
    *("table", "concise", "json", "csv", "markdown", "github", "gitlab", "junit", "sarif", "total"),
)
REPLACEMENTS = (
    *(
        "standard=depthwise-separable",
        "standard=group[groups=2]",
        "standard=tucker[r3=n//2,r4=m//2]",
    ),
    *("pointwise=low-rank", "depthwise=standard", "standard=spatial-separable", "group=standard"),
    *("depthwise-separable=standard", "standard=octave", "standard=ghost", "standard=cp[rank=3]"),
)


def calls_about(
    rng: Draw, path: str, counts: tuple[int, int] | None = None, more: tuple[str, ...] = ()
) -> tuple[Call, ...]:
    """`eval` as JSON, and one thing more that is done with specs."""
    path = path if not path.startswith("-") else f"./{path}"
    first = Call(("eval", path, "--format", "json", *more), "net", counts)
    return (first, *rng.choices(_THINGS, _SHARES)[0](rng, path, more))


def _formats(rng: Draw, path: str, more: tuple[str, ...]) -> tuple[Call, ...]:
    forms = rng.some(("table", "csv", "markdown", "json --stages", "table --summary"), 1, 2)
    return tuple(Call(("eval", path, "--format", *form.split(), *more), "net") for form in forms)


def _check(rng: Draw, path: str, more: tuple[str, ...]) -> tuple[Call, ...]:
    return (Call(("check", path, *limits(rng), "--format", rng.choice(CHECK_FORMATS), *more)),)


def _export(rng: Draw, path: str, more: tuple[str, ...]) -> tuple[Call, ...]:
    return (Call(("export", "pytorch", path, *more)),)


def _unrolled(rng: Draw, path: str, more: tuple[str, ...]) -> tuple[Call, ...]:
    same = rng.choice(("standard=standard", "depthwise=depthwise", "pointwise=pointwise"))
    return (
        Call(("rewrite", path, *more, "--replace", same, "--unroll", "-o", "unrolled.yaml")),
        Call(("eval", "unrolled.yaml", "--format", "json"), "net", needs="unrolled.yaml"),
    )


def _rewrite(rng: Draw, path: str, more: tuple[str, ...]) -> tuple[Call, ...]:
    options = ["--replace", rng.choice(REPLACEMENTS)]
    for option in ("--first", "--inner", "--classifier", "--unroll"):
        options += [option] * rng.chance(0.3)
    if rng.chance(0.1):
        options += ["--where", rng.choice(("k > 1", "n >= 4", "m == n and H > 2", "stride"))]
    form = rng.choice(("json", "json", "table", "csv", "markdown"))
    written = Call(("rewrite", path, *options, *more, "--format", form, "-o", "new.yaml"), "after")
    return (written, Call(("eval", "new.yaml", "--format", "json"), "after", needs="new.yaml"))


def _emit(rng: Draw, path: str, more: tuple[str, ...]) -> tuple[Call, ...]:
    return (
        Call(("rewrite", path, *more, "--replace", rng.choice(REPLACEMENTS), "--emit", "pytorch")),
    )


def _lock(rng: Draw, path: str, more: tuple[str, ...]) -> tuple[Call, ...]:
    refused = "what was locked must be readable"
    return (
        Call(("lock", path)),
        Call(("check", path, *_SURELY, rng.choice(CHECK_FORMATS)), never=(2,), because=refused),
        Call(("lock", path), never=(1, 2), because="nothing changed since the lock"),
    )


def _init(rng: Draw, path: str, more: tuple[str, ...]) -> tuple[Call, ...]:
    # A baseline, since budgets of the spec may limit growth; of their own they may be broken.
    why = "what init and lock wrote must be readable"
    return (
        Call(("init", path)),
        Call(("lock",), never=(2,), because=why),
        Call(("check", *_SURELY, "table"), never=(2,), because=why),
    )


def _others(rng: Draw, path: str, more: tuple[str, ...]) -> tuple[Call, ...]:
    form = rng.choice(("table", "json", "csv", "markdown"))
    args = rng.choice(
        (
            ("suggest", path, "--max-macs", rng.choice(("1", "10k", "1G"))),
            ("reconcile", path),
            ("reconcile", path, "--explain", rng.choice(("fvcore", "thop", "ptflops"))),
            ("reconcile", path, "--number", rng.choice(("4.12G", "123", "0"))),
            ("diff", path, path),
            ("diff", path, "--replace", rng.choice(REPLACEMENTS)),
            ("diff", path, "mobilenet_v1"),
        )
    )
    return (Call((*args, *more, "--format", form)),)


_THINGS = (_formats, _check, _export, _unrolled, _rewrite, _emit, _lock, _init, _others)
_SHARES = (20, 15, 15, 8, 14, 4, 6, 4, 14)


def limits(rng: Draw) -> list[str]:
    """Some `--max-...` of check, at least one most of the time."""
    options: list[str] = []
    for metric in ("params", "macs", "activations", "layer-params", "layer-macs"):
        if rng.chance(0.4):
            limit = rng.choice(("0", "1", "1k", "4.3M", "1T", "warn=10", "25557032", "1e3", "-1"))
            options += [f"--max-{metric}", limit]
    return options
