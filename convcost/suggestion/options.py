"""What layers could become, and what that would save."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from convcost.cost import LayerCost, Report
from convcost.metrics import SAVED, measured
from convcost.network import Layer
from convcost.rewriting import Replacement, Rewrite

Amounts = Mapping[str, int]


class Option(NamedTuple):
    """One layer and what it could become, with what that would save: where it stands among the
    network's, and how it is `built` then."""

    layer: LayerCost
    instead: LayerCost
    replacement: Replacement
    place: int
    built: Layer

    def saving(self, metric: str) -> int:
        """How much less the layer has of a metric; negative for more.

        Where layers do not have that apart from each other, it is so with all of them replaced.
        """
        return self.layer.figure(metric) - self.instead.figure(metric)

    def helps(self, needs: Amounts) -> bool:
        """Whether it saves any of what is needed, or, without a need, anything."""
        return any(self.saving(metric) > 0 for metric in _broken(needs) or SAVED)

    def use(self, needs: Amounts, report: Report) -> float:
        """How much of what is needed it saves, metric by metric; without a need, of all."""
        wanted = _broken(needs) or {metric: max(1, report.figure(metric)) for metric in SAVED}
        return sum(min(1.0, self.saving(metric) / need) for metric, need in wanted.items())


def _broken(needs: Amounts) -> dict[str, int]:
    return {metric: need for metric, need in needs.items() if need > 0}


class Tried(NamedTuple):
    """A replacement, made of every layer that it can be made of."""

    replacement: Replacement
    made: Rewrite

    def options(self, report: Report, metrics: Iterable[str]) -> Iterator[Option]:
        """Those of single layers, which `report` has in figures of these metrics."""
        after = measured(self.made.cost_after.under(report.setting), metrics)
        for outcome in self.made.replaced:
            at = outcome.place
            built = self.made.after.layers[at]
            yield Option(report.layers[at], after.layers[at], self.replacement, at, built)


def one_each(options: Iterable[Option]) -> list[Option]:
    """The first option of each layer."""
    found: dict[int, Option] = {}
    for option in options:
        found.setdefault(option.place, option)
    return list(found.values())
