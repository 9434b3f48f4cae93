"""Exceptions as exit codes."""

from __future__ import annotations

import pytest
import typer

from convcost.cli.failures import failure
from convcost.errors import CodeError, LayerError, SpecError, UsageError


def typers_answer_to_a_closed_pipe() -> SystemExit:
    error = SystemExit(1)
    error.__context__ = BrokenPipeError()
    return error


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BrokenPipeError(), 141),
        (typers_answer_to_a_closed_pipe(), 141),
        (SystemExit(1), 1),
        (SystemExit(None), 0),
        (typer.Abort(), 130),
    ],
)
def test_quiet_endings(error: BaseException, code: int) -> None:
    failed = failure(error)
    assert (failed.code, failed.problems) == (code, ())


@pytest.mark.parametrize(
    "error",
    [
        *(kind("no") for kind in (SpecError, UsageError, LayerError)),
        CodeError("no", "their trace\n"),
        typer.BadParameter("no"),
        OSError(2, "No such file", "x"),
        MemoryError(),
        RecursionError(),
        ZeroDivisionError("no"),
        KeyError("no"),
        AssertionError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_only_a_bug_has_our_traceback(
    error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONVCOST_TRACEBACK", "1")
    failed = failure(error)
    is_bug = "bug in convcost" in failed.problems[0].message
    assert is_bug == isinstance(error, (ZeroDivisionError, KeyError, AssertionError))
    assert bool(failed.traceback) == is_bug
    assert failed.trace == ("their trace\n" if isinstance(error, CodeError) else "")
