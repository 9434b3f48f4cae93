"""The program itself: what it is, its own options, and the list of its commands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from convcost import __version__
from convcost.cli.app import PROGRAM, group
from convcost.cli.commands import Command
from convcost.cli.exits import FINE
from convcost.cli.streams import write
from convcost.views.text import Printable

INTRODUCTION = f"""\
Usage: {PROGRAM} COMMAND [OPTIONS]

What a convolution, or a whole network, costs in parameters
and multiply-adds, before any of it is built. To start with:

  {PROGRAM} compare --in 64 --out 128 -k 3 --size 56x56
  {PROGRAM} eval mobilenet_v1
  {PROGRAM} reconcile resnet50

"{PROGRAM} help" lists the commands, and "{PROGRAM} help eval"
tells all about one. The documentation starts with
docs/README.md in the project's source.
"""


class _Whole(TyperGroup):
    """Commands with all that is said of them, which Typer cuts to a line."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Fold what a narrow screen has no room for."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, each.help or "") for name, each in self.commands.items()])


def listing(commands: Mapping[str, Command], cls: type[TyperGroup] = _Whole) -> typer.Typer:
    """`convcost` with its own options, and commands that are listed and not loaded."""
    app = group(cls=cls, add_completion=True)
    app.callback()(_options)
    for name, command in commands.items():
        app.command(name, help=command.help)(_not_loaded)
    app.command("help", help="How a command is used.")(_help)
    return app


def _not_loaded() -> None:
    """Stands for a command in the list that `convcost --help` prints."""


def _help(command: Annotated[str, typer.Argument(metavar="COMMAND")] = "") -> None:
    """Stands for `convcost help COMMAND`, which is `convcost COMMAND --help`."""


def _show_version(asked: bool) -> None:
    if asked:
        write(Printable(f"{PROGRAM} {__version__}"))
        raise typer.Exit(FINE)


def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """What a convolution, or a whole network, costs in parameters and multiply-adds."""
