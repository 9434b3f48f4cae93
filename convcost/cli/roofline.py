"""`convcost roofline`."""

from __future__ import annotations

from typing import Annotated

import typer

from convcost.cli.devices import Batch, Device, setting_of
from convcost.cli.network import Asked, about_network
from convcost.cli.setting import Dtype
from convcost.cli.values import whole


@about_network("roofline")
def roofline(
    asked: Asked,
    device: Device,
    dtype: Dtype = None,
    batch: Batch = "1",
    winograd: Annotated[
        str | None,
        typer.Option(
            "--winograd", metavar="2|4|6", help="3x3 convolutions by Winograd, in tiles of that."
        ),
    ] = None,
) -> None:
    """What computing and moving take at least on a device, and which of both binds.

    \b
      convcost roofline resnet50 --device h100-sxm --dtype fp16 --batch 8
      convcost roofline mobilenet_v2 --device raspberry-pi-5 --dtype int8
      convcost roofline vgg16 --device ./board.yaml --dtype int8

    A bound, and no forecast: a network takes longer. A device is one that ships, a file of your
    own, or what "convcost measure" saved as JSON.
    """
    from convcost.metrics.roofline import roofline as bounded
    from convcost.sources.devices import find_device

    tile = 0 if winograd is None else whole("--winograd", winograd)
    setting = setting_of(batch, dtype)
    chosen = find_device(device)
    report = asked.report()
    asked.answer(report, bounded(report, chosen, setting, tile))
