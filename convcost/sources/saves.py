"""When files are saved, found out by looking at them again and again: that works on every system,
and for what is mounted from elsewhere."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence

PAUSE = 0.2
"""Seconds between two looks; a person who saves a file does not notice them."""


def pause() -> None:
    """Wait until it is worth another look."""
    time.sleep(PAUSE)


def saves(files: Sequence[str], pause: Callable[[], None] = pause) -> Iterator[None]:
    """Yield now, and again whenever one of the files has been saved, has gone or has come back.

    What is still being written, or is replaced by another, is waited for: two looks in a row, with
    a `pause` between them, must find the same.
    """
    seen: object = None
    last = _stamps(files)
    while True:
        now = _stamps(files)
        if now == last != seen:
            seen = now
            yield
        last = now
        pause()


def _stamps(files: Sequence[str]) -> object:
    """What tells a saved file from itself before."""
    return [_stamp(each) for each in files]


def _stamp(file: str) -> object:
    try:
        found = os.stat(file)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
