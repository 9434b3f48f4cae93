"""`convcost schema`, and the file of it that ships.

    python -m pytest tests/cli/test_schema.py --rewrite-golden

writes that file anew.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from convcost.cli.run import run

SHIPPED = Path(__file__).parents[2] / "convcost.schema.json"


def test_the_file_that_ships_is_what_the_command_prints(
    capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    assert run(["schema"]) == 0
    printed = capsys.readouterr().out
    if request.config.getoption("--rewrite-golden"):
        SHIPPED.write_text(printed, encoding="utf-8", newline="\n")
    assert SHIPPED.read_text(encoding="utf-8") == printed


def test_it_can_be_written_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "spec.json"
    assert run(["schema", "-o", str(path)]) == 0
    assert capsys.readouterr().out == ""
    assert json.loads(path.read_text(encoding="ascii"))["title"] == "convcost spec"


def test_a_file_that_cannot_be_written_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "missing" / "spec.json"
    assert run(["schema", "--output", str(path)]) == 2
    assert f"{path}: No such file or directory" in capsys.readouterr().err
