"""Results to look at in every format."""

from __future__ import annotations

from convcost.budget import Budget, Finding
from convcost.checking import check
from convcost.cost import Report, evaluate
from convcost.errors import Place
from convcost.network import INPUT, Builder
from convcost.views.formats import PICTURES, formats_of

HOSTILE = [
    "\x1b[31mred\x1b[0m",
    "two\nlines",
    "back\rward",
    "[bold]loud[/bold] :skull:",
    "a|b",
    "a\\|b",
    "<script>alert(1)</script>",
    "![x](http://example.org) @somebody `code` **bold** ~~gone~~ _slanted_",
    '=HYPERLINK("http://example.org")',
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "comma, quote\" and 'apostrophe'",
    "\u202edesrever",
    "\x9b31m",
    "\ud800",
    "\u5377\u7a4d",
    "::error::x",
]


def written(result: str) -> list[str]:
    """The formats of a result that are read as text; its picture has tests of its own."""
    return [name for name in formats_of(result) if name not in PICTURES]


def tiny(name: str = "tiny", path: str = "specs/tiny.yaml") -> Report:
    """A network of four layers, one of them a joint."""
    builder = Builder(name, (3, 32, 32), path)
    stem = builder.add("standard", {"m": 16, "k": 3, "norm": "batch"}, name="stem", line=4)
    body = builder.add("depthwise-separable", {"m": 16, "k": 3}, name="body", line=5)
    builder.add("add", {}, name="sum", inputs=(body, stem))
    builder.add("linear", {"m": 10, "bias": True}, name="head", line=7)
    return evaluate(builder.network())


def two_branches() -> Report:
    """A network whose joint has inputs of different shapes."""
    builder = Builder("branches", (8, 4, 4))
    left = builder.add("pointwise", {"m": 4}, name="left", inputs=(INPUT,))
    right = builder.add("pointwise", {"m": 6}, name="right", inputs=(INPUT,))
    builder.add("concat", {}, name="both", inputs=(left, right))
    return evaluate(builder.network())


def costless() -> Report:
    """A network without a single multiply-add."""
    builder = Builder("", (3, 8, 8))
    builder.add("max-pool", {"k": 2})
    return evaluate(builder.network())


def alone() -> Report:
    """A layer that stands on its own, without a network's input."""
    builder = Builder("alone")
    builder.add("standard", {"n": 3, "m": 4, "k": 3, "H": 5, "W": 5})
    return evaluate(builder.network())


def named(name: str) -> Report:
    """A network, a path and a layer that are called `name`."""
    builder = Builder(name, (3, 8, 8), name)
    builder.add("standard", {"m": 4, "k": 3}, name=name)
    return evaluate(builder.network())


def findings() -> tuple[Finding, ...]:
    """One passed, one that the spec's own budget fails, one that a flag fails."""
    place = Place("specs/tiny.yaml", 12, 31, 12, 35, "budgets: {params: 1000, macs: 700k}")
    budgets = [Budget("activations", 100_000), Budget("macs", 700_000, place), Budget("params", 9)]
    return check(tiny(), budgets)
