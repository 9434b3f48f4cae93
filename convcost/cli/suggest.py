"""`convcost suggest`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from convcost.cli import replacing
from convcost.cli.devices import Batch, RunOn, setting_of
from convcost.cli.exits import OVER_BUDGET
from convcost.cli.inputs import Arguments, Input, InputsFrom, Rules, given_in, read_one
from convcost.cli.metrics import by_metric, limits_in, takes_limits
from convcost.cli.options import Color
from convcost.cli.output import Files, format_option, printer
from convcost.cli.plugged import rules_in
from convcost.cli.problems import refuse
from convcost.cli.setting import Align, Dtype, InPlace, Order, setting_in
from convcost.cli.specs import Lenient, Overrides
from convcost.errors import Place, Problem, SpecError
from convcost.metrics import METRICS

if TYPE_CHECKING:
    from convcost.budget import Budget
    from convcost.sources.spec.reading import Spec
    from convcost.suggestion import Suggestion


@takes_limits(METRICS, {"params": ": 4.3M, 500k", "peak_memory": ": 512KiB, 1MB"})
def suggest(
    spec: replacing.Spec,
    replace: replacing.Replace = None,
    where: replacing.Where = None,
    only: replacing.Only = None,
    excluding: replacing.Except = None,
    first: replacing.First = False,
    classifier: replacing.Classifier = False,
    inner: replacing.Inner = False,
    dtype: Dtype = None,
    in_place: InPlace = None,
    align: Align = None,
    order: Order = None,
    batch: Batch = "1",
    device: RunOn = None,
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
      convcost suggest resnet18 --max-weight-bytes 4MiB --dtype int8

    Tried are the replacements that --replace names, or else depthwise-separable ones; without
    limits, the spec's own budgets count. A peak is brought down where it binds. The exit code is
    1 if no set of them suffices. It knows what layers cost, and nothing of accuracy.
    """
    from convcost.sources.formulas import replacement
    from convcost.suggestion import USUAL
    from convcost.suggestion import suggest as suggested

    show = printer("suggest", output_format, color, outputs)
    limits, run = limits_in(by_metric(given)), setting_of(batch, dtype, device)
    setting = setting_in(None, in_place, align, order, run)
    tried = tuple(map(replacement, replace)) if replace else USUAL
    chosen = replacing.selection(where, only, excluding, first, classifier)
    found = read_one(spec, overrides, given_in(input_shape, arguments, inputs_from, rules))
    budgets = limits or _own_limits(found)
    suggestion = suggested(
        found.network, budgets, tried, selection=chosen, inner=inner, setting=setting
    )
    kept = replacing.typed({"--inner": inner, "--first": first, "--classifier": classifier})
    kept += replacing.typed({"--set": overrides, "--input": input_shape, "--arg": arguments})
    kept += replacing.typed({"--inputs-from": inputs_from, "--with": rules_in(rules)})
    among = replacing.typed({"--where": where, "--only": only, "--except": excluding})
    show(suggestion, spec=spec, options=kept, among=among)
    if suggestion.undecided and not lenient:
        refuse(_undecided(suggestion), color)
    if not suggestion.suffices:
        raise typer.Exit(OVER_BUDGET)


def _own_limits(spec: Spec) -> list[Budget]:
    """What a spec limits of its totals; SpecError if that is nothing."""
    from convcost.budget import scope_of

    errors = [each for each in spec.budgets if each.level == "error"]
    found = [each for each in errors if scope_of(each.metric) == "total"]
    if not found:
        raise SpecError(
            "nothing to come under: this spec has no budgets" + " of totals" * bool(spec.budgets),
            place=Place(spec.path),
            hint="give --max-params or --max-macs, or add budgets: {macs: 600M} to it",
        )
    return found


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
