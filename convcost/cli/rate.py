"""How far much work of one sort is, on stderr."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from convcost.cli.progress import console_of, is_watched
from convcost.cli.terminal import ColorChoice


@contextmanager
def counting(total: int, what: str, color: ColorChoice = "auto") -> Iterator[Callable[[int], None]]:
    """A function to say how many more are done, with a bar on a terminal: how many a second, and
    how long the others take."""
    if not is_watched():
        yield lambda done: None
        return
    from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Any) -> Text:
            return Text(f"{task.speed or 0:,.0f} {what}/s")

    columns = (TextColumn("{task.percentage:>3.0f}%"), BarColumn(), Rate(), TimeRemainingColumn())
    with Progress(*columns, console=console_of(color), transient=True) as progress:
        task = progress.add_task("", total=total)
        yield lambda done: progress.advance(task, done)
