"""Writing to streams of every sort."""

from __future__ import annotations

import io
import sys

import pytest

from convcost.cli import streams
from convcost.views.language import Language
from convcost.views.text import Printable


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
    streams.prepare()
    streams.write(Printable("4 × 3² ─ ☃"))
    streams.flush()
    assert stream.buffer.getvalue() == written + b"\n"


def test_undecodable_name_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), "utf-8")
    monkeypatch.setattr("sys.stdout", stream)
    streams.prepare()
    streams.write(Language._made("caf\udce9.yaml\n"))
    streams.flush()
    assert stream.buffer.getvalue() == b"caf\\udce9.yaml\n"


def test_streams_that_the_process_did_not_get(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", None)
    monkeypatch.setattr("sys.stderr", None)
    streams.prepare()
    streams.write_error(Printable("nobody reads this"))
    streams.write(Printable("a result"))
    with pytest.raises(Exception, match="cannot write the output: Bad file descriptor"):
        streams.flush()
    streams.drain_stdout()
    sys.stdout.close()
    sys.stderr.close()
