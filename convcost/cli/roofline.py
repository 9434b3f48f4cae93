"""`convcost roofline`."""

from __future__ import annotations

from typing import Annotated

import typer

from convcost.cli.devices import Batch, Device, setting_of
from convcost.cli.inputs import Arguments, Input, InputsFrom, Rules, given_in, read_one
from convcost.cli.options import Color
from convcost.cli.output import Files, format_option, printer
from convcost.cli.setting import Dtype
from convcost.cli.specs import Overrides, tell_unknown
from convcost.cli.values import whole


def roofline(
    path: Annotated[str, typer.Argument(metavar="SPEC", help="A spec, or a network that ships.")],
    device: Device,
    dtype: Dtype = None,
    batch: Batch = "1",
    winograd: Annotated[
        str | None,
        typer.Option(
            "--winograd", metavar="2|4|6", help="3x3 convolutions by Winograd, in tiles of that."
        ),
    ] = None,
    overrides: Overrides = None,
    input_shape: Input = None,
    arguments: Arguments = None,
    inputs_from: InputsFrom = None,
    rules: Rules = None,
    output_format: Annotated[str, format_option("roofline")] = "table",
    outputs: Files = None,
    color: Color = "auto",
) -> None:
    """What computing and moving take at least on a device, and which of both binds.

    \b
      convcost roofline resnet50 --device h100-sxm --dtype fp16 --batch 8
      convcost roofline mobilenet_v2 --device raspberry-pi-5 --dtype int8
      convcost roofline vgg16 --device ./board.yaml --dtype int8

    A bound, and no forecast: a network takes longer. A device is one that ships, a file of your
    own, or what "convcost measure" saved as JSON.
    """
    show = printer("roofline", output_format, color, outputs)
    from convcost.cost import evaluate
    from convcost.metrics.roofline import roofline as bounded
    from convcost.sources.devices import find_device

    tile = 0 if winograd is None else whole("--winograd", winograd)
    setting = setting_of(batch, dtype)
    chosen = find_device(device)
    spec = read_one(path, overrides, given_in(input_shape, arguments, inputs_from, rules))
    report = evaluate(spec.network)
    show(bounded(report, chosen, setting, tile))
    tell_unknown([report], color)
