"""What a sweep found: the figures of every row, and why others have none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import isnan
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from convcost.shown import Shown
from convcost.status import Status
from convcost.sweeping.extras import need
from convcost.sweeping.space import Space, plain

if TYPE_CHECKING:
    from numpy import ndarray


class Note(NamedTuple):
    """What is to be known of rows beside their figures: why they were `refused`, if they were,
    and which figures are not complete, by metric."""

    refused: tuple[str, ...] = ()
    status: tuple[tuple[str, Status], ...] = ()

    @property
    def reason(self) -> str:
        """All that it was refused for; empty where it was not."""
        return "; ".join(self.refused)


FINE = Note()


class Row(NamedTuple):
    """One variant: its number, the values of its vars, its figures, None where refused."""

    number: int
    values: Mapping[str, Any]
    figures: Mapping[str, Any]
    note: Note = FINE


class _Rows(NamedTuple):
    numbers: ndarray
    values: Mapping[str, ndarray]
    figures: Mapping[str, ndarray]
    which: ndarray
    notes: Sequence[Note]


class Rows(Shown, _Rows, view="sweep"):
    """Some rows as arrays of one length: their numbers, vars, figures, and which of `notes`."""

    __slots__ = ()

    def __len__(self) -> int:
        return len(self.numbers)

    def column(self, name: str) -> ndarray:
        """A var's values, or a metric's figures."""
        return self.values[name] if name in self.values else self.figures[name]

    @property
    def fine(self) -> ndarray:
        """Whether each has figures."""
        import numpy as np

        return ~np.array([bool(note.refused) for note in self.notes], dtype=bool)[self.which]

    @property
    def refusals(self) -> Counter[tuple[str, ...]]:
        """How many were refused, by why."""
        import numpy as np

        found: Counter[tuple[str, ...]] = Counter()
        for note, count in zip(self.notes, np.bincount(self.which).tolist(), strict=False):
            if note.refused and count:
                found[note.refused] += count
        return found

    def take(self, which: Any) -> Rows:
        """Those of them, by a mask or indices, in that order."""
        return Rows(
            self.numbers[which],
            {name: column[which] for name, column in self.values.items()},
            {name: column[which] for name, column in self.figures.items()},
            self.which[which],
            self.notes,
        )

    def joined(self, *others: Rows) -> Rows:
        """These and the others, which are of the same sweep."""
        import numpy as np

        if not others:
            return self
        every = (self, *others)
        which, notes = [each.which for each in every], self.notes
        if any(each.notes is not notes for each in others):  # other processes number their own
            known = {note: None for each in every for note in each.notes}
            at = {note: number for number, note in enumerate(known)}
            which = [
                np.array([at[note] for note in each.notes], dtype=np.int32)[each.which]
                for each in every
            ]
            notes = list(known)
        return Rows(
            np.concatenate([each.numbers for each in every]),
            {name: np.concatenate([each.values[name] for each in every]) for name in self.values},
            {name: np.concatenate([each.figures[name] for each in every]) for name in self.figures},
            np.concatenate(which),
            notes,
        )

    def table(self) -> dict[str, Any]:
        """Its columns by name: vars, figures, which of them are not complete, and why rows were
        refused; texts are empty where there is nothing to tell."""
        import numpy as np

        said = {
            "status": ["; ".join(f"{m}={s.state}" for m, s in note.status) for note in self.notes],
            "refused": [note.reason for note in self.notes],
        }
        texts = {name: np.array(of, dtype=object)[self.which] for name, of in said.items()}
        return {"row": self.numbers, **self.values, **self.figures, **texts}

    def to_pandas(self) -> Any:
        """A pandas DataFrame of them, by their numbers, without figures where refused."""
        need("pandas")
        import pandas as pd

        frame = pd.DataFrame(self.table()).set_index("row")
        for name, column in self.figures.items():
            if column.dtype.kind == "i" and not self.fine.all():
                frame[name] = frame[name].astype("Int64")
            frame[name] = frame[name].mask(~self.fine)
        return frame

    def to_polars(self) -> Any:
        """A polars DataFrame of them, without figures where refused."""
        need("polars")
        import polars as pl

        is_fine = pl.col("refused") == ""
        return pl.DataFrame(self.table(), nan_to_null=True).with_columns(
            pl.when(is_fine).then(pl.col(name)).alias(name) for name in self.figures
        )

    def each(self) -> Iterator[Row]:
        """Them one by one."""
        for at, number in enumerate(self.numbers):
            note = self.notes[self.which[at]]
            values = {name: plain(column[at]) for name, column in self.values.items()}
            figures = {
                name: None if note.refused else _figure(column[at])
                for name, column in self.figures.items()
            }
            yield Row(int(number), values, figures, note)


def _figure(value: Any) -> int | float | None:
    """A figure as Python has it; None for one that there is not."""
    found: int | float = plain(value)
    return None if isinstance(found, float) and isnan(found) else found


def has_figures(rows: Rows, names: Iterable[str]) -> ndarray:
    """Which rows have all of these, of those that only some may have."""
    import numpy as np

    found = np.ones(len(rows), dtype=bool)
    for name in names:
        if name in rows.figures and rows.figures[name].dtype.kind == "f":
            found &= ~np.isnan(rows.figures[name])
    return found


class Listed(Sequence[Row]):
    """Rows one by one, each made when it is looked at."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | Sequence[Row]:
        part = self._rows.take(at if isinstance(at, slice) else slice(at, at + 1))
        return list(part.each()) if isinstance(at, slice) else next(part.each())

    def __iter__(self) -> Iterator[Row]:
        return self._rows.each()


class Found(NamedTuple):
    """All rows of a space, numbered from `first` on or by `numbers`: by metric the figures, 0 where
    refused."""

    space: Space
    figures: Mapping[str, ndarray]
    which: ndarray
    notes: Sequence[Note]
    first: int = 0
    numbers: ndarray | None = None

    def rows(self) -> Rows:
        """All of it with the values of vars beside."""
        import numpy as np

        at = np.arange(len(self.which))
        values = {name: self.space.column(name, at) for name in self.space.names}
        numbers = at + self.first if self.numbers is None else self.numbers
        return Rows(numbers, values, self.figures, self.which, self.notes)
