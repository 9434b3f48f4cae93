"""`convcost training`."""

from __future__ import annotations

from typing import Annotated

import typer

from convcost.cli.devices import Batch, setting_of
from convcost.cli.network import Asked, about_network
from convcost.cli.setting import Dtype

Checkpoint = Annotated[
    str | None,
    typer.Option(
        "--checkpoint",
        metavar="blocks|PATTERN",
        help="Blocks computed again rather than kept: all, or those with such names, layer3.*.",
    ),
]


@about_network("training")
def training(
    asked: Asked,
    batch: Batch = "1",
    optimizer: Annotated[
        str, typer.Option("--optimizer", metavar="NAME", help="sgd, momentum, adam or adamw.")
    ] = "sgd",
    dtype: Dtype = None,
    master: Annotated[
        bool, typer.Option("--master-weights", help="Narrower weights have a copy in fp32.")
    ] = False,
    checkpoint: Checkpoint = None,
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
    from convcost.metrics.training import refuse_whole_numbers
    from convcost.metrics.training import training as trained

    setting = setting_of(batch, dtype).with_word("optimizer", optimizer)._replace(master=master)
    if checkpoint is not None:
        setting = setting.with_word("checkpoint", checkpoint)
    refuse_whole_numbers(setting)
    made = trained(asked.report().under(setting))
    asked.answer(made.report, made)
