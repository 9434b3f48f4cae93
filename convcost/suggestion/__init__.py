"""Which layers to replace to come under a budget: it knows what they cost, not what they do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from convcost.budget import Budget, scope_of
from convcost.cost import LayerCost, Report, evaluate
from convcost.metrics import METRICS, SAVED, measured
from convcost.network import Network
from convcost.rewriting import EVERY, Replacement, Selection, rewrite
from convcost.setting import FP32, Setting
from convcost.shown import Shown
from convcost.status import Statuses
from convcost.suggestion.descent import Descent
from convcost.suggestion.options import Option, Tried, one_each
from convcost.suggestion.search import Search

__all__ = ["USUAL", "Option", "Suggestion", "Tried", "suggest"]

USUAL = (
    Replacement("standard", "depthwise-separable"),
    Replacement("transposed", "depthwise-separable-transposed"),
)
"""What is tried unless something else is asked for."""


class _Suggestion(NamedTuple):
    report: Report
    budgets: tuple[Budget, ...]
    options: tuple[Option, ...]
    chosen: tuple[Option, ...]
    after: Report
    is_smallest: bool = True
    tried: tuple[Tried, ...] = ()


class Suggestion(Shown, _Suggestion, view="suggest"):
    """What to replace for `report` to keep within `budgets`, and what it comes to `after` that.

    `options` are all replacements that save something, the most useful first; `chosen` those to
    make: the smallest set that suffices, or, where none does, all that help. `is_smallest`: it is
    certain that no smaller one suffices, or none at all. `tried` is where they are from.
    """

    __slots__ = ()

    @property
    def saved(self) -> tuple[str, ...]:
        """The metrics of which an option saves the same whatever else is replaced: those that
        layers are replaced for, and those that have a budget."""
        limited = [each.metric for each in self.budgets if METRICS[each.metric].apart]
        return tuple(dict.fromkeys((*SAVED, *limited)))

    def total(self, metric: str) -> int:
        """What the network has with what was chosen."""
        return self.after.figure(metric)

    @property
    def layers(self) -> tuple[LayerCost, ...]:
        """The layers of the network with what was chosen."""
        return self.after.layers

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
    setting: Setting = FP32,
) -> Suggestion:
    """The smallest set of replacements that brings `network` under `budgets`, if any does.

    Each layer becomes at most one other; `selection` and `inner` are those of `rewrite`, and
    figures are under `setting`. A total that is more than what layers have apart, such as a peak,
    is brought down one replacement at a time, and then a smaller set may do. Budgets of layers and
    of growth are passed over. Errors are those of `rewrite`.
    """
    limits = tuple(budget for budget in budgets if scope_of(budget.metric) == "total")
    names = tuple(dict.fromkeys(budget.metric for budget in limits))
    report = measured(evaluate(network).under(setting), names)
    needs = {
        name: max(report.figure(name) - int(each.limit) for each in limits if each.metric == name)
        for name in names
    }
    tried = tuple(
        Tried(each, rewrite(network, each, selection=selection, inner=inner))
        for each in replacements
    )
    found = [option for each in tried for option in each.options(report, names)]
    options = sorted(
        (option for option in found if option.helps(needs)),
        key=lambda option: -option.use(needs, report),
    )
    apart = {name: need for name, need in needs.items() if METRICS[name].apart}
    search = Search([each for each in options if each.helps(apart)], apart)
    best = search.best()
    helping = one_each(option for option in options if option.use(apart, report) > 0)
    chosen = best.chosen if best.suffices else tuple(helping)
    made = Descent(network, setting, limits, options).down(chosen)
    is_all = made.chosen == chosen and all(map(made.within, limits))
    is_certain = best.is_certain and (is_all or not best.suffices)
    return Suggestion(report, limits, tuple(options), made.chosen, made.report, is_certain, tried)
