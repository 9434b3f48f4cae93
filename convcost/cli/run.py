"""One command line from its arguments to its exit code: no exception leaves this module."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from convcost.cli import streams
from convcost.cli.app import dispatch
from convcost.cli.commands import COMMANDS, Command
from convcost.views.text import Printable

COMPLETION = "_CONVCOST_COMPLETE"
"""The variable by which Typer's scripts ask what a shell is to offer."""


def run(args: Sequence[str], commands: Mapping[str, Command] = COMMANDS) -> int:
    """Run `args` (without the program's name), show what went wrong on stderr; the exit code.

    Nothing is raised but the `KeyboardInterrupt` that arrives outside a command.
    """
    streams.prepare()
    if COMPLETION in os.environ:
        from convcost.cli.completion import complete

        return complete()
    try:
        code = dispatch(args, commands)
        streams.flush()
    except (Exception, SystemExit) as error:
        streams.drain_stdout()
        return _failed(error, args)
    return code


def _failed(error: BaseException, args: Sequence[str]) -> int:
    # Here, because a run that succeeds has no use for them.
    from convcost.cli.failures import failure
    from convcost.cli.problems import problem_text
    from convcost.cli.terminal import asked_color

    failed = failure(error)
    if failed.problems:
        text = problem_text(failed.problems, asked_color(args))
        streams.write_error(Printable().join((failed.traceback, text, failed.trace)))
    return failed.code
