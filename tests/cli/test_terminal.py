"""What the streams are taken for."""

from __future__ import annotations

import io

import pytest

from convcost.cli import terminal


class Terminal(io.StringIO):
    """A stream that says that it is a terminal, of no size."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environ", "colored"),
    [
        ({}, True),
        ({"TERM": "dumb"}, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, True),
        ({"FORCE_COLOR": "0"}, False),
        ({"FORCE_COLOR": "false"}, False),
    ],
)
def test_color_on_a_terminal(environ: dict[str, str], colored: bool) -> None:
    assert terminal.wants_color(Terminal(), environ=environ) is colored


@pytest.mark.parametrize(
    ("args", "choice"),
    [
        ("compare", "auto"),
        ("compare --color always", "always"),
        ("compare --color=never -k 3", "never"),
        ("compare --color never --color always", "always"),
        ("compare --color", "auto"),
        ("compare --color purple", "auto"),
        ("compare -- --color always", "auto"),
    ],
)
def test_color_asked_for_on_the_command_line(args: str, choice: str) -> None:
    assert terminal.asked_color(args.split()) == choice


@pytest.mark.parametrize(
    ("stream", "environ", "columns"),
    [
        (io.StringIO(), {"COLUMNS": "40"}, None),
        (Terminal(), {"COLUMNS": "40"}, 40),
        (Terminal(), {"COLUMNS": "0"}, 80),
        (Terminal(), {"COLUMNS": "wide"}, 80),
    ],
)
def test_width(stream: io.StringIO, environ: dict[str, str], columns: int | None) -> None:
    assert terminal.width(stream, environ) == columns
