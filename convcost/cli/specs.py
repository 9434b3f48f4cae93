"""The specs that a command is given, each read and evaluated, and what was wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from convcost.cli.problems import refuse
from convcost.cli.progress import tracked
from convcost.cli.streams import write_error
from convcost.cli.terminal import ColorChoice
from convcost.cli.values import assignments
from convcost.errors import Problem, collected
from convcost.views.text import Printable

if TYPE_CHECKING:
    from convcost.cost import Report
    from convcost.gaps import Gap

Paths = Annotated[
    list[str], typer.Argument(metavar="SPEC...", help="Spec files, or folders of them.")
]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Another value for one of the spec's vars."),
]
Input = Annotated[
    str | None,
    typer.Option("--input", metavar="CxHxW", help="Input shape, for PyTorch and ONNX: 3x224x224."),
]
Strict = Annotated[
    bool, typer.Option("--strict", help="Fail on operations that convcost does not know.")
]

Lenient = Annotated[
    bool,
    typer.Option("--lenient", help="Take what was counted for all, where not all is understood."),
]


class Batch(NamedTuple):
    """What the specs that could be read cost, in order, and what is wrong with the others."""

    reports: tuple[Report, ...]
    problems: tuple[Problem, ...]


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
    write_error(notes(lines))


def notes(lines: Sequence[str]) -> Printable:
    """`lines` as notes for people."""
    return Printable().join(Printable.of("note: {}\n", line) for line in lines)


def read_all(
    paths: Sequence[str],
    overrides: Sequence[str] | None,
    color: ColorChoice,
    input_shape: str | None = None,
) -> Batch:
    """Every spec that `paths` stand for, read and evaluated; `input_shape` is for real code.

    UsageError for `overrides` that are none, SpecError for a folder without specs. What is wrong
    inside a file waits in `problems`, so that the others can be shown.
    """
    from convcost.cost import evaluate
    from convcost.sources import find_specs, read

    values = assignments("--set", overrides or ())
    reports: list[Report] = []
    problems: list[Problem] = []
    for target in tracked(find_specs(paths), "reading specs", color):
        with collected(problems):
            reports.append(evaluate(read(target, values, input_shape).network))
    return Batch(tuple(reports), tuple(problems))
