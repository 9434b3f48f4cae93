"""Where the rows of a sweep lie, over two of their figures: counted in bins, so that any number of
rows takes as little memory, and as little room in a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from convcost.metrics import METRICS
from convcost.sweeping.outcome import Rows
from convcost.sweeping.selection import Objective, Wanted, in_order
from convcost.sweeping.space import Space

if TYPE_CHECKING:
    from numpy import ndarray

BINS = 64
"""The most in each direction."""
SMALLEST = 0.5
"""Where a figure of 0 lies, which has no logarithm; all others are whole numbers."""
_STEPS = 2**30
_MOST = 2.0**62

Scale = Literal["log", "linear", "names"]


class Side(NamedTuple):
    """A metric or var along one side. Its finest bins are so wide, from `start` on; `names` are the
    values in the order of their places, where they are no numbers; those that are `whole` have no
    parts."""

    objective: Objective
    scale: Scale = "log"
    start: float = 0.0
    width: float = 1 / _STEPS
    names: Sequence[str] = ()
    whole: bool = True

    def place(self, value: Any) -> float:
        """Where a value lies on the scale."""
        if self.scale == "names":
            return float(self.names.index(said(value)))
        return max(float(value), SMALLEST) if self.scale == "log" else float(value)

    def places(self, rows: Rows) -> ndarray:
        """The finest bin of each row."""
        import numpy as np

        column = rows.column(self.objective.name)
        if self.scale == "names":
            at = {name: place for place, name in enumerate(self.names)}
            column = np.array([at[said(value)] for value in column.tolist()])
        values = column.astype(np.float64)
        if self.scale == "log":
            values = np.log2(np.maximum(values, SMALLEST))
        places = np.floor((values - self.start) / self.width)
        return np.clip(places, -_MOST, _MOST).astype(np.int64)

    def edge(self, place: int) -> float:
        """The lower end of a finest bin, as a figure, or as the place of a name less a half."""
        value = self.start + place * self.width
        return float(2.0**value) if self.scale == "log" else value


class Cell(NamedTuple):
    """A bin from the figures `low` to `high`, across and up: how many rows lie there, and for how
    many of them all conditions hold."""

    low: tuple[float, float]
    high: tuple[float, float]
    rows: int
    passing: int


class Cloud(NamedTuple):
    """All rows that have figures, over two sides."""

    sides: tuple[Side, Side]
    cells: Sequence[Cell]


class Tally:
    """Counts rows in bins, which get wider as rows come that lie farther apart; what comes of it
    does not depend on the order in which they come."""

    def __init__(self, sides: tuple[Side, Side]) -> None:
        import numpy as np

        self._sides = sides
        self._shifts = (0, 0)
        self._places = np.zeros((2, 0), dtype=np.int64)
        self._counts = np.zeros((2, 0))

    def add(self, rows: Rows, passes: ndarray) -> None:
        """Count rows, all of which have figures; `passes` says for which all conditions hold."""
        import numpy as np

        places = np.stack([side.places(rows) for side in self._sides])
        self._put(places, (0, 0), np.stack([np.ones(len(passes)), passes]))

    def merge(self, other: Tally) -> None:
        """Count all that another of the same sides has counted."""
        self._put(other._places, other._shifts, other._counts)

    def cloud(self) -> Cloud:
        """What was counted, from the left and from below."""
        counted = zip(self._places.T.tolist(), self._counts.T.tolist(), strict=True)
        cells = [
            Cell(self._edges(x, y), self._edges(x + 1, y + 1), int(rows), int(passing))
            for (x, y), (rows, passing) in counted
        ]
        return Cloud(self._sides, cells)

    def _edges(self, *places: int) -> tuple[float, float]:
        both = zip(self._sides, places, self._shifts, strict=True)
        across, up = (side.edge(place << shift) for side, place, shift in both)
        return across, up

    def _put(self, places: ndarray, shifts: tuple[int, int], counts: ndarray) -> None:
        import numpy as np

        if not places.size:
            return
        counts = np.concatenate([self._counts, counts], axis=1)
        pairs = zip(self._places, self._shifts, places, shifts, strict=True)
        joined = [_joined(*pair) for pair in pairs]
        self._shifts = (joined[0][1], joined[1][1])
        every = np.stack([each for each, _ in joined])
        first = every.min(axis=1, keepdims=True)
        x, y = every - first
        codes = x * BINS + y
        sums = np.stack([np.bincount(codes, each, BINS * BINS) for each in counts])
        there = np.flatnonzero(sums[0])
        self._places = np.stack([there // BINS, there % BINS]) + first
        self._counts = sums[:, there]


def _joined(own: ndarray, shift: int, new: ndarray, finer: int) -> tuple[ndarray, int]:
    """Places of bins that are 2**shift of the finest wide, and of such that are 2**finer wide, all
    as wide as they have to be, and how wide that is."""
    import numpy as np

    widest = max(shift, finer)
    every = np.concatenate([own >> (widest - shift), new >> (widest - finer)])
    while every.max() - every.min() >= BINS:
        every, widest = every >> 1, widest + 1
    return every, widest


def sides(wanted: Wanted, space: Space) -> tuple[Side, Side]:
    """What rows are seen by: the first two of the front, or the first that they are sorted by, and
    parameters, or multiply-adds."""
    usual = [Objective("params"), Objective("macs")]
    found = {each.name: each for each in (*wanted.front, *wanted.sort[:1], *usual)}
    across, up, *_ = found.values()
    return _side(across, space), _side(up, space)


def said(value: Any) -> str:
    """A var's value in words."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _side(objective: Objective, space: Space) -> Side:
    if objective.name in METRICS:
        return Side(objective)
    values = next(
        axis.columns[objective.name].tolist()
        for axis in space.axes
        if objective.name in axis.columns
    )
    if any(isinstance(value, str | bool) for value in values):
        names = tuple(dict.fromkeys(map(said, sorted(values, key=in_order))))
        return Side(objective, "names", -0.5, 1.0, names)
    low, high = float(min(values)), float(max(values))
    whole = all(isinstance(value, int) for value in values)
    return Side(objective, "linear", low, (high - low) / (_STEPS - 1) or 1.0, whole=whole)
