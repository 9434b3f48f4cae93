"""`convcost check`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from convcost.cli.exits import FINE, OVER_BUDGET
from convcost.cli.options import Color
from convcost.cli.output import Files, format_option
from convcost.cli.problems import refuse
from convcost.cli.progress import tracked
from convcost.cli.project import ConfigFile, OtherConvention, SomePaths
from convcost.cli.publish import publisher
from convcost.cli.specs import Input, Lenient, Overrides, Strict, tell_gaps
from convcost.cli.values import assignments
from convcost.errors import UsageError

if TYPE_CHECKING:
    from convcost.budget import Budget


def _limit(metric: str, what: str) -> object:
    return typer.Option(f"--max-{metric}", metavar="LIMIT", help=f"At most {what}.")


MaxParams = Annotated[
    list[str] | None, _limit("params", "so many parameters: 4.3M, 500k, 25557032")
]
MaxMacs = Annotated[list[str] | None, _limit("macs", "so many multiply-adds")]
MaxActivations = Annotated[
    list[str] | None, _limit("activations", "so many outputs of conv and linear layers")
]
MaxLayerParams = Annotated[
    list[str] | None, _limit("layer-params", "so many parameters in any one layer")
]
MaxLayerMacs = Annotated[
    list[str] | None, _limit("layer-macs", "so many multiply-adds in any one layer")
]
MaxLayerActivations = Annotated[
    list[str] | None, _limit("layer-activations", "so many outputs of any one layer")
]
MaxParamsGrowth = Annotated[
    list[str] | None, _limit("params-growth", "so many parameters more than before: 2%, 100k")
]
MaxMacsGrowth = Annotated[list[str] | None, _limit("macs-growth", "so many multiply-adds more")]
MaxActivationsGrowth = Annotated[
    list[str] | None, _limit("activations-growth", "so many outputs more")
]
BaseOption = Annotated[
    str | None,
    typer.Option(
        "--base",
        metavar="FILE|git:REF|none",
        help="What to measure growth from; else as the settings say, or convcost.lock if there.",
    ),
]
ExitZero = Annotated[
    bool, typer.Option("--exit-zero", help="End with 0 where it would be 1; 2 stays 2.")
]


def check(
    paths: SomePaths = None,
    max_params: MaxParams = None,
    max_macs: MaxMacs = None,
    max_activations: MaxActivations = None,
    max_layer_params: MaxLayerParams = None,
    max_layer_macs: MaxLayerMacs = None,
    max_layer_activations: MaxLayerActivations = None,
    max_params_growth: MaxParamsGrowth = None,
    max_macs_growth: MaxMacsGrowth = None,
    max_activations_growth: MaxActivationsGrowth = None,
    base: BaseOption = None,
    config: ConfigFile = None,
    convention: OtherConvention = None,
    overrides: Overrides = None,
    input_shape: Input = None,
    strict: Strict = False,
    output_format: Annotated[str, format_option("check")] = "table",
    outputs: Files = None,
    exit_zero: ExitZero = False,
    lenient: Lenient = False,
    color: Color = "auto",
) -> None:
    """Hold networks to their budgets; for CI.

    \b
      convcost check
      convcost check specs/mobilenet_v1.yaml --max-params 4.3M --max-macs 600M
      convcost check specs --base git:origin/main --max-macs-growth 2%
      convcost check --max-macs warn=550M --max-macs 600M
      convcost check --output junit=report.xml --output sarif=report.sarif

    Specs set budgets of their own; those of the settings take the place of a spec's for the same
    metric, and an option that of both. With a baseline and no limit on growth, nothing may grow.
    The exit code is 0 within budget, 1 over it, and 2 if anything could not be checked.
    """
    flags = _budgets(
        {
            "params": max_params,
            "macs": max_macs,
            "activations": max_activations,
            "layer_params": max_layer_params,
            "layer_macs": max_layer_macs,
            "layer_activations": max_layer_activations,
            "params_growth": max_params_growth,
            "macs_growth": max_macs_growth,
            "activations_growth": max_activations_growth,
        }
    )
    publish = publisher(output_format, outputs or (), color)
    from convcost.project.gate import check_project

    verdict = check_project(
        paths=paths or (),
        base=base,
        config=config,
        convention=convention,
        values=assignments("--set", overrides or ()),
        input_shape=input_shape,
        limits=flags,
        lenient=lenient,
        track=partial(tracked, what="checking", color=color),
    )
    refuse([*verdict.problems, *publish(verdict)], color)
    tell_gaps(verdict.gaps, color, strict)
    raise typer.Exit(OVER_BUDGET if verdict.over and not exit_zero else FINE)


def _budgets(options: Mapping[str, Sequence[str] | None]) -> tuple[Budget, ...]:
    from convcost.limits import limits

    budgets: list[Budget] = []
    for metric, texts in options.items():
        flag = f"--max-{metric.replace('_', '-')}"
        for text in texts or ():
            level, equals, limit = text.rpartition("=")
            value = {level.strip(): limit.strip()} if equals else text
            try:
                budgets += limits(metric, value, lambda *keys: None, flag)
            except UsageError as error:
                raise UsageError(*error.at(None, f"{flag} ")) from None
    return tuple(budgets)
