"""Replacements that bring a total down that is more than what layers have apart, such as a peak:
one at a time, where it binds, and made to see what they come to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from convcost.budget import Budget
from convcost.cost import Report, evaluate
from convcost.metrics import METRICS, measured
from convcost.network import Network
from convcost.setting import Setting
from convcost.suggestion.options import Option, one_each

MOST_MEASURED = 50_000
"""Layers, of all networks that are made, before what was reached has to do."""


class Made(NamedTuple):
    """Replacements that were chosen, and what the network comes to with them."""

    chosen: tuple[Option, ...]
    report: Report

    def within(self, budget: Budget) -> bool:
        """Whether it keeps a limit."""
        return self.report.figure(budget.metric) <= budget.limit


class Descent:
    """The ways down from a network with some replacements, within `budgets`."""

    def __init__(
        self,
        network: Network,
        setting: Setting,
        budgets: Sequence[Budget],
        options: Sequence[Option],
    ) -> None:
        self._network = network
        self._setting = setting
        self._budgets = budgets
        self._options = options
        self._measured = 0

    def made(self, chosen: Iterable[Option]) -> Made:
        """The network with these replacements, measured by what is limited."""
        layers = list(self._network.layers)
        self._measured += len(layers)
        found = tuple(chosen)
        for option in found:
            layers[option.place] = option.built
        report = evaluate(self._network._replace(layers=tuple(layers))).under(self._setting)
        return Made(found, measured(report, [budget.metric for budget in self._budgets]))

    def down(self, chosen: Iterable[Option]) -> Made:
        """`chosen` with what it takes besides, as far down as single steps lead; all that helps,
        where that alone suffices."""
        made = self.made(chosen)
        while broken := [each for each in self._budgets if not made.within(each)]:
            steps = (self._step(made, budget) for budget in broken if _is_joint(budget))
            better = next((step for step in steps if step), None)
            if better is None:
                every = self.made(one_each(self._options))
                return every if all(map(every.within, self._budgets)) else made
            made = better
        return made

    def _step(self, made: Made, budget: Budget) -> Made | None:
        """One replacement more, or another one, that lowers a total, or leaves fewer layers that
        reach it: the best of those where it binds, or else the first of the others."""
        binding = _binding(made, budget.metric)
        kept = [each for each in self._budgets if made.within(each)]
        left = [each for each in self._options if each not in made.chosen]
        here = [each for each in left if each.place in binding]
        lower = list(self._lower(made, budget, here, kept))
        if lower:
            return min(lower, key=lambda each: _height(each, budget.metric))
        others = [each for each in left if each.place not in binding]
        return next(self._lower(made, budget, others, kept), None)

    def _lower(
        self, made: Made, budget: Budget, options: Iterable[Option], kept: Sequence[Budget]
    ) -> Iterator[Made]:
        height = _height(made, budget.metric)
        for option in options:
            if self._measured >= MOST_MEASURED:
                return
            others = (each for each in made.chosen if each.place != option.place)
            found = self.made((*others, option))
            if _height(found, budget.metric) < height and all(map(found.within, kept)):
                yield found


def _is_joint(budget: Budget) -> bool:
    return not METRICS[budget.metric].apart


def _binding(made: Made, metric: str) -> set[int]:
    """The layers that have as much as the network does."""
    whole = made.report.figure(metric)
    return {at for at, each in enumerate(made.report.layers) if each.figure(metric) == whole}


def _height(made: Made, metric: str) -> tuple[int, int]:
    return made.report.figure(metric), len(_binding(made, metric))
