"""The specs that a command is given, each read and evaluated, and what was wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from convcost.cli.inputs import tell
from convcost.cli.problems import refuse
from convcost.cli.progress import tracked
from convcost.cli.terminal import ColorChoice
from convcost.cli.values import assignments
from convcost.cli.varied import told_of, variants_of
from convcost.errors import Problem, collected
from convcost.frozen import Frozen

if TYPE_CHECKING:
    from convcost.cost import Report
    from convcost.gaps import Gap
    from convcost.sources.given import Given

Paths = Annotated[
    list[str], typer.Argument(metavar="SPEC...", help="Spec files, or folders of them; - is stdin.")
]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Another value for one of the spec's vars."),
]
Held = Annotated[
    str | None,
    typer.Option("--check", metavar="SPEC", help="Write nothing: how SPEC differs; 1 if it does."),
]

Strict = Annotated[
    bool, typer.Option("--strict", help="Fail on operations that convcost does not know.")
]

Lenient = Annotated[
    bool,
    typer.Option("--lenient", help="Take what was counted for all, where not all is understood."),
]


class Batch(Frozen):
    """What the specs that could be read cost, in order, and what is wrong with the others; `notes`
    are how inputs were understood, `variants` the values that each was built with, if they vary."""

    reports: tuple[Report, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]
    variants: tuple[Mapping[str, Any], ...] = ()


def tell_unknown(reports: Iterable[Report], color: ColorChoice, strict: bool = False) -> None:
    """Say on stderr what convcost has no rule for in `reports`; with `strict` that is a problem."""
    from convcost.gaps import gaps

    tell_gaps([gap for report in reports for gap in gaps(report)], color, strict)


def tell_gaps(gaps: Iterable[Gap], color: ColorChoice, strict: bool = False) -> None:
    """The same of gaps that are known."""
    from convcost.views.unknown import unknown_lines

    lines = unknown_lines(gaps)
    if strict:
        refuse([Problem(line) for line in lines], color)
    tell(lines)


def read_all(
    paths: Sequence[str],
    overrides: Sequence[str] | None,
    color: ColorChoice,
    given: Given,
    varied: Sequence[str] = (),
) -> Batch:
    """Every spec that `paths` stand for, read and evaluated on what is `given` for it, with every
    combination of the values that are `varied`.

    UsageError for `overrides` and `varied` that are none, SpecError for a folder without specs.
    What is wrong inside a file waits in `problems`, so that the others can be shown.
    """
    from convcost.cost import evaluate
    from convcost.gaps import said_of
    from convcost.sources import find_specs, read
    from convcost.sources.given import share

    values = assignments("--set", overrides or ())
    variants = variants_of(varied, values)
    found: list[tuple[Report, Mapping[str, Any]]] = []
    failed: dict[Problem, list[Mapping[str, Any]]] = {}
    targets = find_specs(paths)
    shared = share(given, targets)
    pairs = [(target, variant) for target in targets for variant in variants]
    for target, variant in tracked(pairs, "reading", color, name=_name):
        problems: list[Problem] = []
        with collected(problems):
            spec = read(target, {**values, **variant}, shared.of(target))
            found.append((evaluate(spec.network), variant))
        for problem in problems:
            failed.setdefault(problem, []).append(variant)
    reports = tuple(report for report, _ in found)
    said = dict.fromkeys(note for report in reports for note in said_of(report))
    used = tuple(variant for _, variant in found) if varied else ()
    told = tuple(told_of(problem, of, len(variants)) for problem, of in failed.items())
    return Batch(reports, told, (*shared.notes, *said), used)


def _name(pair: tuple[object, Mapping[str, Any]]) -> str:
    return str(pair[0])
