"""`convcost reach`."""

from __future__ import annotations

from typing import Annotated

import typer

from convcost.cli.network import Asked, about_network
from convcost.cli.values import whole
from convcost.errors import UsageError


@about_network("reach")
def reach(
    asked: Asked,
    at: Annotated[
        str | None, typer.Option("--at", metavar="LAYER", help="What one output of a layer sees.")
    ] = None,
    position: Annotated[
        str | None,
        typer.Option("--position", metavar="I,J", help="Which one, from 0; else in the middle."),
    ] = None,
) -> None:
    """Receptive fields: how much of its input each layer of a network sees.

    \b
      convcost reach vgg16
      convcost reach mobilenet_v2 --set size=1024 --at head --position '16,0'
    """
    if position is not None and at is None:
        raise UsageError("--position goes with --at", hint="name the layer: --at LAYER")
    from convcost.metrics.reach import reach as reached

    where = None if position is None else _numbers("--position", position)
    report = asked.report()
    asked.answer(report, reached(report, at or "", where))


def _numbers(option: str, text: str) -> tuple[int, ...]:
    """`3,5` as numbers from 0 on; an empty text is none."""
    return tuple(
        0 if each.strip() == "0" else whole(option, each)
        for each in text.split(",")
        if text.strip()
    )
