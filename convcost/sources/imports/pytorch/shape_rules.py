"""The register of rules that say what shape comes out of an operation of PyTorch's.

PyTorch has such rules of its own, for tensors on its meta device; but loading them takes longer
than all else together. These are for what networks are mostly made of. A rule takes the
operation's arguments by name and gives the shape of its result, or a list of several. None, or any
error, says that it does not cover the call: PyTorch is asked then, which also explains what does
not fit.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import zip_longest
from typing import Any

from convcost.ops.base import Shape, Sizes
from convcost.sources.imports.handlers import registers

Arguments = dict[str, Any]
Rule = Callable[[Arguments], Shape | list[Shape] | None]
RULES: dict[str, Rule] = {}
shapes = registers(RULES)
"""Registers the function below as the rule of these operations."""
words = str.split


def shape_of(args: Arguments, *names: str) -> Shape:
    """The shape of the first of these arguments that there is."""
    for name in names:
        if name in args:
            return tuple(args[name].shape)
    raise LookupError(names[0])


def per_dim(value: Any, dims: int) -> Sizes:
    """A setting that may be one number for all dims, as a number for each."""
    numbers = tuple(value) if isinstance(value, (list, tuple)) else (value,)
    return numbers * dims if len(numbers) == 1 else numbers


def spread(*several: Shape) -> Shape | None:
    """The shape that tensors of these take when they meet; None if they do not fit."""
    found: list[int] = []
    for sizes in zip_longest(*(shape[::-1] for shape in several), fillvalue=1):
        wide = {size for size in sizes if size != 1}
        if len(wide) > 1:
            return None
        found.append(wide.pop() if wide else 1)
    return tuple(found[::-1])
