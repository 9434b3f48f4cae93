"""The bar that shows while specs are read."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator

import pytest

from convcost.cli.progress import tracked


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
    assert "reading specs" in bar
    assert bar.endswith("\x1b[2K")


def test_no_bar_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, io.StringIO(), step=10) == ""
