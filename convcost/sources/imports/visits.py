"""The runs of modules while a network is followed: which of its layers each of them added."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from convcost.ops.base import Shape

NOBODY = -1


class Visit(NamedTuple):
    """One run of the module at `path`: the visit that it is a part of, NOBODY for the outermost,
    the shapes that go in and come out, and the layers that it added, from `start` up to `stop`."""

    path: str
    caller: int
    ins: tuple[Shape, ...]
    outs: tuple[Shape, ...]
    start: int
    stop: int

    def moved(self, by: int) -> Visit:
        """The same of a network that has so many layers more in front."""
        return self._replace(start=self.start + by, stop=self.stop + by)


class Visits:
    """Notes visits as they begin and end."""

    def __init__(self) -> None:
        self.found: list[Visit] = []
        self._open: list[int] = []

    def enter(self, path: str, ins: Iterable[Shape], layers: int) -> None:
        """A module begins to run, the network having so many layers."""
        caller = self._open[-1] if self._open else NOBODY
        self._open.append(len(self.found))
        self.found.append(Visit(path, caller, tuple(ins), (), layers, layers))

    def leave(self, outs: Iterable[Shape], layers: int) -> None:
        """The one that began last ends."""
        at = self._open.pop()
        self.found[at] = self.found[at]._replace(outs=tuple(outs), stop=layers)
