"""`convcost export pytorch` and `convcost export keras`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from convcost.cli.app import group
from convcost.cli.commands import COMMANDS
from convcost.cli.inputs import Arguments, Input, InputsFrom, Rules, Spec, given_in, read_one
from convcost.cli.options import Color
from convcost.cli.output import Force, OutFile, write_own
from convcost.cli.specs import Overrides, tell_unknown
from convcost.cli.terminal import ColorChoice
from convcost.cli.texts import TextCommand

if TYPE_CHECKING:
    from convcost.cost import Report
    from convcost.network import Network

app = group(COMMANDS["export"].help)


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
    from convcost.emit.pytorch import pytorch_text

    given = given_in(input_shape, arguments, inputs_from, rules)
    _write(pytorch_text, read_one(path, overrides, given).network, output, force, color)


@app.command("keras", cls=TextCommand)
def keras(
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
    """A network as Keras 3 code: a function that builds the model, channels last.

    \b
      convcost export keras specs/mobilenet_v1.yaml -o mobilenet.py
      convcost export keras resnet50

    The model has exactly the parameters that are trained, the output shape and the multiply-adds
    that convcost says. Weights of norms that Keras counts beside them are not trained.
    """
    from convcost.emit.keras import keras_text

    given = given_in(input_shape, arguments, inputs_from, rules)
    _write(keras_text, read_one(path, overrides, given).network, output, force, color)


def _write(
    text_of: Callable[[Network, Report], str],
    network: Network,
    output: str | None,
    force: bool,
    color: ColorChoice,
) -> None:
    """The code of a network, and what of it is not known."""
    from convcost.cost import evaluate

    report = evaluate(network)
    write_own(text_of(network, report), output, "export", force)
    tell_unknown([report], color)
