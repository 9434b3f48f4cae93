"""`convcost measure`."""

from __future__ import annotations

from typing import Annotated

import typer

from convcost.cli.devices import Batch, MaybeDevice, setting_of
from convcost.cli.inputs import Arguments, Input, InputsFrom, Rules, given_in, read_one
from convcost.cli.options import Color
from convcost.cli.output import Files, format_option, printer
from convcost.cli.setting import Dtype
from convcost.cli.specs import Overrides, tell_unknown


def measure(
    path: Annotated[str, typer.Argument(metavar="SPEC", help="A spec, or a network that ships.")],
    batch: Batch = "1",
    dtype: Dtype = None,
    where: Annotated[
        str, typer.Option("--on", metavar="cpu|cuda", help="Where; else cuda if it is there.")
    ] = "",
    device: MaybeDevice = None,
    overrides: Overrides = None,
    input_shape: Input = None,
    arguments: Arguments = None,
    inputs_from: InputsFrom = None,
    rules: Rules = None,
    output_format: Annotated[str, format_option("measure")] = "table",
    outputs: Files = None,
    color: Color = "auto",
) -> None:
    """How long a network and its layers take here, timed.

    \b
      convcost measure mobilenet_v2 --batch 8
      convcost measure resnet50 --on cuda --dtype fp16 --batch 64 --device h100-sxm
      convcost measure resnet50 --output json=mine.json

    Runs what "convcost export pytorch" writes, by PyTorch as it is installed. What --output saved
    as JSON is a device to other commands: --device mine.json.
    """
    show = printer("measure", output_format, color, outputs)
    from convcost.cost import evaluate
    from convcost.emit.pytorch import pytorch_text
    from convcost.runtime.measurement import measure as measured
    from convcost.sources.devices import find_device

    setting = setting_of(batch, dtype)
    chosen = None if device is None else find_device(device)
    spec = read_one(path, overrides, given_in(input_shape, arguments, inputs_from, rules))
    report = evaluate(spec.network)
    show(measured(spec.network, report, pytorch_text, setting, where, chosen))
    tell_unknown([report], color)
