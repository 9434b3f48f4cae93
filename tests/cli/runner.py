"""Command lines run in this process."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from convcost.cli.run import run


class Outcome(NamedTuple):
    """How a command line ended: exit code, stdout, stderr."""

    code: int
    out: str
    err: str


class Runner:
    """Runs command lines; `convcost` is left out of them."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *args: str) -> Outcome:
        code = run(args)
        out, err = self._capsys.readouterr()
        return Outcome(code, out, err)
