"""`convcost import torch` and `convcost import keras`, and the group that they stand in."""

from __future__ import annotations

from typing import Annotated

import typer

from convcost.cli.app import group
from convcost.cli.commands import COMMANDS
from convcost.cli.import_files import COMMANDS_OF_FILES
from convcost.cli.imported import deliver, refuse_other
from convcost.cli.inputs import Arguments, Input, InputsFrom, Rules, given_in, read_told
from convcost.cli.options import Color
from convcost.cli.output import Force, OutFile
from convcost.cli.specs import Held, Strict
from convcost.cli.texts import TextCommand

app = group(COMMANDS["import"].help)


@app.command("torch", cls=TextCommand)
def import_torch(
    target: Annotated[str, typer.Argument(metavar="MODULE:FACTORY", help="pkg.module:factory.")],
    input_shape: Input = None,
    arguments: Arguments = None,
    inputs_from: InputsFrom = None,
    rules: Rules = None,
    output: OutFile = None,
    force: Force = False,
    held: Held = None,
    strict: Strict = False,
    color: Color = "auto",
) -> None:
    """A PyTorch module as a spec.

    \b
      convcost import torch torchvision.models:resnet50 --input 3x224x224 -o resnet50.yaml
      convcost import torch nets:build --input 3x32x32 --arg width=32
      convcost import torch nets:build --input 3x32x32 --check nets.yaml

    The factory is a class or a function that gives an nn.Module. Importing a Python module runs
    it; the network itself is traced without weights or data.
    """
    from convcost.sources import CodeTarget
    from convcost.sources.targets import TORCH

    target = target.removeprefix(TORCH)  # as other commands take it
    given = given_in(input_shape, arguments, inputs_from, rules)
    network = read_told(CodeTarget(target), {}, given).network
    deliver(network, "PyTorch", target, output, force, held, strict, color)


for _name, _command in COMMANDS_OF_FILES.items():
    app.command(_name, cls=TextCommand)(_command)


@app.command("keras", cls=TextCommand)
def import_keras(
    path: Annotated[
        str,
        typer.Argument(metavar="FILE", help="A .keras or HDF5 file, or keras:pkg.module:build."),
    ],
    input_shape: Input = None,
    arguments: Arguments = None,
    rules: Rules = None,
    output: OutFile = None,
    force: Force = False,
    held: Held = None,
    strict: Strict = False,
    color: Color = "auto",
) -> None:
    """A Keras model as a spec.

    \b
      convcost import keras model.keras -o model.yaml
      convcost import keras model.h5 --input 3x224x224

    Its configuration is read, nothing else: no framework is needed, and nothing runs but what
    keras:pkg.module:build names.
    """
    from convcost.sources.targets import KERAS, SpecFile, target_of

    refuse_other(path, "Keras")
    target = target_of(path) if path.startswith(KERAS) else SpecFile(path)
    given = given_in(input_shape, arguments, None, rules)
    network = read_told(target, {}, given).network
    deliver(network, "Keras", path, output, force, held, strict, color)
