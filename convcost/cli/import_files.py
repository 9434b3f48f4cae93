"""`convcost import onnx` and `convcost import tflite`: files that are read, and run nothing."""

from __future__ import annotations

from typing import Annotated

import typer

from convcost.cli.imported import deliver, read_file
from convcost.cli.inputs import Input, Rules
from convcost.cli.options import Color
from convcost.cli.output import Force, OutFile
from convcost.cli.specs import Held, Strict


def import_onnx(
    path: Annotated[str, typer.Argument(metavar="FILE", help="An ONNX file.")],
    input_shape: Input = None,
    rules: Rules = None,
    output: OutFile = None,
    force: Force = False,
    held: Held = None,
    strict: Strict = False,
    color: Color = "auto",
) -> None:
    """An ONNX file as a spec.

    \b
      convcost import onnx model.onnx -o model.yaml
      convcost import onnx model.onnx --check model.yaml

    Weights need not be there, and external data is never read: shapes are enough. Nothing runs.
    """
    network = read_file(path, input_shape, rules)
    deliver(network, "ONNX", path, output, force, held, strict, color)


def import_tflite(
    path: Annotated[str, typer.Argument(metavar="FILE", help="A TensorFlow Lite file.")],
    input_shape: Input = None,
    rules: Rules = None,
    output: OutFile = None,
    force: Force = False,
    held: Held = None,
    strict: Strict = False,
    color: Color = "auto",
) -> None:
    """A TensorFlow Lite file as a spec.

    \b
      convcost import tflite model.tflite -o model.yaml
      convcost import tflite model.tflite --check model.yaml

    TensorFlow need not be there, and nothing runs. Channels come first in the spec, as everywhere.
    """
    network = read_file(path, input_shape, rules)
    deliver(network, "TensorFlow Lite", path, output, force, held, strict, color)
