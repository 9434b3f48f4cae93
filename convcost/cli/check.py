"""`convcost check`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from convcost.cli.exits import OVER_BUDGET
from convcost.cli.options import Color
from convcost.cli.output import format_option, printer
from convcost.cli.specs import Evaluated, Overrides, Paths, raise_all, read_all
from convcost.errors import Place, Problem, UsageError

if TYPE_CHECKING:
    from convcost.budget import Budget


def _limit(metric: str, what: str) -> object:
    return typer.Option(f"--max-{metric}", metavar="LIMIT", help=f"At most so many {what}.")


MaxParams = Annotated[str | None, _limit("params", "parameters: 4.3M, 500k, 25557032")]
MaxMacs = Annotated[str | None, _limit("macs", "multiply-adds")]
MaxActivations = Annotated[str | None, _limit("activations", "outputs of conv and linear layers")]


def check(
    paths: Paths,
    max_params: MaxParams = None,
    max_macs: MaxMacs = None,
    max_activations: MaxActivations = None,
    overrides: Overrides = None,
    output_format: Annotated[str, format_option("check")] = "table",
    color: Color = "auto",
) -> None:
    """Hold networks to their budgets; for CI.

    \b
      convcost check specs
      convcost check specs/mobilenet_v1.yaml --max-params 4.3M --max-macs 600M

    A spec sets budgets of its own; an option takes the place of the spec's for the same metric.
    The exit code is 0 within budget, 1 over it, and 2 if a spec cannot be read or has no budget.
    """
    show = printer("check", output_format, color)
    flags = _budgets({"params": max_params, "macs": max_macs, "activations": max_activations})
    batch = read_all(paths, overrides, color)
    from convcost.budget import check as hold

    findings = [
        finding for spec in batch.specs for finding in hold(spec.report, _in_force(spec, flags))
    ]
    unlimited = [spec for spec in batch.specs if not _in_force(spec, flags)]
    problems = [*batch.problems, *map(_nothing_to_check, unlimited)]
    if findings:
        show(findings, problems=problems)
    raise_all(problems)
    if not all(finding.passed for finding in findings):
        raise typer.Exit(OVER_BUDGET)


def _budgets(limits: dict[str, str | None]) -> tuple[Budget, ...]:
    from convcost.budget import Budget
    from convcost.quantity import parse_amount

    budgets = []
    for metric, text in limits.items():
        if text is not None:
            try:
                budgets.append(Budget(metric, parse_amount(text)))
            except UsageError as error:
                raise UsageError(*error.at(None, f"--max-{metric} ")) from None
    return tuple(budgets)


def _in_force(spec: Evaluated, flags: tuple[Budget, ...]) -> list[Budget]:
    overruled = {budget.metric for budget in flags}
    return [*(budget for budget in spec.budgets if budget.metric not in overruled), *flags]


def _nothing_to_check(spec: Evaluated) -> Problem:
    return Problem(
        "nothing to check: this spec has no budgets",
        Place(spec.report.path),
        "add budgets: {params: 4.3M, macs: 600M} to it, or give --max-params or --max-macs",
    )
