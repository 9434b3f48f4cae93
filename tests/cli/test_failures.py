"""Exceptions as exit codes."""

from __future__ import annotations

import pytest
import typer

from convcost.cli.failures import failure


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
