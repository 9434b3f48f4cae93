"""The families of inputs, and which of them draws an input."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from importlib.util import find_spec
from itertools import count
from shutil import which

from benchmarks.fuzzing import expressions, flags, kerases, names, onnxes, projects, specs, yamls
from benchmarks.fuzzing.case import Case
from benchmarks.fuzzing.draw import Draw

FAMILIES: Mapping[str, Callable[[Draw], Case]] = {
    "specs": specs.case,
    "expressions": expressions.case,
    "flags": flags.case,
    "yaml": yamls.case,
    "onnx": onnxes.case,
    "names": names.case,
    "projects": projects.case,
    "broken": onnxes.broken,
    "keras": kerases.case,
}
TURNS = (
    *("specs", "flags", "onnx", "specs", "names", "specs", "expressions", "yaml", "specs", "onnx"),
    *(
        "specs",
        "flags",
        "names",
        "specs",
        "projects",
        "expressions",
        "specs",
        "yaml",
        "onnx",
        "flags",
    ),
)
BROKEN = 10**9
"""The index that the first of the families begins at that are drawn where they are asked for."""
ASKED = ("broken", "keras")
"""Those, each of which begins so many behind the one before."""


def family_of(index: int) -> str:
    """The family that draws the input of that index."""
    return ASKED[index // BROKEN - 1] if index >= BROKEN else TURNS[index % len(TURNS)]


def indices_of(families: Collection[str]) -> Iterator[int]:
    """The indices of the inputs that these families draw, without end."""
    asked = [BROKEN * at for at, family in enumerate(ASKED, 1) if family in families]
    start = 0 if set(families) & set(TURNS) else asked[0]
    return (index for index in count(start) if family_of(index) in families)


def draw(seed: int, index: int) -> Case:
    """Input `index` of `seed`: always the same."""
    return FAMILIES[family_of(index)](Draw(seed, index))


def missing(family: str) -> str:
    """What a family needs and is not installed; empty if nothing."""
    if family in ("onnx", "broken"):
        return "" if find_spec("onnx") else "onnx"
    return "git" if family == "projects" and not which("git") else ""
