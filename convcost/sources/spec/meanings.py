"""n, H and W in an expression: what arrives, or what a spec calls by that name. Never a guess."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from convcost.sources.spec.names import LOST, Names, Visible
from convcost.sources.spec.needs import needed

ARRIVING = {
    "n": "the channels that arrive",
    "H": "the height that arrives",
    "W": "the width that arrives",
}


def needed_of_shape(form: str, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Those of n, H and W that an entry needs, but for how many times it is to be repeated."""
    names = needed([value for key, value in values.items() if not key == form == "repeat"])
    return tuple(name for name in names or () if name in ARRIVING)


def told_twice(names_needed: Iterable[str], names: Names, shape: Names) -> tuple[str, ...]:
    """Which of those needed stand for something in `names`, and for something that arrives."""
    return tuple(
        name for name in names_needed if shape.get(name, LOST) is not LOST and name in names
    )


def is_own(name: str, names: Names, outer: Names) -> bool:
    """Whether `name` stands in `names` nearer than in `outer`, which lie behind them or nowhere."""
    while isinstance(names, Visible) and names is not outer:
        if name in names.near:
            return True
        names = names.far
    return names is not outer and name in names


def two_meanings(name: str) -> tuple[str, str]:
    """What is wrong with an expression that needs `name`, and the remedy."""
    return (
        f"{name} has two meanings here: {ARRIVING[name]}, and a name of the spec's own",
        f'call your own another name than "{name}"',
    )


def instead_of_var(name: str, line: int) -> str:
    """A note that in a block `name` is what arrives, though a var is called so."""
    return f"{name} in line {line} is {ARRIVING[name]}, as in any block, not the var of that name"
