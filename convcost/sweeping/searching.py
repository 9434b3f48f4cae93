"""The best of more variants than can be looked at: Optuna proposes some, and around the best of
them all that differ in one var or two are tried, until none is better.

Optuna's sampler is NSGA-II (Deb et al., 2002). One number says its rule for constraints: what holds
to all conditions comes first, then the nearest to them, then what is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from convcost.errors import UsageError
from convcost.sweeping.extras import need
from convcost.sweeping.outcome import Found, Rows
from convcost.sweeping.selection import Chosen, Objective
from convcost.sweeping.space import Axis, Space
from convcost.text import quote

if TYPE_CHECKING:
    from numpy import ndarray

    from convcost.sweeping.base import Plan
    from convcost.sweeping.files import Write

TRIALS = 1_000
"""How many variants Optuna proposes, unless told."""
_GENERATION = 50
_STARTS = 8
_NEAR = 2**19
"""Variants that are tried around the best, in all; where they take long, as many as trials."""
_MOST_TRACED = 0.5
"""They take long if more than this share of the trials had to be traced."""
Candidate = tuple[int, ...]
"""The places of its values on the axes."""
_SPREAD = 48
"""Values of a var that are tried together with those of another."""
_BROKEN, _REFUSED = 1e100, 1e200
"""What costs more than any figure."""


class Search(NamedTuple):
    """How the least of `by` was looked for among `space` variants: all of them were tried, if it is
    `exact`, or those that so many `trials` led to."""

    by: Objective
    space: int
    exact: bool
    trials: int
    seed: int


def search(
    how: Search, plan: Plan, chosen: Chosen, advance: Callable[[int], None], write: Write | None
) -> None:
    """Add all that is looked at to `chosen`; `write` gets what passes, and `advance` is told of
    trials.

    The same search finds the same. UsageError where Optuna is not installed, and for words, of
    which none is the least.
    """
    need("optuna")
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    looked = _Looked(plan, how.by, chosen, write)
    sampler = optuna.samplers.NSGAIISampler(population_size=_GENERATION, seed=how.seed)
    study = optuna.create_study(sampler=sampler)
    places = {
        str(at): optuna.distributions.IntDistribution(0, size - 1)
        for at, size in enumerate(plan.space.shape)
    }
    starts: dict[Candidate, float] = {}
    for first in range(0, how.trials, _GENERATION):
        trials = [study.ask(places) for _ in range(min(_GENERATION, how.trials - first))]
        proposed = [tuple(trial.params[name] for name in places) for trial in trials]
        costs = looked.costs(proposed)
        for trial, cost in zip(trials, costs, strict=True):
            study.tell(trial, cost)
        starts |= zip(proposed, costs, strict=True)
        advance(len(trials))
    is_slow = plan.is_slow or plan.runner.traced > how.trials * _MOST_TRACED
    best = sorted(starts, key=lambda each: (starts[each], each))[: 1 if is_slow else _STARTS]
    looked.descend({each: starts[each] for each in best}, how.trials if is_slow else _NEAR)


class _Looked:
    """All that was looked at, none of it counted twice."""

    def __init__(self, plan: Plan, by: Objective, chosen: Chosen, write: Write | None) -> None:
        self._plan, self._by, self._chosen, self._write = plan, by, chosen, write
        self._steps = [prod(plan.space.shape[at + 1 :]) for at in range(len(plan.space.axes))]
        self._seen: set[int] = set()

    def costs(self, candidates: Sequence[Candidate] | ndarray) -> list[float]:
        """What each comes to: the less the better, as far as it holds to the conditions."""
        import numpy as np

        if not len(candidates):
            return []
        places = np.asarray(candidates)
        axes = zip(self._plan.space.axes, places.T, strict=True)
        columns = {name: of for axis, at in axes for name, of in axis.part(at).columns.items()}
        costs: list[float] = []
        listed = Space((Axis(columns),))
        for block in self._plan.runner.blocks(listed, 0, self._plan.space):
            here = places[block.first : block.first + len(block.which)].astype(object)
            self._note(block, _integers(here @ self._steps))
            costs += self._costs(block.rows()).tolist()
        return costs

    def _note(self, block: Found, numbers: ndarray) -> None:
        new = []
        for at, number in enumerate(numbers.tolist()):
            if number not in self._seen:
                self._seen.add(number)
                new.append(at)
        if not new:
            return
        (axis,) = block.space.axes
        figures = {name: column[new] for name, column in block.figures.items()}
        fresh = Found(Space((axis.part(new),)), figures, block.which[new], block.notes)
        passing = self._chosen.add(fresh._replace(numbers=numbers[new]))
        if self._write:
            self._write(passing)

    def _costs(self, rows: Rows) -> ndarray:
        import numpy as np

        wanted = self._chosen.wanted
        rows = wanted.join.to(rows) if wanted.join else rows
        try:
            costs = rows.column(self._by.name).astype(np.float64)
        except ValueError:
            name = quote(self._by.name)
            raise UsageError(f"--minimize: {name} is a word, of which none is the least") from None
        costs = -costs if self._by.most else costs
        fine = rows.fine & ~np.isnan(costs)
        excess = sum(each.excess(rows.take(fine)) for each in wanted.where)
        costs[fine] = np.where(excess, _BROKEN * (1 + np.asarray(excess)), costs[fine])
        costs[~fine] = _REFUSED
        return costs

    def descend(self, starts: Mapping[Candidate, float], left: int) -> None:
        """From each of these, which cost so much, go on to the best of those near as long as that
        is better, and no more than so many are to be looked at."""
        import numpy as np

        done: set[Candidate] = set()
        while starts:
            done |= starts.keys()
            share = left // len(starts)
            near = [_near(start, self._plan.space.shape, share) for start in starts]
            costs = iter(self.costs(np.concatenate(near)))
            left -= sum(map(len, near))
            better: dict[Candidate, float] = {}
            for cost, places in zip(starts.values(), near, strict=True):
                least, at = min(zip(costs, range(len(places)), strict=False), default=(cost, 0))
                if least < cost:
                    better[tuple(places[at].tolist())] = least
            starts = {each: cost for each, cost in better.items() if each not in done}


def _near(best: Candidate, shape: Sequence[int], most: int) -> ndarray:
    """Those that differ from a candidate in one place, and some that do in two, if they are no more
    than so many; of a long axis, too, some."""
    import numpy as np

    every = [np.delete(np.arange(size), at) for at, size in zip(best, shape, strict=True)]
    some = [_spread(at, size) for at, size in zip(best, shape, strict=True)]
    changes = [(each,) for each in range(len(shape))] + list(combinations(range(len(shape)), 2))
    found = [np.empty((0, len(shape)), dtype=np.int64)]
    for axes in changes:
        is_whole = len(axes) == 1 and len(every[axes[0]]) <= most // len(shape)
        values = [(every if is_whole else some)[at] for at in axes]
        most -= prod(map(len, values))
        if most >= 0:
            changed = np.stack([each.ravel() for each in np.meshgrid(*values)], axis=1)
            near = np.tile(np.array(best, dtype=np.int64), (len(changed), 1))
            near[:, axes] = changed
            found.append(near)
    return np.concatenate(found)


def _spread(at: int, size: int) -> ndarray:
    """All other places of a short axis; of a long one, some near and some far."""
    import numpy as np

    if size <= _SPREAD:
        return np.delete(np.arange(size), at)
    steps = 2 ** np.arange(size.bit_length())
    places = np.concatenate([at - steps, at + steps, np.linspace(0, size - 1, _SPREAD // 2)])
    places = np.unique(places.astype(np.int64))
    return places[(places >= 0) & (places < size) & (places != at)]


def _integers(values: ndarray) -> ndarray:
    """Whole numbers as int64 where they fit."""
    return values if any(each >= 2**63 for each in values) else values.astype("int64")
