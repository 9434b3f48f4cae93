"""The last step of a command that could not do all it was to: people read why, and it ends."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from convcost.cli import streams
from convcost.cli.exits import BAD_INPUT
from convcost.cli.terminal import ColorChoice, wants_color, width
from convcost.errors import Problem
from convcost.views.problems import render
from convcost.views.text import Printable


def refuse(problems: Sequence[Problem], color: ColorChoice) -> None:
    """End the command with `BAD_INPUT` if there are problems, and say on stderr what they are."""
    if problems:
        streams.drain_stdout()
        streams.write_error(problem_text(problems, color))
        raise typer.Exit(BAD_INPUT)


def problem_text(problems: Sequence[Problem], color: ColorChoice) -> Printable:
    """Problems as they stand on stderr."""
    return render(problems, color=wants_color(sys.stderr, color), width=width(sys.stderr))
