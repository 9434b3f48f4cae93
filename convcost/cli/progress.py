"""A progress bar on stderr, for work that a person would otherwise wonder about."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from convcost.cli.terminal import ColorChoice, wants_color

PATIENCE = 0.5
"""Seconds without a bar."""

Item = TypeVar("Item")


def tracked(
    items: Sequence[Item],
    what: str,
    color: ColorChoice = "auto",
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Item]:
    """The `items`, with a bar on stderr once they take longer than `PATIENCE` on a terminal.

    The bar goes when they have all been handed out.
    """
    if not sys.stderr.isatty():
        yield from items
        return
    start = clock()
    for done, item in enumerate(items):
        if clock() - start > PATIENCE:
            yield from _with_bar(items, done, what, color)
            return
        yield item


def _with_bar(items: Sequence[Item], done: int, what: str, color: ColorChoice) -> Iterator[Item]:
    from rich.console import Console
    from rich.progress import Progress

    console = Console(
        file=sys.stderr, force_terminal=True, no_color=not wants_color(sys.stderr, color)
    )
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task(what, total=len(items), completed=done)
        for item in items[done:]:
            yield item
            progress.advance(task)
