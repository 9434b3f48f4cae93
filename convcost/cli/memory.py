"""`convcost memory`."""

from __future__ import annotations

from typing import Annotated

import typer

from convcost.cli.inputs import Arguments, Input, InputsFrom, Rules, given_in, read_one
from convcost.cli.options import Color
from convcost.cli.output import Files, format_option, printer
from convcost.cli.setting import Align, Dtype, InPlace, Order, setting_in
from convcost.cli.specs import Overrides, tell_unknown


def memory(
    path: Annotated[str, typer.Argument(metavar="SPEC", help="A spec, or a network that ships.")],
    dtype: Dtype = None,
    in_place: InPlace = None,
    align: Align = None,
    order: Order = None,
    overrides: Overrides = None,
    input_shape: Input = None,
    arguments: Arguments = None,
    inputs_from: InputsFrom = None,
    rules: Rules = None,
    output_format: Annotated[str, format_option("memory")] = "table",
    outputs: Files = None,
    color: Color = "auto",
) -> None:
    """Activations in memory: what is alive at each step, and where it lies.

    \b
      convcost memory mobilenet_v2 --dtype int8 --in-place depthwise
      convcost memory unet --order best --format csv

    Norms and element-wise activations are written over their input. Weights are not counted, nor
    is what kernels need besides.
    """
    show = printer("memory", output_format, color, outputs)
    from convcost.cost import evaluate
    from convcost.metrics.memory import plan

    setting = setting_in(dtype, in_place, align, order)
    spec = read_one(path, overrides, given_in(input_shape, arguments, inputs_from, rules))
    report = evaluate(spec.network).under(setting)
    show(plan(report))
    tell_unknown([report], color)
