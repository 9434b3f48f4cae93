"""What is going on, on stderr, for work that a person would otherwise wonder about."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from convcost.cli.streams import write_status
from convcost.cli.terminal import ColorChoice, can_clear, wants_color, width
from convcost.text import quote
from convcost.views.text import Printable, printable

if TYPE_CHECKING:
    from rich.console import Console

PATIENCE = 0.5
"""Seconds without a word."""
_GONE = Printable.of("\r\x1b[K")

Item = TypeVar("Item")


def tracked(
    items: Sequence[Item],
    what: str,
    color: ColorChoice = "auto",
    clock: Callable[[], float] = time.monotonic,
    name: Callable[[Item], str] = str,
) -> Iterator[Item]:
    """The `items`, with a bar on stderr once they take longer than `PATIENCE` on a terminal.

    The bar says which `name` is at work, and goes when all have been handed out.
    """
    if not is_watched():
        yield from items
        return
    if len(items) == 1:
        with waiting(f"{what} {name(items[0])}"):
            yield items[0]
        return
    start = clock()
    for done, item in enumerate(items):
        if clock() - start > PATIENCE:
            yield from _with_bar(
                items, done, [printable(f"{what} {name(each)}") for each in items], color
            )
            return
        yield item


def is_watched() -> bool:
    """Whether somebody sees stderr, on a terminal where what is written can go again."""
    return can_clear(sys.stderr)


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Say what is waited for inside, once that takes longer than `PATIENCE` on a terminal; the
    line goes in the end."""
    if not is_watched():
        yield
        return
    import threading

    said = threading.Event()

    def say() -> None:
        said.set()
        room = (width(sys.stderr) or len(what)) - len(" ...") - 1
        write_status(Printable.of("{} ...", quote(what, max(1, room))))

    timer = threading.Timer(min(PATIENCE, threading.TIMEOUT_MAX), say)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        if said.is_set():
            write_status(_GONE)


def console_of(color: ColorChoice) -> Console:
    """Where bars are drawn."""
    from rich.console import Console

    return Console(
        file=sys.stderr, force_terminal=True, no_color=not wants_color(sys.stderr, color)
    )


def _with_bar(
    items: Sequence[Item], done: int, names: Sequence[str], color: ColorChoice
) -> Iterator[Item]:
    from rich.markup import escape
    from rich.progress import Progress

    with Progress(console=console_of(color), transient=True) as progress:
        task = progress.add_task(escape(names[done]), total=len(items), completed=done)
        for item, name in zip(items[done:], names[done:], strict=True):
            progress.update(task, description=escape(name))
            yield item
            progress.advance(task)
