"""`convcost import onnx` and the like: a command for each sort of file that is only read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from convcost.cli.imported import deliver, read_file, refuse_other
from convcost.cli.inputs import Input, Rules
from convcost.cli.options import Color
from convcost.cli.output import Force, OutFile
from convcost.cli.specs import Held, Strict
from convcost.sources.frameworks import FRAMEWORKS

Path = Annotated[str, typer.Argument(metavar="FILE", help="The file to read.")]

_ONNX = """An ONNX file as a spec.

\b
  convcost import onnx model.onnx -o model.yaml
  convcost import onnx model.onnx --check model.yaml

Weights need not be there, and external data is never read: shapes are enough. Nothing runs.
"""
_TFLITE = """A TensorFlow Lite file as a spec.

\b
  convcost import tflite model.tflite -o model.yaml
  convcost import tflite model.tflite --check model.yaml

TensorFlow need not be there, and nothing runs. Channels come first in the spec, as everywhere.
"""


def _command(framework: str, told: str) -> Callable[..., None]:
    def import_file(
        path: Path,
        input_shape: Input = None,
        rules: Rules = None,
        output: OutFile = None,
        force: Force = False,
        held: Held = None,
        strict: Strict = False,
        color: Color = "auto",
    ) -> None:
        refuse_other(path, framework)
        network = read_file(path, input_shape, rules)
        deliver(network, framework, path, output, force, held, strict, color)

    import_file.__doc__ = told
    return import_file


_TOLD = {"onnx": _ONNX, "tflite": _TFLITE}
COMMANDS_OF_FILES = {
    each.word: _command(each.name, _TOLD[each.word]) for each in FRAMEWORKS if each.word in _TOLD
}
"""By their words behind `convcost import`."""
