"""`convcost measure`."""

from __future__ import annotations

from typing import Annotated

import typer

from convcost.cli.devices import Batch, MaybeDevice, setting_of
from convcost.cli.network import Asked, about_network
from convcost.cli.setting import Dtype


@about_network("measure")
def measure(
    asked: Asked,
    batch: Batch = "1",
    dtype: Dtype = None,
    where: Annotated[
        str, typer.Option("--on", metavar="cpu|cuda", help="Where; else cuda if it is there.")
    ] = "",
    device: MaybeDevice = None,
    runtime: Annotated[
        str,
        typer.Option("--runtime", metavar="torch|onnxruntime", help="Else what is installed."),
    ] = "",
) -> None:
    """How long a network and its layers take here, timed.

    \b
      convcost measure mobilenet_v2 --batch 8
      convcost measure resnet50 --on cuda --dtype fp16 --batch 64 --device h100-sxm
      convcost measure resnet50 --output json=mine.json
      convcost measure model.onnx --runtime onnxruntime

    Runs what "convcost export pytorch" writes, by PyTorch as it is installed, or exported by it for
    ONNX Runtime, which runs an ONNX file as it is. What --output saved as JSON is a device to other
    commands: --device mine.json.
    """
    from convcost.cost import evaluate
    from convcost.emit.pytorch import pytorch_text
    from convcost.runtime.measurement import measure as measured
    from convcost.sources.devices import find_device

    setting = setting_of(batch, dtype)
    chosen = None if device is None else find_device(device)
    network = asked.network()
    report = evaluate(network)
    file = asked.path if asked.path.endswith(".onnx") else ""
    made = measured(network, report, pytorch_text, setting, where, chosen, runtime, file)
    asked.answer(report, made)
