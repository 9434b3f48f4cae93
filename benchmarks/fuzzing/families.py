"""The families of inputs, and which of them draws an input."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec

from benchmarks.fuzzing import expressions, flags, names, onnxes, projects, specs, yamls
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
}
_TURNS = (
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


def family_of(index: int) -> str:
    """The family that draws the input of that index."""
    return _TURNS[index % len(_TURNS)]


def draw(seed: int, index: int) -> Case:
    """Input `index` of `seed`: always the same."""
    return FAMILIES[family_of(index)](Draw(seed, index))


def missing(family: str) -> str:
    """What a family needs and is not installed; empty if nothing."""
    return "onnx" if family == "onnx" and find_spec("onnx") is None else ""
