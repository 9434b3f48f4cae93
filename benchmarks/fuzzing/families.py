"""The families of inputs, and which of them draws an input."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from importlib.util import find_spec
from itertools import count
from shutil import which

from benchmarks.fuzzing import (
    expressions,
    flags,
    kerases,
    names,
    onnxes,
    projects,
    specs,
    tflites,
    yamls,
)
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
    "tflite": tflites.case,
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
ALONE = {"keras": 3 * 10**9, "tflite": 2 * 10**9, "broken": 10**9}
"""Families that are drawn where they are asked for, and the index that each begins at."""


def family_of(index: int) -> str:
    """The family that draws the input of that index."""
    apart = (family for family, start in ALONE.items() if index >= start)
    return next(apart, TURNS[index % len(TURNS)])


def indices_of(families: Collection[str]) -> Iterator[int]:
    """The indices of the inputs that these families draw, without end."""
    start = 0 if set(families) & set(TURNS) else ALONE[next(iter(families))]
    return (index for index in count(start) if family_of(index) in families)


def draw(seed: int, index: int) -> Case:
    """Input `index` of `seed`: always the same."""
    return FAMILIES[family_of(index)](Draw(seed, index))


def missing(family: str) -> str:
    """What a family needs and is not installed; empty if nothing."""
    if family in ("onnx", "broken"):
        return "" if find_spec("onnx") else "onnx"
    if family == "tflite":
        return "" if find_spec("tflite") else "tflite"
    return "git" if family == "projects" and not which("git") else ""
