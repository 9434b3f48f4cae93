"""Which layers to replace to come under a budget: it knows what they cost, not what they do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from convcost.budget import Budget, Finding, scope_of
from convcost.checking import check
from convcost.cost import LayerCost, Report, evaluate
from convcost.metrics import SAVED
from convcost.network import Network
from convcost.rewriting import EVERY, Replacement, Rewrite, Selection, rewrite
from convcost.status import Statuses

USUAL = (
    Replacement("standard", "depthwise-separable"),
    Replacement("transposed", "depthwise-separable-transposed"),
)
"""What is tried unless something else is asked for."""
MOST_STEPS = 100_000
MOST_CHOSEN = 200
"""How long, and how deep, the smallest set is looked for before a small one has to do."""

Amounts = Mapping[str, int]


class Option(NamedTuple):
    """One layer and what it could become, with what that would save."""

    layer: LayerCost
    instead: LayerCost
    replacement: Replacement

    def saving(self, metric: str) -> int:
        """How many `params` or `macs` fewer; negative for more."""
        return self.layer.figure(metric) - self.instead.figure(metric)


class Tried(NamedTuple):
    """A replacement, made of every layer that it can be made of."""

    replacement: Replacement
    made: Rewrite


class Suggestion(NamedTuple):
    """What to replace for `report` to keep within `budgets`.

    `options` are all replacements that save something, the most useful first; `chosen` those to
    make: the smallest set that suffices (`is_smallest`: that is certain), or, where none does, all.
    `tried` is where they are from.
    """

    report: Report
    budgets: tuple[Budget, ...]
    options: tuple[Option, ...]
    chosen: tuple[Option, ...]
    is_smallest: bool = True
    tried: tuple[Tried, ...] = ()

    def total(self, metric: str) -> int:
        """`params` or `macs` of the network with what was chosen."""
        saved = sum(option.saving(metric) for option in self.chosen)
        return self.report.figure(metric) - saved

    @property
    def layers(self) -> list[LayerCost]:
        """The layers of the network with what was chosen."""
        instead = {option.layer.name: option.instead for option in self.chosen}
        return [instead.get(layer.name, layer) for layer in self.report.layers]

    def excess(self, budget: Budget) -> int:
        """By how much the network with what was chosen is over a budget; not above 0: within."""
        return self.total(budget.metric) - int(budget.limit)

    @property
    def status(self) -> Statuses:
        """How far the totals that have a budget are to be believed."""
        limited = {budget.metric for budget in self.budgets}
        return {name: each for name, each in self.report.status.items() if name in limited}

    @property
    def undecided(self) -> Statuses:
        """The statuses of totals of which it cannot be told whether they are over a budget."""
        return {
            budget.metric: status
            for budget in self.budgets
            if (status := self.status.get(budget.metric))
            and status.exceeds(self.total(budget.metric), int(budget.limit)) is None
        }

    @property
    def suffices(self) -> bool:
        """Whether what was chosen brings the network under all budgets, taking what was counted
        for all there is."""
        return all(self.excess(budget) <= 0 for budget in self.budgets)


def suggest(
    network: Network,
    budgets: Iterable[Budget],
    replacements: Sequence[Replacement] = USUAL,
    *,
    selection: Selection = EVERY,
    inner: bool = False,
) -> Suggestion:
    """The smallest set of replacements that brings `network` under `budgets`, if any does.

    Each layer becomes at most one other; `selection` and `inner` are those of `rewrite`. Budgets
    of other metrics than params and macs are passed over. Errors are those of `rewrite`.
    """
    limits = tuple(budget for budget in budgets if budget.metric in SAVED)
    report = evaluate(network)
    needs = {budget.metric: report.figure(budget.metric) - int(budget.limit) for budget in limits}
    tried = tuple(
        Tried(each, rewrite(network, each, selection=selection, inner=inner))
        for each in replacements
    )
    options = [option for each in tried for option in _options(each)]
    useful = sorted(
        (option for option in options if _use(option, needs, report) > 0),
        key=lambda option: -_use(option, needs, report),
    )
    search = _Search(useful, needs)
    best = search.best()
    return Suggestion(report, limits, tuple(useful), best, search.steps < MOST_STEPS, tried)


def binding(network: Network, budgets: Iterable[Budget]) -> tuple[Finding, ...]:
    """The limits on other totals that are broken, each with the layers that bind it: replacements
    are not chosen for those, and may well leave them broken."""
    others = [
        each for each in budgets if each.metric not in SAVED and scope_of(each.metric) == "total"
    ]
    found = check(evaluate(network), others) if others else ()
    return tuple(finding for finding in found if finding.broken)


def _options(tried: Tried) -> Iterable[Option]:
    before, after = tried.made.cost_before.layers, tried.made.cost_after.layers
    return (
        Option(before[outcome.place], after[outcome.place], tried.replacement)
        for outcome in tried.made.replaced
    )


def _use(option: Option, needs: Amounts, report: Report) -> float:
    """How much of what is needed an option saves, metric by metric; without a need, of all."""
    broken = {metric: need for metric, need in needs.items() if need > 0}
    wanted = broken or {metric: max(1, report.figure(metric)) for metric in SAVED}
    return sum(min(1.0, option.saving(metric) / need) for metric, need in wanted.items())


class _Search:
    """Looks for the fewest options, at most one a layer, that save what is needed of each metric.

    With one metric to save, the largest savings are the fewest. With two, sets are tried in turn,
    the most useful options first, but for those that could not suffice whatever is added.
    """

    def __init__(self, options: Sequence[Option], needs: Amounts) -> None:
        self._options = options
        self._needs = needs
        self.steps = 0
        self._orders = {
            metric: _one_each(sorted(options, key=lambda option: -option.saving(metric)))
            for metric in needs
        }
        self._at_most = {
            metric: [0, *accumulate(option.saving(metric) for option in order)]
            for metric, order in self._orders.items()
        }

    def best(self) -> tuple[Option, ...]:
        """The smallest set that suffices, or the most useful option of each layer if none does."""
        ranked = _one_each(self._options)
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
        return tuple(ranked)

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
        self.steps += 1
        if size > MOST_CHOSEN:
            self.steps = MOST_STEPS
        if self.steps >= MOST_STEPS or not self._may_suffice(needs, size):
            return ()
        if not size:
            return chosen
        taken = {option.layer.name for option in chosen}
        for place in range(start, len(self._options) - size + 1):
            option = self._options[place]
            if option.layer.name in taken:
                continue
            left = {metric: need - option.saving(metric) for metric, need in needs.items()}
            if found := self._found(size - 1, place + 1, left, (*chosen, option)):
                return found
        return ()


def _one_each(options: Iterable[Option]) -> list[Option]:
    """The first option of each layer."""
    found: dict[str, Option] = {}
    for option in options:
        found.setdefault(option.layer.name, option)
    return list(found.values())
