"""Which tests are left out on Windows."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.posix import needs_posix

SCRIPT = "import resource\nresource.getrlimit(resource.RLIMIT_CPU)\n"


def of_a_pipe(path: Path) -> None:
    os.mkfifo(path)


def of_a_script() -> None:
    assert SCRIPT


def of_a_helper() -> None:
    of_a_pipe(Path())


def of_a_file(path: Path) -> None:
    assert path.read_text(encoding="utf-8")


def test_a_test_tells_by_its_text() -> None:
    assert [needs_posix(each) for each in (of_a_pipe, of_a_script, of_a_helper)] == [True] * 3
    assert not needs_posix(of_a_file)
    assert not needs_posix(print)


@pytest.mark.skipif(sys.platform == "win32", reason="there, some are left out")
def test_elsewhere_none_is_left_out(request: pytest.FixtureRequest) -> None:
    marks = [mark for item in request.session.items for mark in item.iter_markers("skip")]
    assert not any("Windows" in mark.kwargs.get("reason", "") for mark in marks)
