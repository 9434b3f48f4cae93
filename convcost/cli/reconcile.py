"""`convcost reconcile`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from convcost.cli.given import ALL_LEFT_OUT, Imported
from convcost.cli.inputs import tell
from convcost.cli.options import Color
from convcost.cli.output import Files, format_option, printer
from convcost.cli.problems import refuse
from convcost.cli.signatures import grouped
from convcost.cli.specs import Overrides, read_all, tell_unknown
from convcost.errors import UsageError

if TYPE_CHECKING:
    from convcost.conventions import Convention

SpecPath = Annotated[str, typer.Argument(metavar="SPEC", help="A spec file, or a network's name.")]
More = Annotated[
    list[str] | None,
    typer.Option("--convention", metavar="FILE", help="A convention of your own, to show as well."),
]
Explain = Annotated[
    str | None,
    typer.Option("--explain", metavar="NAME", help="Why that convention gives another number."),
]
Number = Annotated[
    str | None,
    typer.Option("--number", metavar="FIGURE", help="Which conventions give that figure: 4.12G."),
]


@grouped
def reconcile(
    path: SpecPath,
    conventions: More = None,
    explain: Explain = None,
    number: Number = None,
    overrides: Overrides = None,
    imported: Imported = ALL_LEFT_OUT,
    output_format: Annotated[str, format_option("reconcile")] = "table",
    outputs: Files = None,
    color: Color = "auto",
) -> None:
    """One network, every tool's number, and what the differences are made of.

    \b
      convcost reconcile resnet50
      convcost reconcile resnet50 --explain fvcore
      convcost reconcile resnet50 --number 4.12G

    A figure is looked for as MACs and as FLOPs = 2 × MACs, with and without the classifier.
    """
    show = printer("reconcile", output_format, color, outputs)
    if explain is not None and number is not None:
        raise UsageError("--explain and --number cannot both be had")
    from convcost.conventions.reconcile import explain as explained
    from convcost.conventions.reconcile import reconcile as compared
    from convcost.conventions.search import parse_figure, search
    from convcost.sources.counting import convention_of

    figure = None if number is None else parse_figure(number)
    chosen = None if explain is None else convention_of(explain)
    shown = _shown(conventions or [], chosen)
    given = imported.given()
    batch = read_all([path], overrides, color, given)
    tell(batch.notes)
    refuse(batch.problems, color)
    if len(batch.reports) != 1:
        raise UsageError(f"{path} holds {len(batch.reports)} specs", hint="name one of them")
    report = batch.reports[0]
    show(
        report,
        compared(report, shown),
        explanation=chosen and explained(report, chosen),
        search=figure and search(report, figure, shown),
    )
    tell_unknown([report], color)


def _shown(names: list[str], chosen: Convention | None) -> list[Convention]:
    """Those that ship, and those asked for besides."""
    from convcost.conventions.reconcile import known
    from convcost.sources.counting import convention_of

    asked = [convention_of(name) for name in names] + [chosen] * (chosen is not None)
    return known(each for each in asked if each)
