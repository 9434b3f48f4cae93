"""The figures of every row of a space, block by block."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from convcost.errors import ConvcostError
from convcost.sweeping.outcome import FINE, Found, Note
from convcost.sweeping.space import Space

if TYPE_CHECKING:
    from numpy import ndarray

BLOCK = 2**18
"""Rows that are worked out at a time."""

Figures = Mapping[str, Any]
Build = Callable[[Mapping[str, Any]], tuple[Figures, Note]]
"""What gives the figures for some values of vars; ConvcostError for what is refused."""


class Runner:
    """Works out rows with `build`; `notes` are those of all rows so far."""

    def __init__(self, build: Build, metrics: Sequence[str]) -> None:
        self._build = build
        self._metrics = tuple(metrics)
        self.notes: list[Note] = [FINE]
        self._known: dict[Note, int] = {FINE: 0}

    def blocks(self, space: Space, most: int = BLOCK) -> Iterator[Found]:
        """The figures of a space in blocks of so many rows."""
        for first, part in space.blocks(most):
            yield self.found(part, first)

    def found(self, space: Space, first: int = 0) -> Found:
        """The figures of a space that is one block, whose first row has that number."""
        import numpy as np

        figures = {name: np.zeros(space.size, dtype=np.int64) for name in self._metrics}
        which = np.zeros(space.size, dtype=np.int32)
        for number in range(space.size):
            row, note = self._one(space.row(number))
            which[number] = self._number_of(note)
            for name, value in row.items():
                put(figures, name, number, value)
        return Found(space, figures, which, self.notes, first)

    def _one(self, values: Mapping[str, Any]) -> tuple[Figures, Note]:
        try:
            return self._build(values)
        except ConvcostError as error:
            return {}, Note(tuple(dict.fromkeys(map(str, error.problems))))

    def _number_of(self, note: Note) -> int:
        if note not in self._known:
            self._known[note] = len(self.notes)
            self.notes.append(note)
        return self._known[note]


def put(figures: dict[str, ndarray], name: str, where: Any, value: Any) -> None:
    """Write figures into a column, which holds Python's integers where int64 is too small."""
    import numpy as np

    column, large = figures[name], np.dtype(object)
    if column.dtype != large and np.asarray(value).dtype == large:
        figures[name] = column = column.astype(object)
    column[where] = value
