"""Any exception as what a person is to read and the exit code: the one place that decides."""

from __future__ import annotations

import os
import traceback

import typer

from convcost.cli.exits import BAD_INPUT, CLOSED_PIPE, FINE, INTERRUPTED
from convcost.errors import CodeError, ConvcostError, Problem
from convcost.frozen import Frozen
from convcost.spelling import nearest
from convcost.views.text import Printable, lined

TRACEBACK_VARIABLE = "CONVCOST_TRACEBACK"


class Failure(Frozen):
    """How a run that raised ends: its exit code, its problems, and the traceback of a bug if that
    was asked for.

    `trace` is that of the user's own code, where that failed.
    """

    code: int
    problems: tuple[Problem, ...] = ()
    traceback: Printable = Printable()
    trace: Printable = Printable()


def failure(error: BaseException) -> Failure:
    """What `error`, which ended a command, means to the person who ran it."""
    if _closed_pipe(error):
        return Failure(CLOSED_PIPE)
    if isinstance(error, SystemExit):
        return Failure(error.code if isinstance(error.code, int) else FINE)
    if isinstance(error, typer.Abort):
        return Failure(INTERRUPTED)
    problems = _problems(error)
    if problems is None:
        return Failure(BAD_INPUT, (_bug(error),), _traceback(error))
    trace = error.trace if isinstance(error, CodeError) else ""
    return Failure(BAD_INPUT, problems, trace=_lines(trace))


def _closed_pipe(error: BaseException) -> bool:
    # Typer answers a closed pipe with exit code 1, which is ours for "over budget".
    cause = error.__context__ if isinstance(error, SystemExit) else error
    return isinstance(cause, BrokenPipeError)


def _problems(error: BaseException) -> tuple[Problem, ...] | None:
    """What went wrong, for a person to put right; None for a bug."""
    match error:
        case ConvcostError():
            return error.problems
        case typer.TyperException():
            return (_usage(error),)
        case RecursionError():
            return (Problem("the input is nested too deeply"),)
        case MemoryError():
            return (Problem("not enough memory"),)
        case OSError():
            return (_system(error),)
        case _:
            return None


def _usage(error: typer.TyperException) -> Problem:
    similar = getattr(error, "possibilities", None)
    message = (error.message if similar else error.format_message()).rstrip(".")
    context = getattr(error, "ctx", None)
    hint = f'"{context.command_path} --help" shows the usage' if context else ""
    if similar:
        # Two dashes in common are no likeness.
        names = {option.lstrip("-"): option for option in similar}
        found = nearest(getattr(error, "option_name", "").lstrip("-"), names)
        hint = f'did you mean "{names[found]}"?' if found else hint
    return Problem(message[:1].lower() + message[1:], hint=hint)


def _system(error: OSError) -> Problem:
    reason = error.strerror or str(error)
    return Problem(f"{error.filename}: {reason}" if error.filename else reason)


def _bug(error: BaseException) -> Problem:
    return Problem(
        f"this is a bug in convcost: {type(error).__name__}: {error}",
        hint="please report it to the project, with the command line and what it prints "
        f"when {TRACEBACK_VARIABLE}=1 is set",
    )


def _traceback(error: BaseException) -> Printable:
    if os.environ.get(TRACEBACK_VARIABLE, "0") in ("", "0"):
        return Printable()
    return _lines("".join(traceback.format_exception(error)))


def _lines(text: str) -> Printable:
    return lined(text.split("\n"))
