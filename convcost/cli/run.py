"""One command line from its arguments to its exit code: no exception leaves this module."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from convcost.cli import streams, terminal
from convcost.cli.app import dispatch
from convcost.cli.commands import COMMANDS, Command
from convcost.cli.failures import Failure, failure
from convcost.views.problems import render
from convcost.views.text import Printable


def run(args: Sequence[str], commands: Mapping[str, Command] = COMMANDS) -> int:
    """Run `args` (without the program's name), show what went wrong on stderr; the exit code.

    Nothing is raised but the `KeyboardInterrupt` that arrives outside a command.
    """
    streams.prepare()
    try:
        code = dispatch(args, commands)
        streams.flush()
    except (Exception, SystemExit) as error:
        streams.drain_stdout()
        failed = failure(error)
        _show(failed, args)
        return failed.code
    return code


def _show(failed: Failure, args: Sequence[str]) -> None:
    if failed.problems:
        color = terminal.wants_color(sys.stderr, terminal.asked_color(args))
        text = render(failed.problems, color=color, width=terminal.width(sys.stderr))
        streams.write_error(Printable().join((failed.traceback, text, failed.trace)))
