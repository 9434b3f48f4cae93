"""`convcost check`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from convcost.budget import METRICS
from convcost.cli.devices import MaybeBatch, RunOn
from convcost.cli.exits import FINE, OVER_BUDGET
from convcost.cli.inputs import Arguments, Input, InputsFrom, Rules, tell
from convcost.cli.metrics import by_metric, flag_of, takes_limits
from convcost.cli.options import Color
from convcost.cli.output import Files, format_option
from convcost.cli.plugged import rules_in
from convcost.cli.problems import refuse
from convcost.cli.progress import tracked
from convcost.cli.project import BaseOption, Cache, ConfigFile, OtherConvention, RunCode, SomePaths
from convcost.cli.publish import publisher
from convcost.cli.setting import Dtype
from convcost.cli.specs import Lenient, Overrides, Strict, tell_gaps
from convcost.cli.values import assignments
from convcost.errors import UsageError

if TYPE_CHECKING:
    from convcost.budget import Budget

ExitZero = Annotated[
    bool, typer.Option("--exit-zero", help="End with 0 where it would be 1; 2 stays 2.")
]
Verbose = Annotated[
    bool, typer.Option("--verbose", help="List also what is within budget, in the table.")
]


@takes_limits(
    METRICS, {"params": ": 4.3M, 500k, 25557032", "params_growth": " than before: 2%, 100k"}
)
def check(
    paths: SomePaths = None,
    base: BaseOption = None,
    config: ConfigFile = None,
    convention: OtherConvention = None,
    dtype: Dtype = None,
    batch: MaybeBatch = None,
    device: RunOn = None,
    overrides: Overrides = None,
    input_shape: Input = None,
    arguments: Arguments = None,
    inputs_from: InputsFrom = None,
    rules: Rules = None,
    run_code: RunCode = False,
    cache: Cache = None,
    strict: Strict = False,
    output_format: Annotated[str, format_option("check")] = "table",
    outputs: Files = None,
    exit_zero: ExitZero = False,
    lenient: Lenient = False,
    verbose: Verbose = False,
    color: Color = "auto",
    **limits: list[str] | None,
) -> None:
    """Hold networks to their budgets; for CI.

    \b
      convcost check
      convcost check specs/mobilenet_v1.yaml --max-params 4M --max-macs warn=550M
      convcost check specs --base git:origin/main --max-macs-growth 2%
      convcost check --output junit=report.xml --output sarif=report.sarif

    Specs set budgets of their own; those of the settings take the place of a spec's for the same
    metric, and an option that of both. With a baseline and no limit on growth, nothing may grow.
    The exit code is 0 within budget, 1 over it, and 2 if anything could not be checked.
    """
    publish = publisher(output_format, outputs or (), color, verbose)
    from convcost.project.gate import check_project

    verdict = check_project(
        paths=paths or (),
        base=base,
        config=config,
        convention=convention,
        metrics={"dtype": dtype, "batch": batch, "device": device},
        values=assignments("--set", overrides or ()),
        input_shape=input_shape,
        arguments=assignments("--arg", arguments or ()),
        inputs_from=inputs_from,
        rules=rules_in(rules),
        limits=_budgets(by_metric(limits)),
        lenient=lenient,
        run_code=run_code,
        cache=cache or True,
        track=partial(tracked, what="checking", color=color),
    )
    tell(verdict.notes)
    refuse([*verdict.problems, *publish(verdict)], color)
    tell_gaps(verdict.gaps, color, strict)
    raise typer.Exit(OVER_BUDGET if verdict.over and not exit_zero else FINE)


def _budgets(options: Mapping[str, Sequence[str]]) -> tuple[Budget, ...]:
    from convcost.limits import limits

    budgets: list[Budget] = []
    for metric, texts in options.items():
        flag = flag_of(metric)
        for text in texts:
            level, equals, limit = text.rpartition("=")
            value = {level.strip(): limit.strip()} if equals else text
            try:
                budgets += limits(metric, value, lambda *keys: None, flag)
            except UsageError as error:
                raise UsageError(*error.at(None, f"{flag} ")) from None
    return tuple(budgets)
