"""The family of names: text that would act, in every place of a spec and through every format."""

from __future__ import annotations

from typing import Any

from benchmarks.fuzzing.calls import CHECK_FORMATS, REPLACEMENTS
from benchmarks.fuzzing.case import Call, Case, Write
from benchmarks.fuzzing.draw import HOSTILE, Draw
from benchmarks.fuzzing.yamltext import flow, scalar

_GITHUB = (("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", "summary.md"))
_STARTS = ("::add-mask::x", "::stop-commands::x", "=1+1", "＝1+1", "@SUM(A1)")
"""What acts at the start of a line or of a field."""
_BLANKS = (" ", "\t", "\u3000", "\xa0", "\u2003", "\n", "\r", "\u200b", "\ufeff")


def case(rng: Draw) -> Case:
    """A spec with one to three names that are hostile, and two ways to print it."""
    places = rng.some(
        ("network", "layer", "inner", "block", "var", "branch", "repeat", "convention"), 1, 3
    )
    places += ["network"] * rng.chance(0.4)
    path = "net.yaml"
    if rng.chance(0.15):
        path = name(rng).replace("/", "_").replace("\0", "0").strip("-")[:80] + ".yaml"
    spec = _spec(rng, places)
    convention = name(rng) if "convention" in places else "ours"
    ours = f"name: {scalar(convention[:39])}\nsummary: {scalar(convention)}\nlike: papers\n"
    counting = ("--convention", "ours.yaml") if "convention" in places else ()
    files = (
        Write(path, spec.encode("utf-8", "surrogatepass")),
        Write("ours.yaml", ours.encode("utf-8", "surrogatepass")),
    )
    path = f"./{path}"
    if rng.chance(0.15):
        return Case("names", (*files, *_written_anew(rng, path)))
    return Case("names", (*files, *(_call(rng, path, counting) for _ in range(2))))


def _written_anew(rng: Draw, path: str) -> tuple[Call, ...]:
    how = ("--unroll",) if rng.chance(0.6) else ()
    rewrite = ("rewrite", path, "--replace", "pointwise=low-rank", *how, "-o", "new.yaml")
    why = "a spec that can be read can be written anew"
    return (
        Call(("eval", path)),
        Call((*rewrite, "--format", "json"), "new", never=(2,), because=why),
        Call(("eval", "new.yaml", "--format", "json"), "new", needs="new.yaml"),
    )


def name(rng: Draw) -> str:
    """A hostile name, at times behind blanks or with another one behind it."""
    if rng.chance(0.2):
        return rng.choice(("", *_BLANKS)) + rng.choice(_STARTS)
    front = rng.choice(_BLANKS) if rng.chance(0.15) else ""
    back = rng.choice((" ", "", "/")) + rng.choice(HOSTILE) if rng.chance(0.2) else ""
    return front + rng.choice(HOSTILE) + back


def _spec(rng: Draw, places: list[str]) -> str:
    def maybe(place: str, usual: str) -> str:
        return name(rng) if place in places else usual

    block, var = maybe("block", "unit"), maybe("var", "width")
    repeat = {"name": maybe("repeat", "stage"), "repeat": 2, "layers": []}
    inner = {"name": maybe("inner", "keep"), "kind": "depthwise", "k": 3}
    repeat["layers"] = [inner]
    branches = {maybe("branch", "left"): [{"kind": "relu"}], "right": []}
    layers: list[dict[str, Any]] = [
        {"name": maybe("layer", "stem"), "kind": "standard", "m": 4, "k": 3, "act": "relu"},
        repeat,
        {"name": maybe("layer", "unit1"), "use": block},
        {"concat": branches},
        {"name": maybe("layer", "head"), "kind": "pointwise", "m": 4},
    ]
    if rng.chance(0.3):
        layers.append({"kind": "relu", "from": layers[0]["name"]})
    if rng.chance(0.2):
        word = rng.choice(("kind", "from", "use", "act", "nope"))
        layers.append({"kind": "relu", word: name(rng)})
    tree = {
        "name": maybe("network", "net"),
        "input": "3x8x8",
        "vars": {var: 3},
        "blocks": {
            block: {"layers": [{"name": maybe("inner", "in"), "kind": "pointwise", "m": 4}]}
        },
    }
    lines = [f"{key}: {flow(value)}" for key, value in tree.items()]
    lines += ["layers:", *(f"  - {flow(entry)}" for entry in layers)]
    lines.append(
        f"budgets: {{params: {rng.choice((1, 100, '1M'))}, layer_macs: {rng.choice((1, '1G'))}}}"
    )
    return "\n".join([*lines, ""])


def _call(rng: Draw, path: str, counting: tuple[str, ...]) -> Call:
    form = rng.choice(("table", "json", "csv", "markdown"))
    env = _GITHUB if rng.chance(0.3) else ()
    kind = rng.choice(CHECK_FORMATS)
    return rng.choice(
        (
            Call(("eval", path, *counting, "--format", form)),
            Call(("eval", path, *counting, "--format", form, "--stages")),
            Call(("eval", path, "mobilenet_v1", *counting, "--format", form, "--summary")),
            Call(("check", path, *counting, "--format", kind), env=env),
            Call(("check", path, *counting, "--output", f"{kind}=out.{kind}"), env=env),
            Call(("check", path, *counting, "--max-macs", "1", "--format", "csv"), env=env),
            Call(("export", "pytorch", path)),
            Call(("rewrite", path, "--replace", rng.choice(REPLACEMENTS), "--format", form)),
            Call(("rewrite", path, "--replace", "standard=ghost", "--first", "--emit", "pytorch")),
            Call(("suggest", path, "--max-macs", "1", "--format", form)),
            Call(("diff", path, "mobilenet_v1", *counting, "--format", form)),
            Call(("reconcile", path, *counting, "--explain", "fvcore", "--format", form)),
            Call(("eval", path, "--set", f"{name(rng)}={name(rng)}", "--format", form)),
            Call(("compare", "--in", "3", "--out", "4", "-k", "3", "--kind", name(rng))),
            Call(("lock", path)),
            Call(("init", path)),
        )
    )
