"""A command that prints, fails or waits as it is told: what the frame's tests run.

`python -m tests.cli.probe probe --lines 3` is `convcost probe --lines 3`, if it were shipped.
"""

from __future__ import annotations

import signal
import sys
import time
from enum import StrEnum
from typing import Annotated, cast

import typer

from convcost.cli import commands
from convcost.cli.app import group
from convcost.cli.commands import Command
from convcost.cli.exits import OVER_BUDGET
from convcost.cli.main import main
from convcost.cli.options import Color
from convcost.cli.streams import write
from convcost.cli.terminal import wants_color
from convcost.cli.texts import TextCommand
from convcost.cli.values import whole
from convcost.errors import Place, SpecError
from convcost.views.screen import BOLD, Screen
from convcost.views.text import Printable, lined


class Failure(StrEnum):
    """The ways in which the probe can end."""

    NONE = "none"
    BUDGET = "budget"
    SPEC = "spec"
    SYSTEM = "system"
    RECURSION = "recursion"
    MEMORY = "memory"
    BUG = "bug"


ERRORS = {
    Failure.BUDGET: typer.Exit(OVER_BUDGET),
    Failure.SPEC: SpecError(
        'unexpected key "kernal"',
        place=Place("a.yaml", 2, 4, 2, 10, "  {kernal: 3}"),
        hint='did you mean "kernel"?',
    ),
    Failure.SYSTEM: PermissionError(13, "Permission denied", "report.xml"),
    Failure.RECURSION: RecursionError("maximum recursion depth exceeded"),
    Failure.MEMORY: MemoryError(),
    Failure.BUG: ZeroDivisionError("division by\nzero \x1b[31m"),
}


def probe(
    lines: Annotated[str, typer.Option("--lines", help="How many lines to print.")] = "1",
    fail: Annotated[str, typer.Option("--fail", help="How to end.")] = Failure.NONE,
    wait: Annotated[bool, typer.Option("--wait", help="Wait to be interrupted.")] = False,
    color: Color = "auto",
) -> None:
    """Print, fail or wait."""
    styled = Screen(color=wants_color(sys.stdout, color)).paint(BOLD, "4 × 3²")
    write(lined([styled] * whole("--lines", lines)))
    if wait:
        sys.stdout.flush()
        time.sleep(60)
    if fail != Failure.NONE:
        raise ERRORS[Failure(fail)]


things = group()


@things.command("torch", cls=TextCommand)
def from_torch() -> None:
    """One command of a group."""
    write(Printable("from torch"))


@things.command("onnx", cls=TextCommand)
def from_onnx() -> None:
    """Another command of a group."""


COMMANDS = {
    "probe": Command("tests.cli.probe:probe", "Print, fail or wait."),
    "import": Command("tests.cli.probe:things", "A group of commands."),
    "broken": Command("tests.cli.no_such_module:broken", "Cannot even be imported."),
}

if __name__ == "__main__":
    # A shell starts what runs in the background, or under nohup, deaf to these, tests too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    cast("dict[str, Command]", commands.COMMANDS).update(COMMANDS)
    main()
