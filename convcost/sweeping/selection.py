"""Which rows of a sweep are wanted: what they are held to, the best, and the Pareto front."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from convcost.errors import UsageError
from convcost.metrics import METRICS
from convcost.spelling import did_you_mean
from convcost.sweeping.conditions import Condition
from convcost.sweeping.front import is_unbeaten
from convcost.sweeping.joining import Join
from convcost.sweeping.outcome import Found, Rows, has_figures
from convcost.sweeping.summary import Summary
from convcost.text import quote

if TYPE_CHECKING:
    from numpy import ndarray

    from convcost.sweeping.cloud import Tally


class Objective(NamedTuple):
    """A metric or a var of which the less is the better, or the more."""

    name: str
    most: bool = False

    def __str__(self) -> str:
        return "-" * self.most + self.name


class Wanted(NamedTuple):
    """Rows for which all of `where` holds; of them those that nothing beats in all of `front`; in
    the order of `sort`, and no more than `top`. Of nothing, all rows, also those refused. Rows have
    the columns of `join`, and are in no front without a figure that it looks at; without one that
    is `needed`, nowhere."""

    where: Sequence[Condition] = ()
    front: Sequence[Objective] = ()
    sort: Sequence[Objective] = ()
    top: int | None = None
    join: Join | None = None
    needed: Sequence[str] = ()

    @property
    def is_choice(self) -> bool:
        """Whether it can leave rows out."""
        return bool(self.where or self.front or self.needed or self.top is not None)

    def passing(self, rows: Rows) -> Rows:
        """The rows that it holds to `where`; of those refused nothing holds."""
        if not self.is_choice:
            return rows
        rows = rows.take(rows.fine)
        for condition in self.where:
            rows = rows.take(condition.holds(rows))
        return rows.take(has_figures(rows, self.needed))

    def unbeaten(self, rows: Rows) -> Rows:
        """The rows of those that pass which none of them beats; also of a part of all."""
        if not self.front:
            return rows
        rows = rows.take(has_figures(rows, [each.name for each in self.front]))
        return rows.take(is_unbeaten([_costs(rows, each) for each in self.front]))

    def best(self, rows: Rows) -> Rows:
        """The rows of those that pass which are wanted, in order."""
        rows = self.unbeaten(rows)
        if self.sort:
            rows = rows.take(_order(rows, self.sort))
        return rows if self.top is None else rows.take(slice(self.top))


class Chosen:
    """The rows that are wanted of all blocks that were added, of which so many are to `keep`, and
    how many there were, also `without` figures of a join. If there are, a `summary` is of those
    that pass, and a `tally` of where all lie."""

    def __init__(
        self,
        wanted: Wanted,
        keep: int | None = None,
        *,
        tally: Tally | None = None,
        summary: Summary | None = None,
    ) -> None:
        self.summary = summary
        self.wanted = wanted
        self._keep = keep
        self.tally = tally
        self._parts: list[Rows] = []
        self.variants = 0
        self.passing = 0
        self.without = 0
        self.refusals: Counter[tuple[str, ...]] = Counter()

    def add(self, block: Found) -> Rows:
        """Look at one more block; those of its rows that pass."""
        import numpy as np

        rows = block.rows()
        if self.wanted.join:
            rows = self.wanted.join.to(rows)
            own = has_figures(rows, self.wanted.join.columns)
            self.without += int((rows.fine & ~own).sum())
        self.variants += len(rows)
        self.refusals += rows.refusals
        passing = self.wanted.passing(rows)
        fine = passing.take(passing.fine)
        self.passing += len(fine)
        if self.tally:
            self.tally.add(rows, np.isin(rows.numbers, passing.numbers))
        if self.summary:
            self.summary.add(block, fine)
        self._hold(passing)
        return passing

    def merge(self, other: Chosen) -> None:
        """Add all that another of the same sweep has looked at."""
        self.variants += other.variants
        self.passing += other.passing
        self.without += other.without
        if self.summary and other.summary:
            self.summary.merge(other.summary)
        self.refusals += other.refusals
        if self.tally and other.tally:
            self.tally.merge(other.tally)
        for part in other._parts:
            self._hold(part)
        other._parts = []

    def _hold(self, rows: Rows) -> None:
        self._parts.append(rows)
        if self.wanted.front:
            # All of the front: a row that is not among the first may beat one that is yet to come.
            self._parts = [self.wanted.unbeaten(self._all())]
        elif self.wanted.top is not None or self._keep is not None:
            self._parts = [self.rows()]

    def _all(self) -> Rows:
        return self._parts[0].joined(*self._parts[1:])

    def rows(self) -> Rows:
        """Those that are wanted, in order."""
        rows = self.wanted.best(self._all())
        return rows if self._keep is None else rows.take(slice(self._keep))


def objectives(option: str, text: str, names: Sequence[str]) -> list[Objective]:
    """The metrics and vars (`names`) that `macs,-size` names; UsageError for what is neither."""
    found: list[Objective] = []
    for each in filter(None, map(str.strip, text.split(","))):
        name = each.removeprefix("-")
        if name not in names:
            name = name.replace("-", "_")
        if name not in names and name not in METRICS:
            known = (*names, *METRICS)
            raise UsageError(
                f'{option}: there is no var or metric "{quote(name)}"',
                hint=did_you_mean(name, known) or f"there are {', '.join(known)}",
            )
        found.append(Objective(name, each.startswith("-")))
    return found


def in_order(value: Any) -> tuple[bool, Any]:
    """By what values are sorted that need not be of one type."""
    return isinstance(value, str), value


def _order(rows: Rows, by: Sequence[Objective]) -> ndarray:
    """The order of rows by these, those refused last, and by their numbers where they are equal."""
    import numpy as np

    keys = [rows.numbers, *(_costs(rows, each) for each in reversed(by)), ~rows.fine]
    return np.lexsort(keys)


def _costs(rows: Rows, objective: Objective) -> ndarray:
    """Numbers in the order of a column's values; texts have their own."""
    import numpy as np

    column = rows.column(objective.name)
    if column.dtype == object and len(column):
        keyed = [in_order(value) for value in column.tolist()]
        ranks = {key: rank for rank, key in enumerate(sorted(set(keyed)))}
        column = np.array([ranks[key] for key in keyed], dtype=np.int64)
    return -column if objective.most else column
