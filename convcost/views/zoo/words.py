"""A network that ships, with all that is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from convcost.cost import Report


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A network that ships: the name that commands know it by, its cost, its paper.

    `paper` is authors and year, `title` the paper's title; `vars` are what `--set` may change.
    """

    name: str
    report: Report
    paper: str
    title: str
    vars: Mapping[str, str | int | float]


def settings(exhibit: Exhibit) -> str:
    """What `--set` may change, as it is: `alpha=1.0 size=224`."""
    return " ".join(f"{name}={value}" for name, value in exhibit.vars.items())
