"""What the streams are taken for."""

from __future__ import annotations

import io
import sys

import pytest

from convcost.cli import terminal
from convcost.views.language import Language
from convcost.views.text import Printable


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


@pytest.mark.parametrize(
    ("encoding", "written"),
    [
        ("utf-8", "4 × 3² ─ ☃".encode()),
        ("ascii", rb"4 x 3^2 - \u2603"),
        ("latin-1", b"4 \xd7 3\xb2 - \\u2603"),
    ],
)
def test_characters_the_stream_has_not(
    encoding: str, written: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding)
    monkeypatch.setattr("sys.stdout", stream)
    terminal.prepare()
    terminal.write(Printable("4 × 3² ─ ☃"))
    terminal.flush()
    assert stream.buffer.getvalue() == written + b"\n"


def test_undecodable_name_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), "utf-8")
    monkeypatch.setattr("sys.stdout", stream)
    terminal.prepare()
    terminal.write(Language._made("caf\udce9.yaml\n"))
    terminal.flush()
    assert stream.buffer.getvalue() == b"caf\\udce9.yaml\n"


def test_streams_that_the_process_did_not_get(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", None)
    monkeypatch.setattr("sys.stderr", None)
    terminal.prepare()
    terminal.write_error(Printable("nobody reads this"))
    terminal.write(Printable("a result"))
    with pytest.raises(Exception, match="cannot write the output: Bad file descriptor"):
        terminal.flush()
    terminal.settle()
    sys.stdout.close()
    sys.stderr.close()
