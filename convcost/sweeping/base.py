"""A sweep: a network with every combination of its vars' values."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

from convcost.errors import UsageError
from convcost.metrics import METRICS, USUAL
from convcost.metrics import find as find_metric
from convcost.setting import FP32, Setting
from convcost.shown import Shown
from convcost.sources import read, target_of
from convcost.sources.given import NOTHING, Given
from convcost.sources.targets import SpecFile, Target, is_imported
from convcost.sweeping.choices import NO_CHOICES, Choices, choices_of, kinds_of
from convcost.sweeping.conditions import metrics_of, parse_conditions
from convcost.sweeping.extras import need
from convcost.sweeping.joining import read_join
from convcost.sweeping.networks import among, builder, refuse_unknown
from convcost.sweeping.outcome import Found, Rows
from convcost.sweeping.running import Runner, put
from convcost.sweeping.searching import TRIALS, Search
from convcost.sweeping.selection import Objective, Wanted, objectives
from convcost.sweeping.space import MOST_ROWS, NETWORK, Axis, Space, array, space_of
from convcost.text import quote

if TYPE_CHECKING:
    from numpy import ndarray


COMPARING = ("peak_memory", "arena")
"""Metrics whose traces hold for few rows, since they compare sizes with each other."""
MOST_SEARCHED = 2**20
"""Rows that a search looks at all of, since that takes a second."""
MOST_WORDS = 64
"""Combinations of words that are soon traced, one by one."""


class _Sweep(NamedTuple):
    found: Found


class Sweep(Shown, _Sweep, view="sweep"):
    """Every row of a sweep: `found` holds its figures by metric, each an array."""

    __slots__ = ()

    def __len__(self) -> int:
        return self.found.space.size

    def column(self, name: str) -> ndarray:
        """The values of a var, or the figures of a metric, a number a row; 0 where refused."""
        import numpy as np

        if name in self.found.figures:
            return self.found.figures[name]
        return self.found.space.column(name, np.arange(len(self)))

    @property
    def names(self) -> list[str]:
        """The vars, and what was joined."""
        own = [name for name in self.found.figures if name not in METRICS]
        return [*self.found.space.names, *own]

    def join(self, path: str) -> Sweep:
        """The same with figures of a CSV file, such as an accuracy, in rows whose vars have the
        values that stand beside them; no number in others. SpecError for what is no such file."""
        space = self.found.space
        rows = read_join(path, space.names).to(self.found.rows())
        return Sweep(self.found._replace(figures=rows.figures))

    @property
    def refused(self) -> dict[int, str]:
        """Why rows were refused, by their numbers."""
        rows = self.found.rows()
        return {row.number: row.note.reason for row in rows.take(~rows.fine).each()}

    def where(self, *conditions: str) -> Rows:
        """The rows that all of these hold for: `params <= 3.5M`, `alpha * size < 200`."""
        return self._wanted(conditions)

    def pareto(self, *names: str, where: Sequence[str] = ()) -> Rows:
        """The rows that no other beats in these: the less the better, or the more of `-accuracy`.

        Exact, in any number of objectives; equal rows all count.
        """
        by = objectives("pareto", ",".join(names), self.names)
        return self._wanted(where, front=by, sort=by)

    def best(self, by: str, most: int = 20, where: Sequence[str] = ()) -> Rows:
        """The rows with the least of a metric or var, or the most of `-accuracy`."""
        order = objectives("best", by, self.names)
        return self._wanted(where, sort=order, top=most)

    def _wanted(self, where: Sequence[str], **choice: Any) -> Rows:
        wanted = Wanted(parse_conditions(where, self.names), **choice)
        return wanted.best(wanted.passing(self.found.rows()))

    def to_pandas(self) -> Any:
        """All rows as a pandas DataFrame."""
        return self.found.rows().to_pandas()

    def to_polars(self) -> Any:
        """All rows as a polars DataFrame."""
        return self.found.rows().to_polars()


class Plan(NamedTuple):
    """What is to be swept, what works it out, and how the best of it is looked for, unless all is
    told."""

    space: Space
    runner: Runner
    metrics: tuple[str, ...]
    search: Search | None = None

    @property
    def work(self) -> int:
        """How many there are of what is counted as it is done, its `unit`."""
        return self.space.size if self.is_exact or not self.search else self.search.trials

    @property
    def unit(self) -> str:
        """Variants, or trials of a search."""
        return "variants" if self.is_exact else "trials"

    @property
    def is_exact(self) -> bool:
        """Whether every row is looked at."""
        return not self.search or self.search.exact

    def blocks(self) -> Iterator[Found]:
        """All rows, in blocks."""
        return self.runner.blocks(self.space)

    @property
    def is_slow(self) -> bool:
        """Whether rows, or many of them, are evaluated one by one."""
        axes = self.space.coded(self.runner.words).axes
        words = prod(axis.size for axis in axes if not Space((axis,)).bounds())
        compares = not set(COMPARING).isdisjoint(self.metrics)
        return self.runner.by_row or words > MOST_WORDS or compares

    def minimized(self, by: Objective, trials: int, seed: int) -> Plan:
        """The plan to look for the least of it, at all rows where that takes about a second."""
        most = trials if self.is_slow else MOST_SEARCHED
        exact = self.space.size <= most
        return self._replace(search=Search(by, self.space.size, exact, trials, seed))

    def slow(self) -> list[str]:
        """What takes long, as rows, or many of them, are evaluated one by one, and how long."""
        names = [name for name in self.metrics if name in COMPARING]
        if not names and not self.runner.by_row:
            return []
        size = self.work if self.is_exact else 2 * self.work
        most = f"{size * self.runner.seconds(self.space):,.0f} s for {size:,} variants"
        if self.runner.by_row:
            return [f"row by row, about {most}"]
        return [f"{', '.join(names)}: a trace for each order of buffers, at most {most}"]


def sweep(
    spec: str | os.PathLike[str],
    values: Mapping[str, Sequence[Any]],
    metrics: Sequence[str] = USUAL,
    *,
    choose: Mapping[str, Sequence[str]] | None = None,
    rows: Mapping[str, Sequence[Any]] | None = None,
    random: int | None = None,
    seed: int = 0,
) -> Sweep:
    """The cost of a spec with every combination of `values` of its vars, in arrays.

    `choose` has kinds by the names of layers, or patterns of them: with `{"stage*": ["standard",
    "ghost"]}` each layer that matches is a var, and any of these kinds. `rows` are columns of
    values that belong together, each row with every combination. `random` draws so many of all
    rows, the same for the same `seed`. UsageError for a var, a layer, a kind or a metric that
    there is not, for more than 10^10 rows, and where NumPy is not installed; SpecError for a spec
    that cannot be read. Values that the spec refuses are rows with the reason.
    """
    need("numpy")
    import numpy as np

    target = target_of(spec) if isinstance(spec, str) else SpecFile(os.fspath(spec))
    choices = choices_of(read(target).network, choose, "choose")[0] if choose else NO_CHOICES
    axes = space_of({**values, **kinds_of(choices, values)}, rows or {})
    plan = planned([target], axes, metrics, random=random, seed=seed, choices=choices)
    size = plan.space.size
    figures = {name: np.zeros(size, dtype=np.int64) for name in plan.metrics}
    which = np.zeros(size, dtype=np.int32)
    for block in plan.blocks():
        part = slice(block.first, block.first + len(block.which))
        which[part] = block.which
        for name, column in block.figures.items():
            put(figures, name, part, np.True_, column)
    return Sweep(Found(plan.space, figures, which, plan.runner.notes))


def planned(
    targets: Sequence[Target],
    space: Space,
    metrics: Sequence[str] = USUAL,
    *,
    fixed: Mapping[str, Any] | None = None,
    given: Mapping[Target, Given] | None = None,
    setting: Setting = FP32,
    random: int | None = None,
    seed: int = 0,
    choices: Choices = NO_CHOICES,
    minimize: Objective | None = None,
    trials: int = TRIALS,
) -> Plan:
    """What sweeping these networks takes, vars that are called like the layers of `choices` being
    the kinds of these, or looking for the least of `minimize`; the errors are as for `sweep`."""
    names = tuple(find_metric(name).name for name in metrics)
    for target in targets:
        own = [name for name in space.names if name not in choices]
        refuse_unknown(target, [*own, *(fixed or {})])
    for name in fixed or {}:
        if name in space.names:
            raise UsageError(f"{quote(name)} cannot be both set and varied")
    if len(targets) > 1:
        words = array([str(target) for target in targets])
        space = Space((Axis({NETWORK: words}), *space.axes))
    if random is not None:
        space = space.sample(random, seed)
    if space.size > MOST_ROWS and not minimize:
        raise UsageError(
            f"this asks for {space.size:,} variants, and more than 10^10 are refused",
            hint="--random 1000000 draws so many of them, --minimize macs looks for the best",
        )
    builds = {
        str(target): builder(
            target, names, fixed or {}, (given or {}).get(target, NOTHING), setting, choices
        )
        for target in targets
    }
    by_row = any(map(is_imported, targets))
    by_row |= bool(choices) and not all(METRICS[name].apart for name in names)
    words = {name: list(kinds) for name, kinds in choices.items()}
    plan = Plan(space, Runner(among(builds), names, by_row, words), names)
    return plan.minimized(minimize, trials, seed) if minimize else plan


def needed_metrics(asked: Sequence[str], wanted: Wanted) -> tuple[str, ...]:
    """The metrics that are shown or looked at."""
    looked_at = [each.name for each in (*wanted.front, *wanted.sort) if each.name in METRICS]
    return tuple(dict.fromkeys([*asked, *metrics_of(wanted.where), *looked_at]))
