"""The options that say which rows of networks `eval` shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from convcost.cli.metrics import metric_in
from convcost.cli.values import whole
from convcost.errors import UsageError

if TYPE_CHECKING:
    from convcost.views.eval import Detail
    from convcost.views.eval.picked import Wanted

Summary = Annotated[bool, typer.Option("--summary", help="Only the totals.")]
Stages = Annotated[bool, typer.Option("--stages", help="The ops inside layers, too.")]
Depth = Annotated[
    str | None,
    typer.Option(
        "--depth", metavar="N", help="Add layers up by block: 1 for layer1, 2 for layer1.0."
    ),
]
Sort = Annotated[
    str | None,
    typer.Option("--sort", metavar="METRIC", help="The most first: macs, params, activations..."),
]
Top = Annotated[
    str | None,
    typer.Option("--top", metavar="N", help="Only the N first, by --sort or MACs; others as one."),
]
Everything = Annotated[
    bool, typer.Option("--all", help="Every layer, also on a terminal, which leaves out some.")
]


def detail_of(summary: bool, stages: bool) -> Detail:
    """How much of each network is told."""
    return "summary" if summary else "stages" if stages else "layers"


def wanted(
    summary: bool,
    stages: bool,
    depth: str | None,
    sort: str | None,
    top: str | None,
    everything: bool,
    vary: Sequence[str] | None,
) -> Wanted:
    """What the options say; UsageError for what is no number or metric, and for options that
    cannot both be had."""
    from convcost.views.eval.picked import Wanted

    _refuse_two({"--summary": summary, "--stages": stages, "--depth": depth})
    _refuse_two({"--summary": summary, "--top": top})
    _refuse_two({"--vary": vary, "--stages": stages})
    return Wanted(
        None if depth is None else whole("--depth", depth),
        "" if sort is None else metric_in("--sort", sort),
        None if top is None else whole("--top", top),
        everything,
    )


def _refuse_two(options: Mapping[str, object]) -> None:
    given = [name for name, value in options.items() if value]
    if len(given) > 1:
        raise UsageError(f"{given[0]} and {given[1]} cannot both be had")
