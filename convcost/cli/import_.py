"""`convcost import torch` and `convcost import onnx`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from convcost.cli.app import group
from convcost.cli.commands import COMMANDS
from convcost.cli.inputs import Arguments, Input, InputsFrom, Rules, given_in, tell
from convcost.cli.options import Color
from convcost.cli.output import OutFile, write_output
from convcost.cli.specs import Strict, tell_unknown
from convcost.cli.terminal import ColorChoice
from convcost.cli.texts import TextCommand
from convcost.views.text import Printable

if TYPE_CHECKING:
    from convcost.network import Network

app = group(COMMANDS["import"].help)


@app.command("torch", cls=TextCommand)
def import_torch(
    target: Annotated[str, typer.Argument(metavar="MODULE:FACTORY", help="pkg.module:factory.")],
    input_shape: Input = None,
    arguments: Arguments = None,
    inputs_from: InputsFrom = None,
    rules: Rules = None,
    output: OutFile = None,
    strict: Strict = False,
    color: Color = "auto",
) -> None:
    """A PyTorch module as a spec.

    \b
      convcost import torch torchvision.models:resnet50 --input 3x224x224 -o resnet50.yaml
      convcost import torch nets:build --input 3x32x32 --arg width=32

    The factory is a class or a function that gives an nn.Module. Importing a Python module runs
    it; the network itself is traced without weights or data.
    """
    from convcost.sources import CodeTarget, read

    network = read(
        CodeTarget(target), given=given_in(input_shape, arguments, inputs_from, rules)
    ).network
    _write(network, f"Imported from PyTorch: {target}", output, strict, color)


@app.command("onnx", cls=TextCommand)
def import_onnx(
    path: Annotated[str, typer.Argument(metavar="FILE", help="An ONNX file.")],
    input_shape: Input = None,
    rules: Rules = None,
    output: OutFile = None,
    strict: Strict = False,
    color: Color = "auto",
) -> None:
    """An ONNX file as a spec.

    \b
      convcost import onnx model.onnx -o model.yaml

    Weights need not be there, and external data is never read: shapes are enough. Nothing runs.
    """
    from convcost.sources import SpecFile, read

    network = read(SpecFile(path), given=given_in(input_shape, None, None, rules)).network
    _write(network, f"Imported from ONNX: {path}", output, strict, color)


def _write(
    network: Network, comment: str, output: str | None, strict: bool, color: ColorChoice
) -> None:
    """The spec of `network`, once it is sure to come to the same integers."""
    from convcost.cost import evaluate
    from convcost.emit.spec import spec_text
    from convcost.errors import ConvcostError
    from convcost.gaps import said_of
    from convcost.metrics import USUAL
    from convcost.sources.spec.reading import parse_spec

    text = spec_text(network, Printable(comment))
    report, again = evaluate(network), evaluate(parse_spec(text).network)
    for metric in USUAL:
        if report.figure(metric) != again.figure(metric):
            raise ConvcostError(f"the spec does not come to the {metric} of what was imported")
    write_output(text, output)
    tell(said_of(network))
    tell_unknown([report], color, strict)
