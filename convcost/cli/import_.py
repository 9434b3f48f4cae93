"""`convcost import torch` and `convcost import onnx`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from convcost.cli.app import group
from convcost.cli.commands import COMMANDS
from convcost.cli.exits import FINE, OVER_BUDGET
from convcost.cli.inputs import Arguments, Input, InputsFrom, Rules, given_in, read_told, tell
from convcost.cli.options import Color
from convcost.cli.output import Force, OutFile, printer, write_own
from convcost.cli.specs import Held, Strict, tell_unknown
from convcost.cli.terminal import ColorChoice
from convcost.cli.texts import TextCommand
from convcost.emit.marks import IMPORTED
from convcost.errors import UsageError
from convcost.views.text import Printable

if TYPE_CHECKING:
    from convcost.cost import Report
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
    _deliver(network, "PyTorch", target, output, force, held, strict, color)


@app.command("onnx", cls=TextCommand)
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
    from convcost.sources import SpecFile

    network = read_told(SpecFile(path), {}, given_in(input_shape, None, None, rules)).network
    _deliver(network, "ONNX", path, output, force, held, strict, color)


def _deliver(
    network: Network,
    framework: str,
    target: str,
    output: str | None,
    force: bool,
    held: str | None,
    strict: bool,
    color: ColorChoice,
) -> None:
    """The spec of `network`, or what differs between the spec in the file `held` and that."""
    from convcost.emit.spec import proven_text
    from convcost.gaps import said_of

    if held and output:
        raise UsageError("--check and --output cannot both be had")
    text, again = proven_text(network, Printable(f"{IMPORTED} {framework}: {target}"), target)
    code = _compare(held, again, color) if held else FINE
    if not held:
        write_own(text, output, "import", force)
    tell(said_of(network))
    tell_unknown([again], color, strict)
    raise typer.Exit(code)


def _compare(path: str, imported: Report, color: ColorChoice) -> int:
    """The exit code, once people can read what differs."""
    from convcost import diff, evaluate, load

    found = diff(evaluate(load(Path(path))), imported)
    printer("diff", "table", color)(found)
    return OVER_BUDGET if found.changes else FINE
