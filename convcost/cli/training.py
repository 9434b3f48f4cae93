"""`convcost training`."""

from __future__ import annotations

from typing import Annotated

import typer

from convcost.cli.devices import Batch, setting_of
from convcost.cli.inputs import Arguments, Input, InputsFrom, Rules, given_in, read_one
from convcost.cli.options import Color
from convcost.cli.output import Files, format_option, printer
from convcost.cli.setting import Dtype
from convcost.cli.specs import Overrides, tell_unknown

Checkpoint = Annotated[
    str | None,
    typer.Option(
        "--checkpoint",
        metavar="blocks|PATTERN",
        help="Blocks computed again rather than kept: all, or those with such names, layer3.*.",
    ),
]


def training(
    path: Annotated[str, typer.Argument(metavar="SPEC", help="A spec, or a network that ships.")],
    batch: Batch = "1",
    optimizer: Annotated[
        str, typer.Option("--optimizer", metavar="NAME", help="sgd, momentum, adam or adamw.")
    ] = "sgd",
    dtype: Dtype = None,
    master: Annotated[
        bool, typer.Option("--master-weights", help="Narrower weights have a copy in fp32.")
    ] = False,
    checkpoint: Checkpoint = None,
    overrides: Overrides = None,
    input_shape: Input = None,
    arguments: Arguments = None,
    inputs_from: InputsFrom = None,
    rules: Rules = None,
    output_format: Annotated[str, format_option("training")] = "table",
    outputs: Files = None,
    color: Color = "auto",
) -> None:
    """What a step of training multiplies, and the memory that it holds, part by part.

    \b
      convcost training resnet50 --batch 32 --optimizer adamw
      convcost training vgg16 --batch 64 --dtype 'weights=fp32,activations=bf16'
      convcost training resnet50 --batch 256 --optimizer adamw --dtype bf16 --master-weights
      convcost training resnet50 --batch 256 --checkpoint blocks

    As PyTorch trains a network as it is written, and not compiled. Weights in fp32 with activations
    in bf16 are what its autocast does.
    """
    show = printer("training", output_format, color, outputs)
    from convcost.cost import evaluate
    from convcost.errors import UsageError
    from convcost.metrics.training import training as trained
    from convcost.setting import FLOATS

    setting = setting_of(batch, dtype).with_word("optimizer", optimizer)._replace(master=master)
    if checkpoint is not None:
        setting = setting.with_word("checkpoint", checkpoint)
    for each in (setting.weights, setting.activations):
        if each not in FLOATS:
            hint = f"the dtypes for that are {', '.join(FLOATS)}"
            raise UsageError(f"nothing is trained in {each}", hint=hint)
    spec = read_one(path, overrides, given_in(input_shape, arguments, inputs_from, rules))
    made = trained(evaluate(spec.network).under(setting))
    show(made)
    tell_unknown([made.report], color)
