"""The Typer application, built for one command line: only the command it names is loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import typer

from convcost.cli.commands import Command
from convcost.cli.exits import BAD_INPUT, FINE
from convcost.cli.plugged import load_typed
from convcost.cli.streams import write_error
from convcost.cli.texts import TextCommand
from convcost.errors import UsageError
from convcost.spelling import did_you_mean
from convcost.text import quote
from convcost.views.text import lined

PROGRAM = "convcost"
HELP: Mapping[str, Sequence[str]] = {"help_option_names": ["-h", "--help"]}


def group(help_line: str = "", **options: Any) -> typer.Typer:
    """An empty Typer app, for `convcost` itself or for a command that has commands of its own.

    Typer's own styling is off: it takes no account of `NO_COLOR` or of a stream that is not a
    terminal, and costs an import of Rich.
    """
    return typer.Typer(
        help=help_line or None,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings=dict(HELP),
        **{"add_completion": False, **options},
    )


def dispatch(args: Sequence[str], commands: Mapping[str, Command]) -> int:
    """Run the command that `args` (without the program's name) names; its exit code.

    Raises whatever the command raises, `UsageError` for a command that is not there, and Typer's
    own exceptions for options that are wrong.
    """
    if args[:1] == ["--"]:
        args = args[1:]
    if not args:
        from convcost.cli.program import INTRODUCTION

        write_error(lined(INTRODUCTION.split("\n")))
        return BAD_INPUT
    name = args[0]
    if name == "help":
        return dispatch([*args[1:], "--help"], commands)
    if name not in commands and not name.startswith("-"):
        raise UsageError(
            f'there is no command "{quote(name)}"',
            hint=did_you_mean(name, [*commands, "help"])
            or f'"{PROGRAM} --help" lists the commands',
        )
    if name.startswith("-"):
        from convcost.cli.program import listing

        # Typer ends with 1, which is ours for "over budget", in a shell that it does not know.
        return BAD_INPUT if _run(listing(commands), PROGRAM, args) else FINE
    load_typed(args[1:])  # before the command, whose options are made of what there is
    return _run(app_of(commands[name]), f"{PROGRAM} {name}", args[1:])


def _run(app: typer.Typer, name: str, args: Sequence[str]) -> int:
    result = app(args=list(args), prog_name=name, standalone_mode=False)
    return result if isinstance(result, int) else FINE


def app_of(command: Command) -> typer.Typer:
    """The command as an app of its own, which knows nothing of `convcost`'s options."""
    module, _, attribute = command.target.partition(":")
    target = getattr(import_module(module), attribute)
    if isinstance(target, typer.Typer):
        return target
    app = group()
    app.command(cls=TextCommand, context_settings=dict(HELP))(target)
    return app
