"""The runs of modules while a network is followed: which of its layers each of them added."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
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


@dataclass(slots=True)
class _Run:
    """A visit that may still go on, with what goes in and comes out as it is."""

    path: str
    caller: int
    given: object
    start: int
    stop: int
    made: object = ()


class Visits:
    """Notes visits as they begin and end; what goes in and comes out is looked at afterwards, as
    asking a tensor for its shape is an operation as well."""

    def __init__(self) -> None:
        self._found: list[_Run] = []
        self._open: list[int] = []

    def enter(self, path: str, given: object, layers: int) -> None:
        """A module begins to run, the network having so many layers."""
        caller = self._open[-1] if self._open else NOBODY
        self._open.append(len(self._found))
        self._found.append(_Run(path, caller, given, layers, layers))

    def leave(self, made: object, layers: int) -> None:
        """The one that began last ends."""
        run = self._found[self._open.pop()]
        run.made, run.stop = made, layers

    def of(self, more: int, shapes: Callable[[object], tuple[Shape, ...]]) -> Iterator[Visit]:
        """Every visit, of a network that has so many layers more in front."""
        for run in self._found:
            start, stop = run.start + more, run.stop + more
            yield Visit(run.path, run.caller, shapes(run.given), shapes(run.made), start, stop)
