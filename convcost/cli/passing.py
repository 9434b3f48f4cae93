"""The exit code of a sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from convcost.cli.exits import OVER_BUDGET
from convcost.cli.problems import refuse
from convcost.errors import Problem

if TYPE_CHECKING:
    from convcost.cli.terminal import ColorChoice
    from convcost.sweeping.base import Plan
    from convcost.views.sweep import Total


def settle(total: Total, plan: Plan, color: ColorChoice) -> None:
    """End the command with the exit code of a sweep of which no variant passes: bad input if all
    are refused, or if others than a search has tried may pass, else what there is for over budget.
    Of a part of it nothing is told."""
    if total.search and not (total.search.exact or total.passing):
        tried = f"none of the {total.variants:,} variants that were tried passes, others may"
        refuse([Problem(tried, hint="ask for less, or try more: --trials 10000")], color)
    if total.passing or total.variants < plan.space.size:
        return
    if total.refused == total.variants:
        reasons = max(total.refusals, key=total.refusals.__getitem__)
        most = ", most" * (len(total.refusals) > 1)
        refuse([Problem(f"all variants are refused{most}: {'; '.join(reasons)}")], color)
    raise typer.Exit(OVER_BUDGET)
