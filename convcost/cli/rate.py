"""How far much work of one sort is, on stderr."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from convcost.cli import progress
from convcost.cli.progress import console_of, is_watched
from convcost.cli.terminal import ColorChoice


@contextmanager
def counting(total: int, what: str, color: ColorChoice = "auto") -> Iterator[Callable[[int], None]]:
    """A function to say how many more are done, with a bar on a terminal: how many a second, and
    how long the others take, once it has taken `progress.PATIENCE`."""
    if not is_watched():
        yield lambda done: None
        return
    from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Any) -> Text:
            return Text(f"{task.speed or 0:,.0f} {what}/s")

    columns = (TextColumn("{task.percentage:>3.0f}%"), BarColumn(), Rate(), TimeRemainingColumn())
    start, bar = time.monotonic(), Progress(*columns, console=console_of(color), transient=True)
    task = bar.add_task("", total=total)

    def advance(done: int) -> None:
        bar.advance(task, done)
        if time.monotonic() - start > progress.PATIENCE:
            bar.start()

    try:
        yield advance
    finally:
        bar.stop()
