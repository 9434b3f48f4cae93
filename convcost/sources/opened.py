"""Which files code was made of: those of all modules, and what it has opened to read."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_MACHINE = ("/dev/", "/proc/", "/sys/")
_PATHS = ("stdlib", "purelib", "platlib")
_WRITES = os.O_WRONLY | os.O_RDWR


class _Watch:
    """What was ever opened while it was on; Python asks it of every file from the first time."""

    def __init__(self) -> None:
        self.opened: set[str] = set()
        self.is_on = False
        self._is_asked = False

    def start(self) -> None:
        """Be on."""
        if not self._is_asked:
            sys.addaudithook(self._note)
        self._is_asked = self.is_on = True

    def _note(self, event: str, args: tuple[Any, ...]) -> None:
        if not self.is_on or event != "open" or not isinstance(args[0], str | bytes):
            return
        name = os.fsdecode(args[0])
        is_read = not (args[2] or 0) & _WRITES
        if is_read and not name.endswith(".pyc"):  # the file that it was made of tells
            self.opened.add(os.path.abspath(name))


_WATCH = _Watch()


@contextmanager
def watched() -> Iterator[None]:
    """Note what is opened inside."""
    _WATCH.start()
    try:
        yield
    finally:
        _WATCH.is_on = False


def files() -> set[str]:
    """The files of all modules that are loaded, and what was opened while it was `watched`, whether
    it was there or not; Python's and PyTorch's own are left out, as their versions tell."""
    import sysconfig

    named = [getattr(module, "__file__", None) for module in [*sys.modules.values()]]
    known = {os.path.abspath(each) for each in named if isinstance(each, str)} | _WATCH.opened
    torch = getattr(sys.modules.get("torch"), "__file__", None)
    left_out = (*_MACHINE, *([_below(os.path.dirname(torch))] if torch else []))
    python, *packages = (_below(sysconfig.get_path(name)) for name in _PATHS)
    return {
        path
        for path in known
        if not path.startswith(left_out)
        and (not path.startswith(python) or path.startswith(tuple(packages)))
    }


def _below(folder: str) -> str:
    return os.path.join(folder, "")
