"""How results leave the program: a format chosen by name, drawn for the stream it goes to."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import typer

from convcost.cli.terminal import ColorChoice, wants_color, width, write
from convcost.views.formats import FORMATS, view
from convcost.views.screen import Screen


def format_option(result: str) -> Any:
    """The `--format` of the command of that name, with its formats in the help."""
    names = FORMATS[result]
    return typer.Option(
        "--format", metavar="FORMAT", help=f"{', '.join(names[:-1])} or {names[-1]}."
    )


def printer(result: str, format_name: str, color: ColorChoice) -> Callable[..., None]:
    """A function that writes a `result` to stdout; UsageError at once for an unknown format."""
    render = view(result, format_name)

    def show(*args: Any, **options: Any) -> None:
        write(render(*args, screen(color), **options))

    return show


def screen(color: ColorChoice) -> Screen:
    """What stdout is to be drawn on."""
    return Screen(width(sys.stdout), wants_color(sys.stdout, color))
