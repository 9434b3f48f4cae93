"""One command line from its arguments to its exit code: no exception leaves this module."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from convcost.cli import terminal
from convcost.cli.app import dispatch
from convcost.cli.commands import COMMANDS, Command
from convcost.views.text import Printable


def run(args: Sequence[str], commands: Mapping[str, Command] = COMMANDS) -> int:
    """Run `args` (without the program's name), show what went wrong on stderr; the exit code.

    Nothing is raised but the `KeyboardInterrupt` that arrives outside a command.
    """
    terminal.prepare()
    try:
        code = dispatch(args, commands)
        terminal.flush()
    except (Exception, SystemExit) as error:
        terminal.settle()
        return _failed(error, args)
    return code


def _failed(error: BaseException, args: Sequence[str]) -> int:
    from convcost.cli.failures import failure  # here, because a run that succeeds has no use for it
    from convcost.views.problems import render

    failed = failure(error)
    if failed.problems:
        color = terminal.wants_color(sys.stderr, terminal.asked_color(args))
        text = render(failed.problems, color=color, width=terminal.width(sys.stderr))
        terminal.write_error(Printable().join((failed.traceback, text, failed.trace)))
    return failed.code
