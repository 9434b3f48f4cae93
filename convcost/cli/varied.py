"""A network built with several values: `--vary`, and `--set` of one side of a diff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from convcost.cli.values import assignments
from convcost.errors import Problem, UsageError
from convcost.text import quote

Vary = Annotated[
    list[str] | None,
    typer.Option(
        "--vary",
        metavar="NAME=VALUES",
        help="A var's values side by side: alpha=0.5,0.75,1.0, width=32..128:32; again for more.",
    ),
]


def variants_of(varied: Sequence[str], values: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """What to build each network with besides `values`; nothing, once, where nothing is varied.

    UsageError for a name that has a value in both, and for what `parse_variants` refuses.
    """
    if not varied:
        return [{}]
    from convcost.sources.variants import parse_variants

    variants = parse_variants(varied)
    for name in variants[0]:
        if name in values:
            raise UsageError(f"{quote(name)} cannot be both set and varied")
    return variants


def told_of(problem: Problem, built: Sequence[Mapping[str, Any]], among: int) -> Problem:
    """The problem of networks that were `built` with these values, unless all of so many had it."""
    if len(built) == among:
        return problem
    from convcost.views.words import built_with

    others = f" and {len(built) - 1} more" if len(built) > 1 else ""
    return problem._replace(message=f"with {built_with(built[0])}{others}: {problem.message}")


def by_side(pairs: Sequence[str], sides: Sequence[str]) -> list[dict[str, Any]]:
    """What --set says of each of one or two sides: `alpha=1` of all, `b:alpha=1` of the second."""
    marks = ("a:", "b:")[: len(sides)]
    if len(marks) == 1 and any(pair.startswith(("a:", "b:")) for pair in pairs):
        raise UsageError("--set a:... and b:... are for two networks, and one is named")
    return [
        assignments(
            "--set",
            [p.removeprefix(mark) for p in pairs if p.startswith(mark) or not p.startswith(marks)],
        )
        for mark in marks
    ]
