"""`convcost export pytorch`."""

from __future__ import annotations

from convcost.cli.app import group
from convcost.cli.commands import COMMANDS
from convcost.cli.inputs import Arguments, Input, InputsFrom, Rules, Spec, given_in, read_one
from convcost.cli.options import Color
from convcost.cli.output import Force, OutFile, write_own
from convcost.cli.specs import Overrides, tell_unknown
from convcost.cli.texts import TextCommand

app = group(COMMANDS["export"].help)


@app.callback()
def _export() -> None:
    """Makes Typer ask for the command's name, although there is but one."""


@app.command("pytorch", cls=TextCommand)
def pytorch(
    path: Spec,
    overrides: Overrides = None,
    input_shape: Input = None,
    arguments: Arguments = None,
    inputs_from: InputsFrom = None,
    rules: Rules = None,
    output: OutFile = None,
    force: Force = False,
    color: Color = "auto",
) -> None:
    """A network as PyTorch code: plain nn.Modules, one class a block.

    \b
      convcost export pytorch specs/mobilenet_v1.yaml -o mobilenet.py
      convcost export pytorch resnet50

    The module has exactly the parameters, output shape and multiply-adds that convcost says.
    """
    from convcost.cost import evaluate
    from convcost.emit.pytorch import pytorch_text

    spec = read_one(path, overrides, given_in(input_shape, arguments, inputs_from, rules))
    report = evaluate(spec.network)
    write_own(pytorch_text(spec.network, report), output, "export", force)
    tell_unknown([report], color)
