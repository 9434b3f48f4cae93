"""The bar that shows while specs are read."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator

import pytest

from convcost.cli import progress
from convcost.cli.progress import tracked, waiting
from tests.cli.runner import Runner


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def seconds(step: float) -> Callable[[], float]:
    ticks: Iterator[float] = iter(index * step for index in range(1000))
    return lambda: next(ticks)


def shown(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, step: float) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    items = list(range(10))
    assert list(tracked(items, "reading specs", clock=seconds(step))) == items
    return stream.getvalue()


def test_quick_work_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, Terminal(), step=0.01) == ""


def test_slow_work_shows_a_bar_that_goes_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    bar = shown(monkeypatch, Terminal(), step=0.2)
    assert "reading specs 9" in bar
    assert bar.endswith("\x1b[2K")


def test_no_bar_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, io.StringIO(), step=10) == ""


def test_one_slow_work_is_named_until_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    for _ in tracked(["torch:nets:\x1b[31mNet"], "reading"):
        while not stream.getvalue():
            pass
        assert stream.getvalue() == "reading torch:nets:\\x1b[31mNet ..."
    assert stream.getvalue().endswith(" ...\r\x1b[K")


def test_a_name_is_cut_to_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    monkeypatch.setenv("COLUMNS", "20")
    with waiting("reading torch:a.long.name.of.a.module:Net"):
        while not stream.getvalue():
            pass
        assert stream.getvalue() == "reading torch:… ..."


@pytest.mark.parametrize("kind", ["quick", "piped", "dumb", "plain"])
def test_nothing_is_said_of(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO() if kind == "piped" else Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(progress, "PATIENCE", float("inf") if kind == "quick" else 0.0)
    monkeypatch.setenv("TERM", "dumb" if kind == "dumb" else "xterm")
    monkeypatch.setenv("CONVCOST_PLAIN", "1" if kind == "plain" else "")
    with waiting("reading torch:nets:Net"):
        pass
    assert stream.getvalue() == ""


def test_what_fails_leaves_no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    context = waiting("reading torch:nets:Net")
    context.__enter__()
    while not stream.getvalue():
        pass
    assert not context.__exit__(ZeroDivisionError, ZeroDivisionError(), None)
    assert stream.getvalue().endswith("\r\x1b[K")


@pytest.mark.parametrize(
    "args",
    [
        ["eval", "tiny.onnx"],
        ["check", "tiny.onnx"],
        ["diff", "tiny.onnx", "vgg16"],
        ["export", "pytorch", "tiny.onnx"],
        ["import", "onnx", "tiny.onnx"],
    ],
)
def test_commands_name_what_they_read(
    args: list[str], convcost: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(
        progress, "write_status", lambda text: said.append(text) if text[:1] != "\r" else None
    )

    class AtOnce:
        daemon = False

        def __init__(self, seconds: float, say: Callable[[], None]) -> None:
            self.start, self.cancel, self.join = say, said.copy, said.copy

    monkeypatch.setattr("threading.Timer", AtOnce)
    convcost(*args)
    assert any("tiny.onnx" in text for text in said)
