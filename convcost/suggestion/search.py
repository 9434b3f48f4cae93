"""The fewest replacements that save what is needed of metrics that layers have apart."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from convcost.suggestion.options import Amounts, Option, one_each

MOST_STEPS = 100_000
MOST_CHOSEN = 200
"""How long, and how deep, the smallest set is looked for before a small one has to do."""


class Best(NamedTuple):
    """What was chosen, whether it `suffices`, and whether no smaller set does for certain, or none
    at all."""

    chosen: tuple[Option, ...]
    suffices: bool
    is_certain: bool


class Search:
    """Looks for the fewest options, at most one a layer, that save what is needed of each metric.

    With one metric to save, the largest savings are the fewest. With two, sets are tried in turn,
    the most useful options first, but for those that could not suffice whatever is added.
    """

    def __init__(self, options: Sequence[Option], needs: Amounts) -> None:
        self._options = options
        self._needs = needs
        self._steps = 0
        self._orders = {
            metric: one_each(sorted(options, key=lambda option: -option.saving(metric)))
            for metric in needs
        }
        self._at_most = {
            metric: [0, *accumulate(option.saving(metric) for option in order)]
            for metric, order in self._orders.items()
        }

    def best(self) -> Best:
        """The smallest set that suffices; empty if there is none."""
        found = self._best()
        return Best(found, self._suffices(found), self._steps < MOST_STEPS)

    def _best(self) -> tuple[Option, ...]:
        ranked = one_each(self._options)
        if not any(need > 0 for need in self._needs.values()):
            return ()
        for size in range(1, len(ranked) + 1):
            if not self._may_suffice(self._needs, size):
                continue
            for order in (ranked, *self._orders.values()):
                if self._suffices(order[:size]):
                    return tuple(order[:size])
            if found := self._found(size, 0, self._needs, ()):
                return found
        return ()

    def _may_suffice(self, needs: Amounts, size: int) -> bool:
        return all(need <= self._at_most[metric][size] for metric, need in needs.items())

    def _suffices(self, chosen: Sequence[Option]) -> bool:
        return all(
            sum(option.saving(metric) for option in chosen) >= need
            for metric, need in self._needs.items()
        )

    def _found(
        self, size: int, start: int, needs: Amounts, chosen: tuple[Option, ...]
    ) -> tuple[Option, ...]:
        """`chosen` with `size` more options, from `start` on, that suffice; empty if there are
        none."""
        self._steps += 1
        if size > MOST_CHOSEN:
            self._steps = MOST_STEPS
        if self._steps >= MOST_STEPS or not self._may_suffice(needs, size):
            return ()
        if not size:
            return chosen
        taken = {option.place for option in chosen}
        for place in range(start, len(self._options) - size + 1):
            option = self._options[place]
            if option.place in taken:
                continue
            left = {metric: need - option.saving(metric) for metric, need in needs.items()}
            if found := self._found(size - 1, place + 1, left, (*chosen, option)):
                return found
        return ()
