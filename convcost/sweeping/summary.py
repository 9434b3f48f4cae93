"""What variants come to by the values of each var: how many pass, the least and the mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from convcost.sweeping.outcome import Found, Rows
from convcost.sweeping.space import Space

if TYPE_CHECKING:
    from numpy import ndarray

_LOW = 32
"""The bits of the lower part of figures, so that sums of a block are exact as floats."""
MOST_GROUPS = 8
"""Of the values of a var, unless told."""

Mean = Fraction | float | None


class Group(NamedTuple):
    """What the rows have together whose var has one of these values: how many there are, and of
    each metric the least and the mean, None without any."""

    var: str
    values: Sequence[Any]
    variants: int
    least: Mapping[str, int | float | None]
    mean: Mapping[str, Mean]


class Summary:
    """The rows of a sweep by the values of each var of its space, in memory for these alone."""

    def __init__(self, space: Space, figures: Sequence[str]) -> None:
        self.figures = tuple(figures)
        self._values = {
            name: _distinct(column.tolist())
            for axis in space.axes
            for name, column in axis.columns.items()
        }
        self._known = {
            name: {_key(value): at for at, value in enumerate(values)}
            for name, values in self._values.items()
        }
        self._tallies = {
            (var, name): _Tally(len(values))
            for var, values in self._values.items()
            for name in self.figures
        }
        self._counts = {var: _Tally(len(values)) for var, values in self._values.items()}

    def add(self, block: Found, rows: Rows) -> None:
        """Count some rows of a block, none of which was refused."""
        for var in self._values:
            at = self._positions(block.space, var, rows.numbers - block.first)
            self._counts[var].count(at)
            for name in self.figures:
                self._tallies[var, name].add(at, rows.figures[name])

    def merge(self, other: Summary) -> None:
        """Count what another of the same sweep has."""
        for var, tally in self._counts.items():
            tally.merge(other._counts[var])
        for key, tally in self._tallies.items():
            tally.merge(other._tallies[key])

    def groups(self, most: int | None = MOST_GROUPS) -> Iterator[Group]:
        """Var by var what there is for each value; neighbours among numbers together where there
        would be more groups than so many."""
        for var, values in self._values.items():
            are_numbers = all(type(each) in (int, float) for each in values)
            size = min(most, len(values)) if most and are_numbers else len(values)
            for number in range(size):
                part = slice(len(values) * number // size, len(values) * (number + 1) // size)
                found = {name: self._tallies[var, name].of(part) for name in self.figures}
                yield Group(
                    var,
                    values[part],
                    int(self._counts[var].counts[part].sum()),
                    {name: least for name, (least, _) in found.items()},
                    {name: mean for name, (_, mean) in found.items()},
                )

    def _positions(self, space: Space, var: str, rows: ndarray) -> ndarray:
        """Which of the values of a var these rows of a space have."""
        import numpy as np

        known, step = self._known[var], space.size
        for axis in space.axes:
            step //= axis.size
            if var in axis.columns:
                at = np.array([known[_key(each)] for each in axis.columns[var].tolist()])
                return at[rows // step % axis.size]
        raise KeyError(var)


class _Tally:
    """Of figures by number: how many, the least, and the sum, exactly for whole numbers."""

    def __init__(self, size: int) -> None:
        import numpy as np

        self.counts = np.zeros(size, dtype=np.int64)
        self._least = np.full(size, None, dtype=object)
        self._sums = np.zeros(size, dtype=object)

    def count(self, at: ndarray) -> None:
        """One more for each of these numbers."""
        import numpy as np

        self.counts += np.bincount(at, minlength=len(self.counts))

    def add(self, at: ndarray, figures: ndarray) -> None:
        """These figures for these numbers; not those that are none."""
        import numpy as np

        if figures.dtype.kind == "f":
            is_known = ~np.isnan(figures)
            at, figures = at[is_known], figures[is_known]
        self.count(at)
        here, place = np.unique(at, return_inverse=True)
        order = np.argsort(place, kind="stable")
        starts = np.searchsorted(place[order], np.arange(len(here)))
        if not len(here):
            return
        least = np.minimum.reduceat(figures[order], starts)
        self._put(here, least.tolist(), _sums(figures, place, order, starts))

    def merge(self, other: _Tally) -> None:
        """All that another has."""
        import numpy as np

        here = np.flatnonzero(other.counts)
        self.counts += other.counts
        self._put(here, other._least[here].tolist(), other._sums[here].tolist())

    def of(self, part: slice) -> tuple[int | float | None, Mean]:
        """The least and the mean of the figures of some numbers; None without any."""
        count = int(self.counts[part].sum())
        if not count:
            return None, None
        total = sum(self._sums[part].tolist())
        mean = total / count if isinstance(total, float) else Fraction(total, count)
        return min(each for each in self._least[part].tolist() if each is not None), mean

    def _put(self, here: ndarray, least: Sequence[Any], sums: Sequence[Any]) -> None:
        for at, low, more in zip(here.tolist(), least, sums, strict=True):
            known = self._least[at]
            self._least[at] = low if known is None or low < known else known
            self._sums[at] += more


def _sums(figures: ndarray, place: ndarray, order: ndarray, starts: ndarray) -> list[Any]:
    import numpy as np

    if figures.dtype != np.int64:
        found: list[Any] = np.add.reduceat(figures[order], starts).tolist()
        return found
    high = np.bincount(place, weights=figures >> _LOW).tolist()
    low = np.bincount(place, weights=figures & (2**_LOW - 1)).tolist()
    return [(int(up) << _LOW) + int(down) for up, down in zip(high, low, strict=True)]


def _distinct(values: Sequence[Any]) -> list[Any]:
    """Numbers in order, words as they come."""
    found = [value for _, value in dict.fromkeys(map(_key, values))]
    are_numbers = all(type(each) in (int, float) for each in found)
    return sorted(found) if are_numbers else found


def _key(value: Any) -> tuple[type, Any]:
    return type(value), value
