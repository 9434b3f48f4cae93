"""`convcost reach`."""

from __future__ import annotations

from typing import Annotated

import typer

from convcost.cli.inputs import Arguments, Input, InputsFrom, Rules, given_in, read_one
from convcost.cli.options import Color
from convcost.cli.output import Files, format_option, printer
from convcost.cli.specs import Overrides, tell_unknown
from convcost.cli.values import whole
from convcost.errors import UsageError


def reach(
    path: Annotated[str, typer.Argument(metavar="SPEC", help="A spec, or a network that ships.")],
    at: Annotated[
        str | None, typer.Option("--at", metavar="LAYER", help="What one output of a layer sees.")
    ] = None,
    position: Annotated[
        str | None,
        typer.Option("--position", metavar="I,J", help="Which one, from 0; else in the middle."),
    ] = None,
    overrides: Overrides = None,
    input_shape: Input = None,
    arguments: Arguments = None,
    inputs_from: InputsFrom = None,
    rules: Rules = None,
    output_format: Annotated[str, format_option("reach")] = "table",
    outputs: Files = None,
    color: Color = "auto",
) -> None:
    """Receptive fields: how much of its input each layer of a network sees.

    \b
      convcost reach vgg16
      convcost reach mobilenet_v2 --set size=1024 --at head --position '16,0'
    """
    show = printer("reach", output_format, color, outputs)
    if position is not None and at is None:
        raise UsageError("--position goes with --at", hint="name the layer: --at LAYER")
    from convcost.cost import evaluate
    from convcost.metrics.reach import reach as reached

    where = None if position is None else _numbers("--position", position)
    spec = read_one(path, overrides, given_in(input_shape, arguments, inputs_from, rules))
    report = evaluate(spec.network)
    show(reached(report, at or "", where))
    tell_unknown([report], color)


def _numbers(option: str, text: str) -> tuple[int, ...]:
    """`3,5` as numbers from 0 on; an empty text is none."""
    return tuple(
        0 if each.strip() == "0" else whole(option, each)
        for each in text.split(",")
        if text.strip()
    )
