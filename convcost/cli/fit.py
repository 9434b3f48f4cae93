"""`convcost fit`."""

from __future__ import annotations

from typing import Annotated

import typer

from convcost.cli.devices import Device
from convcost.cli.exits import FINE, OVER_BUDGET
from convcost.cli.inputs import Arguments, Input, InputsFrom, Rules, given_in, read_one
from convcost.cli.options import Color
from convcost.cli.output import Files, format_option, printer
from convcost.cli.problems import refuse
from convcost.cli.setting import Align, Dtype, InPlace, Order, setting_in
from convcost.cli.specs import Overrides, tell_unknown
from convcost.errors import Problem


def fit(
    path: Annotated[str, typer.Argument(metavar="SPEC", help="A spec, or a network that ships.")],
    device: Device,
    dtype: Dtype = None,
    in_place: InPlace = None,
    align: Align = None,
    order: Order = None,
    overrides: Overrides = None,
    input_shape: Input = None,
    arguments: Arguments = None,
    inputs_from: InputsFrom = None,
    rules: Rules = None,
    output_format: Annotated[str, format_option("fit")] = "table",
    outputs: Files = None,
    color: Color = "auto",
) -> None:
    """Whether a network fits a device: weights against flash, activations against SRAM.

    \b
      convcost fit mlperf_tiny_vww --device stm32f746 --dtype int8
      convcost fit mobilenet_v2 --device ./board.yaml --dtype int8 --in-place depthwise

    The exit code is 0 if it fits, 1 if it does not, and 2 if that cannot be told.
    """
    show = printer("fit", output_format, color, outputs)
    from convcost.cost import evaluate
    from convcost.metrics.fit import fit as fitted
    from convcost.sources.devices import find_device

    setting, chosen = setting_in(dtype, in_place, align, order), find_device(device)
    spec = read_one(path, overrides, given_in(input_shape, arguments, inputs_from, rules))
    made = fitted(evaluate(spec.network).under(setting), chosen)
    show(made)
    tell_unknown([made.report], color)
    if made.fits is None:
        refuse(
            [
                Problem(f"it cannot be told whether it fits: {each}")
                for part in made.parts
                for each in [part.status.why or f"{chosen.name} does not say its {part.memory}"]
                if part.fits is None
            ],
            color,
        )
    raise typer.Exit(FINE if made.fits else OVER_BUDGET)
