"""The Typer application, built for one command line: only the command it names is loaded."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Annotated

import typer

from convcost import __version__
from convcost.cli.commands import Command
from convcost.cli.exits import BAD_INPUT, FINE
from convcost.cli.streams import write
from convcost.cli.texts import TextCommand
from convcost.errors import UsageError
from convcost.spelling import did_you_mean
from convcost.text import quote
from convcost.views.text import Printable

PROGRAM = "convcost"


def group(help_line: str = "") -> typer.Typer:
    """An empty Typer app, for `convcost` itself or for a command that has commands of its own.

    Typer's own styling is off: it takes no account of `NO_COLOR` or of a stream that is not a
    terminal, and costs an import of Rich.
    """
    return typer.Typer(
        help=help_line or None,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )


def dispatch(args: Sequence[str], commands: Mapping[str, Command]) -> int:
    """Run the command that `args` (without the program's name) names; its exit code.

    Raises whatever the command raises, `UsageError` for a command that is not there, and Typer's
    own exceptions for options that are wrong.
    """
    if args[:1] == ["--"]:
        args = args[1:]
    if not args:
        return _help_on_stderr(commands)
    name = args[0]
    if name not in commands and not name.startswith("-"):
        raise UsageError(
            f'there is no command "{quote(name)}"',
            hint=did_you_mean(name, commands) or f'"{PROGRAM} --help" lists the commands',
        )
    if name.startswith("-"):
        return _run(_listing(commands), PROGRAM, args)
    return _run(app_of(commands[name]), f"{PROGRAM} {name}", args[1:])


def _run(app: typer.Typer, name: str, args: Sequence[str]) -> int:
    result = app(args=list(args), prog_name=name, standalone_mode=False)
    return result if isinstance(result, int) else FINE


def _help_on_stderr(commands: Mapping[str, Command]) -> int:
    with contextlib.redirect_stdout(sys.stderr):
        dispatch(["--help"], commands)
    return BAD_INPUT


def app_of(command: Command) -> typer.Typer:
    """The command as an app of its own, which knows nothing of `convcost`'s options."""
    module, _, attribute = command.target.partition(":")
    target = getattr(import_module(module), attribute)
    if isinstance(target, typer.Typer):
        return target
    app = group()
    app.command(cls=TextCommand)(target)
    return app


def _listing(commands: Mapping[str, Command]) -> typer.Typer:
    app = group()
    app.callback()(_options)
    for name, command in commands.items():
        app.command(name, help=command.help)(_not_loaded)
    return app


def _not_loaded() -> None:
    """Stands for a command in the list that `convcost --help` prints."""


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
