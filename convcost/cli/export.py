"""`convcost export`: a command for each language that a network is written in."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from convcost.cli.app import group
from convcost.cli.commands import COMMANDS
from convcost.cli.inputs import Arguments, Input, InputsFrom, Rules, Spec, given_in, read_one
from convcost.cli.options import Color
from convcost.cli.output import Force, OutFile, write_own
from convcost.cli.specs import Overrides, tell_unknown
from convcost.cli.texts import TextCommand

app = group(COMMANDS["export"].help)

_PYTORCH = """A network as PyTorch code: plain nn.Modules, one class a block.

\b
  convcost export pytorch specs/mobilenet_v1.yaml -o mobilenet.py
  convcost export pytorch resnet50

The module has exactly the parameters, output shape and multiply-adds that convcost says.
"""
_KERAS = """A network as Keras 3 code: a function that builds the model, channels last.

\b
  convcost export keras specs/mobilenet_v1.yaml -o mobilenet.py
  convcost export keras resnet50

The model has exactly the parameters that are trained, the output shape and the multiply-adds
that convcost says. Weights of norms that Keras counts beside them are not trained.
"""
LANGUAGES = {
    "pytorch": ("convcost.emit.pytorch:pytorch_text", _PYTORCH),
    "keras": ("convcost.emit.keras:keras_text", _KERAS),
}
"""What writes each, and its help."""


def _command(writer: str, told: str) -> Callable[..., None]:
    def export(
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
        from convcost.cost import evaluate

        module, _, name = writer.partition(":")
        text_of = getattr(import_module(module), name)
        given = given_in(input_shape, arguments, inputs_from, rules)
        network = read_one(path, overrides, given).network
        report = evaluate(network)
        write_own(text_of(network, report), output, "export", force)
        tell_unknown([report], color)

    export.__doc__ = told
    return export


for _name, (_writer, _told) in LANGUAGES.items():
    app.command(_name, cls=TextCommand)(_command(_writer, _told))
