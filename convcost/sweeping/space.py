"""What is swept: every combination of the axes' values, of which a row is one."""

from __future__ import annotations

import random
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

from convcost.errors import UsageError
from convcost.metrics import METRICS
from convcost.text import quote

if TYPE_CHECKING:
    from numpy import ndarray

MOST_VALUES = 1_000_000
"""Values of one var."""
MOST_ROWS = 10**10
NETWORK = "network"
"""The var that says which of several networks a row is of."""
RESERVED = ("row", NETWORK, "status", "refused")


class Axis(NamedTuple):
    """Vars that change together: their values, each in an array of one length.

    Numbers of one type are int64 or float64; anything else is objects, one a value.
    """

    columns: Mapping[str, ndarray]

    @property
    def size(self) -> int:
        """How many values each has."""
        return len(next(iter(self.columns.values())))

    def part(self, which: Any) -> Axis:
        """Those of its values, a slice or an array of indices."""
        return Axis({name: column[which] for name, column in self.columns.items()})


class Space(NamedTuple):
    """Axes; rows count from 0, the last axis changing fastest."""

    axes: tuple[Axis, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """How many values each axis has."""
        return tuple(axis.size for axis in self.axes)

    @property
    def size(self) -> int:
        """How many rows there are."""
        return prod(self.shape)

    @property
    def names(self) -> tuple[str, ...]:
        """The vars."""
        return tuple(name for axis in self.axes for name in axis.columns)

    def row(self, number: int) -> dict[str, Any]:
        """The values of one row, as Python has them."""
        found: dict[str, Any] = {}
        for axis in reversed(self.axes):
            number, at = divmod(number, axis.size)
            found = {name: plain(column[at]) for name, column in axis.columns.items()} | found
        return found

    def column(self, name: str, rows: ndarray) -> ndarray:
        """The values of a var in those rows."""
        step = self.size
        for axis in self.axes:
            step //= axis.size
            if name in axis.columns:
                return axis.columns[name][rows // step % axis.size]
        raise KeyError(name)

    def grid(self) -> dict[str, ndarray]:
        """Every var's values along its own axis, one long in the direction of the others."""
        found: dict[str, ndarray] = {}
        for at, axis in enumerate(self.axes):
            shape = [1] * len(self.axes)
            shape[at] = axis.size
            found |= {name: column.reshape(shape) for name, column in axis.columns.items()}
        return found

    def bounds(self) -> dict[str, tuple[float, float]]:
        """The least and the most of each var of numbers of one type."""
        return {
            name: (plain(column.min()), plain(column.max()))
            for axis in self.axes
            for name, column in axis.columns.items()
            if column.dtype.kind in "if"
        }

    def coded(self, words: Mapping[str, Sequence[str]]) -> Space:
        """The same with numbers in place of these vars' words, which they count in this order."""
        import numpy as np

        def numbers(name: str, column: ndarray) -> ndarray:
            at = {word: number for number, word in enumerate(words[name])}
            return np.array([at[word] for word in column.tolist()], dtype=np.int64)

        return Space(
            tuple(
                Axis(
                    {
                        name: numbers(name, column) if name in words else column
                        for name, column in axis.columns.items()
                    }
                )
                for axis in self.axes
            )
        )

    def blocks(self, most: int) -> Iterator[tuple[int, Space]]:
        """Parts of at most so many rows, each with the number of its first."""
        whole, at = 1, len(self.axes)
        while at and whole * self.axes[at - 1].size <= most:
            at -= 1
            whole *= self.axes[at].size
        if not at:
            yield 0, self
            return
        *outer, cut = self.axes[:at]
        step, first = max(1, most // whole), 0
        for number in range(prod(axis.size for axis in outer)):
            fixed = Space(tuple(outer))._at(number)
            for start in range(0, cut.size, step):
                part = cut.part(slice(start, start + step))
                yield first, Space((*fixed, part, *self.axes[at:]))
                first += part.size * whole

    def _at(self, number: int) -> tuple[Axis, ...]:
        """One row, as one axis, since arrays have only so many; none without axes."""
        columns: dict[str, ndarray] = {}
        for axis in reversed(self.axes):
            number, at = divmod(number, axis.size)
            columns = {**axis.part(slice(at, at + 1)).columns, **columns}
        return (Axis(columns),) * bool(columns)

    def sample(self, count: int, seed: int) -> Space:
        """So many rows of it, drawn without putting back, as one axis; all of a smaller one.

        The same seed draws the same rows.
        """
        if count >= self.size:
            return self
        drawn = sorted(_drawn(self.size, count, random.Random(seed)))  # noqa: S311, no secret
        columns: dict[str, ndarray] = {}
        for axis in reversed(self.axes):
            at = [number % axis.size for number in drawn]
            drawn = [number // axis.size for number in drawn]
            columns = dict(axis.part(at).columns) | columns
        return Space((Axis(columns),))


def _drawn(size: int, count: int, draw: random.Random) -> Collection[int]:
    """So many different numbers below `size`."""
    if size <= sys.maxsize:
        return draw.sample(range(size), count)
    found: set[int] = set()
    while len(found) < count:
        found.add(draw.randrange(size))
    return found


def space_of(values: Mapping[str, Sequence[Any]], together: Mapping[str, Sequence[Any]]) -> Space:
    """Every combination of `values`, with each of the rows that `together` are columns of.

    UsageError for a name that is in both, or that a column of results has, one without values, and
    columns of several lengths.
    """
    for name in (*values, *together):
        if name in RESERVED or name in METRICS:
            raise UsageError(
                f"a var that is called {name} cannot be swept", hint="a column of results is"
            )
    for name in values:
        if name in together:
            raise UsageError(f"{quote(name)} has values of its own and in rows")
    for name, column in (*values.items(), *together.items()):
        if not len(column):
            raise UsageError(f"{quote(name)} has no values")
    if len({len(column) for column in together.values()}) > 1:
        raise UsageError("the vars of rows must have one length")
    axes = [Axis({name: array(column) for name, column in together.items()})] * bool(together)
    return Space((*axes, *(Axis({name: array(column)}) for name, column in values.items())))


def array(values: Sequence[Any]) -> ndarray:
    """Values as int64 or float64 where they are numbers of one such type, else as objects."""
    import numpy as np

    if isinstance(values, np.ndarray):
        if values.dtype.kind in "iu" and values.dtype != np.uint64:
            return values.astype(np.int64)
        return values.astype(np.float64) if values.dtype.kind == "f" else array(values.tolist())
    kinds = {type(value) for value in values}
    if kinds == {int} and all(abs(value) < 2**63 for value in values):
        return np.array(values, dtype=np.int64)
    if kinds == {float}:
        return np.array(values, dtype=np.float64)
    found = np.empty(len(values), dtype=object)
    found[:] = list(values)
    return found


def plain(value: Any) -> Any:
    """A value of an array as Python's own."""
    return value.item() if hasattr(value, "item") else value
