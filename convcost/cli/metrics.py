"""Options about metrics, made of their table: which to show, and `--max-macs 600M` and so on."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, TypeVar

import typer

from convcost.budget import Budget, scope_of, total_of
from convcost.cli.signatures import Command, Function, Parameters
from convcost.errors import UsageError
from convcost.metrics import METRICS, USUAL, find

Given = TypeVar("Given")
Examples = Mapping[str, str]
"""How limits are written, by the metric whose help says so."""


_MORE = [name for name in METRICS if name not in USUAL]
_OFFER = ": ".join([f"Show more than {', '.join(USUAL)}", *[", ".join(_MORE)] * bool(_MORE)])
Metrics = Annotated[str | None, typer.Option("--metrics", metavar="NAME,...", help=f"{_OFFER}.")]


def metrics_in(text: str | None) -> tuple[str, ...]:
    """The metrics that `--metrics` names, `peak-memory` for `peak_memory`, but for the usual.

    UsageError for a name that no metric has.
    """
    names = [each for each in (text or "").split(",") if each.strip()]
    found = dict.fromkeys(metric_in("--metrics", name) for name in names)
    return tuple(name for name in found if name not in USUAL)


def metric_in(option: str, text: str) -> str:
    """The metric that an option names, also as `peak-memory`; UsageError for one that is none."""
    try:
        return find(text.strip().replace("-", "_")).name
    except UsageError as error:
        raise UsageError(*error.at(None, f"{option}: ")) from None


def flag_of(metric: str) -> str:
    """The option that limits a metric: `--max-layer-macs`."""
    return f"--max-{metric.replace('_', '-')}"


def takes_limits(metrics: Iterable[str], examples: Examples) -> Callable[[Function], Command]:
    """Give a command options that limit `metrics`, behind its first parameter and in the place of
    its last, `**limits`, whose type they have."""

    def shown(own: Parameters) -> Parameters:
        first, *others, limits = own
        options = [
            _parameter(metric, limits.annotation, examples.get(metric, "")) for metric in metrics
        ]
        return [first, *options, *others]

    return lambda function: Command(function, shown)


def by_metric(limits: Mapping[str, Given | None]) -> dict[str, Given]:
    """What was given of `limits`, by the metric that it limits."""
    return {name.removeprefix("max_"): given for name, given in limits.items() if given is not None}


def limits_in(texts: Mapping[str, str]) -> list[Budget]:
    """What each of these totals may come to at most; UsageError for what is no limit."""
    from convcost.limits import limit_of

    limits = []
    for metric, text in texts.items():
        try:
            limits.append(Budget(metric, limit_of(metric, text)))
        except UsageError as error:
            raise UsageError(*error.at(None, f"{flag_of(metric)} ")) from None
    return limits


def _parameter(metric: str, annotation: object, example: str) -> inspect.Parameter:
    option = typer.Option(flag_of(metric), metavar="LIMIT", help=_help(metric, example))
    return inspect.Parameter(
        f"max_{metric}",
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        default=None,
        annotation=Annotated[annotation, option],
    )


def _help(metric: str, example: str) -> str:
    row = METRICS[total_of(metric)]
    in_total, in_a_layer = row.limited or (row.unit, f"{row.unit} in any one layer")
    said = {"total": in_total, "layer": in_a_layer, "growth": f"{row.unit} more"}[scope_of(metric)]
    return f"At most so many {said}{example}."
