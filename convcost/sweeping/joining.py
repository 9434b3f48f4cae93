"""Figures of the user's own, such as an accuracy, beside those of a sweep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from convcost.errors import Place, SpecError
from convcost.metrics import METRICS
from convcost.sources.columns import read_lines
from convcost.spelling import did_you_mean
from convcost.sweeping.outcome import Rows
from convcost.sweeping.space import RESERVED, Space
from convcost.text import quote

if TYPE_CHECKING:
    from numpy import ndarray


class Key(NamedTuple):
    """A var that lines are found by: its values, and then, in order, which pairs there are of what
    the vars before it come to and one of these."""

    name: str
    values: Mapping[Any, int]
    pairs: ndarray


class Join(NamedTuple):
    """Columns of a file, with a number a line, that rows have whose vars are as its `keys`."""

    path: str
    keys: tuple[Key, ...]
    columns: Mapping[str, ndarray]

    def to(self, rows: Rows) -> Rows:
        """`rows` with these columns, which have no number where no line is of a row's values."""
        import numpy as np

        at = self._lines(rows)
        more = {name: np.where(at < 0, np.nan, column[at]) for name, column in self.columns.items()}
        figures = {**rows.figures, **more}
        return Rows(rows.numbers, rows.values, figures, rows.which, rows.notes)

    def _lines(self, rows: Rows) -> ndarray:
        import numpy as np

        found = np.zeros(len(rows), dtype=np.int64)
        for key in self.keys:
            here = _numbers(key.values, rows.values[key.name])
            pair = np.where((found < 0) | (here < 0), -1, found * len(key.values) + here)
            at = np.searchsorted(key.pairs, pair).clip(max=len(key.pairs) - 1)
            found = np.where(key.pairs[at] == pair, at, -1)
        return found

    def unused(self, space: Space) -> int:
        """How many of its lines have a value that nothing in `space` has."""
        import numpy as np

        codes = np.arange(len(self.keys[-1].pairs))
        unknown = np.zeros(len(codes), dtype=bool)
        columns = {name: each for axis in space.axes for name, each in axis.columns.items()}
        for key in reversed(self.keys):
            codes, here = np.divmod(key.pairs[codes], len(key.values))
            if key.name not in columns:
                continue
            known = set(map(_key, columns[key.name].tolist()))
            unknown |= np.array([each not in known for each in key.values], dtype=bool)[here]
        return int(unknown.sum())


def read_join(path: str, names: Sequence[str], others: Sequence[str] = ()) -> Join:
    """The columns of a CSV file whose header has some of the vars `names` that are swept.

    SpecError, at its line, for a var that is not swept, whose names are `others`, for values that
    are no numbers, lines of the same values, and a file without a var, or without anything else.
    """
    columns, lines = read_lines(path)
    place = Place(path, 1)
    keys = [name for name in columns if name in names]
    own = [name for name in columns if name not in names]
    left = [name for name in names if name not in keys]
    for name in own:
        _refuse(name, left, others, place)
    if not keys or not own or not lines:
        raise SpecError(
            "there is nothing to join here",
            place=place,
            hint="the first line names vars that are swept and figures, such as alpha,accuracy",
        )
    for name in own:
        for value, line in zip(columns[name], lines, strict=True):
            if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
                message = f'{quote(name)} cannot be "{quote(str(value))}", which is no number'
                raise SpecError(message, place=place._replace(line=line), hint=_REMEDY)
    return _join(path, keys, columns, own, lines)


_REMEDY = "leave lines without a figure out: rows that no line is of have none"


def _refuse(name: str, left: Sequence[str], others: Sequence[str], place: Place) -> None:
    """SpecError for a column that is no figure of the user's own."""
    if name in METRICS or name in RESERVED:
        message = f"a column of results is called {name}, too"
        raise SpecError(message, place=place, hint="call it otherwise")
    if name in others:
        raise SpecError(
            f"{quote(name)} is a var, and not swept", place=place, hint=f"add --vary {name}=..."
        )
    if hint := did_you_mean(name, left):
        raise SpecError(f"no var that is swept is called {quote(name)}", place=place, hint=hint)


def _join(
    path: str,
    names: Sequence[str],
    columns: Mapping[str, Sequence[Any]],
    own: Sequence[str],
    lines: Sequence[int],
) -> Join:
    import numpy as np

    found = np.zeros(len(lines), dtype=np.int64)
    keys: list[Key] = []
    for name in names:
        values = {each: at for at, each in enumerate(dict.fromkeys(map(_key, columns[name])))}
        here = np.array([values[_key(each)] for each in columns[name]], dtype=np.int64)
        pairs, found = np.unique(found * len(values) + here, return_inverse=True)
        keys.append(Key(name, values, pairs))
    order = np.argsort(found, kind="stable")
    same = np.flatnonzero(found[order][1:] == found[order][:-1])
    if len(same):
        first, second = (lines[order[at]] for at in (same[0], same[0] + 1))
        raise SpecError(
            f"the values of this line are those of line {first}, too",
            place=Place(path, second),
            hint="leave one of them out",
        )
    made = {name: np.array(columns[name], dtype=np.float64)[order] for name in own}
    return Join(path, tuple(keys), made)


def _numbers(values: Mapping[Any, int], column: ndarray) -> ndarray:
    """Which of the values each of a column is, or -1."""
    import numpy as np

    if column.dtype == object:
        found = [values.get(_key(each), -1) for each in column.tolist()]
        return np.array(found, dtype=np.int64)
    known, at = np.unique(column, return_inverse=True)
    here = np.array([values.get(_key(each), -1) for each in known.tolist()], dtype=np.int64)
    return here[at.ravel()]


def _key(value: Any) -> Any:
    """What tells a value from others: 1 is 1.0, and true is neither."""
    return ("", value) if isinstance(value, bool) else value
