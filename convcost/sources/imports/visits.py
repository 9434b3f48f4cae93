"""The runs of modules while a network is followed: which of its layers each of them added."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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


class Visits:
    """Notes visits as they begin and end; what goes in and comes out is looked at afterwards, as
    asking a tensor for its shape is an operation as well."""

    def __init__(self) -> None:
        self._found: list[Visit] = []
        self._passed: list[list[object]] = []
        self._open: list[int] = []

    def enter(self, path: str, given: object, layers: int) -> None:
        """A module begins to run, the network having so many layers."""
        caller = self._open[-1] if self._open else NOBODY
        self._open.append(len(self._found))
        self._found.append(Visit(path, caller, (), (), layers, layers))
        self._passed.append([given, ()])

    def leave(self, made: object, layers: int) -> None:
        """The one that began last ends."""
        at = self._open.pop()
        self._found[at] = self._found[at]._replace(stop=layers)
        self._passed[at][1] = made

    def of(self, more: int, shapes: Callable[[object], tuple[Shape, ...]]) -> Iterator[Visit]:
        """Every visit, of a network that has so many layers more in front."""
        for visit, (given, made) in zip(self._found, self._passed, strict=True):
            path, caller, _, _, start, stop = visit
            yield Visit(path, caller, shapes(given), shapes(made), start + more, stop + more)
