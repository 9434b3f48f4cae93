"""`convcost suggest`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from convcost.cli import replacing
from convcost.cli.exits import OVER_BUDGET
from convcost.cli.inputs import Arguments, Input, InputsFrom, Rules, given_in, read_one, tell
from convcost.cli.metrics import by_metric, flag_of, takes_limits
from convcost.cli.options import Color
from convcost.cli.output import Files, format_option, printer
from convcost.cli.problems import refuse
from convcost.cli.specs import Lenient, Overrides
from convcost.errors import Place, Problem, SpecError, UsageError
from convcost.metrics import SAVED

if TYPE_CHECKING:
    from convcost.budget import Budget, Finding
    from convcost.suggestion import Suggestion


@takes_limits(SAVED, {"params": ": 4.3M, 500k"})
def suggest(
    spec: replacing.Spec,
    replace: replacing.Replace = None,
    where: replacing.Where = None,
    only: replacing.Only = None,
    excluding: replacing.Except = None,
    first: replacing.First = False,
    classifier: replacing.Classifier = False,
    inner: replacing.Inner = False,
    lenient: Lenient = False,
    overrides: Overrides = None,
    input_shape: Input = None,
    arguments: Arguments = None,
    inputs_from: InputsFrom = None,
    rules: Rules = None,
    output_format: Annotated[str, format_option("suggest")] = "table",
    outputs: Files = None,
    color: Color = "auto",
    **given: str | None,
) -> None:
    """The fewest layers to replace to come under a budget.

    \b
      convcost suggest vgg16 --max-macs 5G
      convcost suggest resnet50 --max-macs 2G --replace 'standard=group[groups=4]'

    Tried are the replacements that --replace names, or else depthwise-separable ones; without
    limits, the spec's own budgets count. The exit code is 1 if no set of them suffices. It knows
    what layers cost, and nothing of accuracy.
    """
    from convcost.sources.formulas import replacement
    from convcost.suggestion import USUAL, binding
    from convcost.suggestion import suggest as suggested

    show = printer("suggest", output_format, color, outputs)
    limits = _limits(by_metric(given))
    tried = tuple(map(replacement, replace)) if replace else USUAL
    chosen = replacing.selection(where, only, excluding, first, classifier)
    found = read_one(spec, overrides, given_in(input_shape, arguments, inputs_from, rules))
    budgets = limits or [
        each for each in found.budgets if each.metric in SAVED and each.level == "error"
    ]
    tell([_bound(each) for each in binding(found.network, found.budgets)])
    if not budgets:
        raise SpecError(
            "nothing to come under: this spec has no budgets"
            + " of params or MACs" * bool(found.budgets),
            place=Place(found.path),
            hint="give --max-params or --max-macs, or add budgets: {macs: 600M} to it",
        )
    suggestion = suggested(found.network, budgets, tried, selection=chosen, inner=inner)
    show(suggestion, spec=spec)
    if suggestion.undecided and not lenient:
        refuse(_undecided(suggestion), color)
    if not suggestion.suffices:
        raise typer.Exit(OVER_BUDGET)


def _bound(finding: Finding) -> str:
    """What binds that swapping kinds is not chosen for."""
    layers = ", ".join(layer.name for layer in finding.top)
    return f"{finding.message}; what binds it: {layers}; replacing saves params and MACs alone"


def _undecided(suggestion: Suggestion) -> list[Problem]:
    place = Place(suggestion.report.path) if suggestion.report.path else None
    return [
        Problem(
            f"whether its {metric} keep within budget cannot be told: {status.why}",
            place,
            "add --lenient to take what was counted for all there is",
        )
        for metric, status in suggestion.undecided.items()
    ]


def _limits(texts: dict[str, str]) -> list[Budget]:
    from convcost.budget import Budget
    from convcost.quantity import parse_amount

    limits = []
    for metric, text in texts.items():
        try:
            limits.append(Budget(metric, parse_amount(text)))
        except UsageError as error:
            raise UsageError(*error.at(None, f"{flag_of(metric)} ")) from None
    return limits
