"""Which files code was made of."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from convcost.sources.opened import files, watched


def test_what_is_opened_inside_is_noted(tmp_path: Path) -> None:
    inside, before, written = (tmp_path / name for name in ("inside", "before", "written"))
    for path in (inside, before):
        path.write_text("x", encoding="utf-8")
    before.read_text(encoding="utf-8")
    with watched():
        inside.read_bytes()
        os.close(os.open(tmp_path / "inside", os.O_RDONLY))
        written.write_text("x", encoding="utf-8")
        with pytest.raises(FileNotFoundError):
            (tmp_path / "missing").read_text(encoding="utf-8")
    assert {str(inside), str(tmp_path / "missing")} <= files()
    assert not {str(before), str(written)} & files()


def test_modules_are_among_them_without_those_of_python() -> None:
    assert {__file__, pytest.__file__} <= files()
    assert json.__file__ not in files()
