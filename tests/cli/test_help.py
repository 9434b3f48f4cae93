"""What the program says of itself, against files that a person has looked at.

Typer sets the lines, and by its version otherwise; the words and the widths are ours.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer

from convcost.cli.app import app_of
from convcost.cli.commands import COMMANDS
from convcost.cli.run import run

GOLDEN = Path(__file__).parents[1] / "golden" / "help"
LINES = {
    "introduction": "",
    "listing": "help",
    "explain": "help explain",
    "import-torch": "import torch -h",
}
WIDTHS = (60, 80, 120)


def printed(line: str, width: int, patch: pytest.MonkeyPatch, capsys: Any) -> str:
    patch.setenv("COLUMNS", str(width))
    run(line.split())
    out, err = capsys.readouterr()
    assert not (out and err)
    return str(out + err)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", LINES)
def test_golden(
    name: str,
    width: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> None:
    text = printed(LINES[name], width, monkeypatch, capsys)
    golden = GOLDEN / f"{name}-{width}.txt"
    if request.config.getoption("--rewrite-golden"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text.split() == golden.read_text(encoding="utf-8").split()
    # A command to copy is one line, however long.
    long = [line for line in text.splitlines() if len(line) > width]
    assert all("convcost " in line for line in long)


def test_there_are_no_golden_files_that_nothing_prints() -> None:
    expected = {f"{name}-{width}.txt" for name in LINES for width in WIDTHS}
    assert {path.name for path in GOLDEN.iterdir()} == expected


def commands() -> list[tuple[str, Any]]:
    """Every command with its subcommands, as a person types them."""
    found = []
    for name, command in COMMANDS.items():
        app = typer.main.get_command(app_of(command))
        below = getattr(app, "commands", None) or {}
        found += [(f"{name} {each}", below[each]) for each in below] or [(name, app)]
    return found


@pytest.mark.parametrize(("name", "command"), commands(), ids=lambda each: str(each)[:20])
def test_no_word_of_the_help_is_torn(
    name: str, command: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = words(printed(f"{name} --help", 60, monkeypatch, capsys))
    for param in command.params:
        assert words(param.help or "") <= shown, param.name


def words(text: str) -> set[str]:
    """What stands between blanks and hyphens, at which lines end."""
    return set(re.split(r"[\s-]+", text))
