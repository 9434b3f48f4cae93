"""Budgets: limits on a report's totals, and what a report that breaks them has to say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from convcost.cost import LayerCost, Report
from convcost.errors import Place

METRICS = {
    "params": "learnable parameters",
    "macs": "multiply-adds",
    "activations": "output elements of convolutions and linear layers",
}
TOP_LAYERS = 3


@dataclass(frozen=True, slots=True)
class Budget:
    """At most `limit` of `metric`; `place` is where it was written, None for a flag."""

    metric: str
    limit: int
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One budget held against one report: passed or failed, with the layers that cost most."""

    report: Report
    budget: Budget
    actual: int
    top: tuple[LayerCost, ...]
    level: Literal["error"] = "error"

    @property
    def passed(self) -> bool:
        """A total equal to its limit is within budget."""
        return self.actual <= self.budget.limit

    @property
    def excess(self) -> int:
        """By how much the total is over the limit; negative is room left."""
        return self.actual - self.budget.limit

    @property
    def excess_share(self) -> float | None:
        """`excess` as a share of the limit, None for a limit of 0."""
        return self.excess / self.budget.limit if self.budget.limit else None

    @property
    def message(self) -> str:
        """One line for people and machines: actual, limit, by how much."""
        what = f"{self.report.name}: {self.actual:,} {self.budget.metric}"
        limit = f"the budget of {self.budget.limit:,}"
        if self.passed:
            return f"{what} keep within {limit}"
        share = f" ({self.excess_share:+.2%})" if self.excess_share is not None else ""
        return f"{what} exceed {limit} by {self.excess:,}{share}"


def check(report: Report, budgets: Iterable[Budget]) -> tuple[Finding, ...]:
    """Every budget held against `report`, passed ones included, in the order given."""
    return tuple(
        Finding(
            report,
            budget,
            int(getattr(report, budget.metric)),
            report.top(budget.metric, TOP_LAYERS),
        )
        for budget in budgets
    )
