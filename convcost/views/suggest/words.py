"""What is said of a suggestion, in every human format."""

from __future__ import annotations

import shlex

from convcost.budget import Budget
from convcost.status import status_of
from convcost.suggestion import Suggestion
from convcost.views.figures import marked
from convcost.views.standing import NAMES

CAVEAT = (
    "It knows what layers cost, and nothing of accuracy: train the network before you rely on it."
)


def verdict(suggestion: Suggestion) -> list[str]:
    """Whether, and how, the network comes under its budgets, a sentence a line."""
    name = suggestion.report.name
    count = len(suggestion.chosen)
    if suggestion.suffices and not count:
        return [f"{name} keeps within {_limits(suggestion)} as it is{_as_counted(suggestion)}"]
    if suggestion.suffices:
        layers = _layers(count, len({option.layer.name for option in suggestion.options}))
        fewest = "the fewest that do" if suggestion.is_smallest else "there may be fewer that do"
        totals = f"{_totals(suggestion)}{_as_counted(suggestion)}"
        return [f"replacing {layers} brings {name} to {totals}: {fewest}"]
    if not count:
        return [f"nothing in {name} can be replaced that saves what is needed"]
    over = [
        f"{suggestion.excess(budget):,} {NAMES[budget.metric]} over {budget.limit:,}"
        for budget in suggestion.budgets
        if suggestion.excess(budget) > 0
    ]
    return [
        f"no set of these replacements suffices for {name}",
        f"with all {count} it is still {' and '.join(over)}",
    ]


def left(suggestion: Suggestion, budget: Budget) -> str:
    """`4,850,012,160 MACs, 149,987,840 below 5,000,000,000`."""
    excess = suggestion.excess(budget)
    distance = f"{abs(excess):,} {'over' if excess > 0 else 'below'} " if excess else "just "
    return f"{_total(suggestion, budget)}, {distance}{budget.limit:,}"


def command(suggestion: Suggestion, spec: str = "") -> str:
    """The command line that makes the replacements in `spec`; empty where it takes more than one.

    `spec` is the network as the user named it, else its file.
    """
    made = {option.replacement.old: option.replacement for option in suggestion.chosen}
    if not made or any(made[o.replacement.old] != o.replacement for o in suggestion.chosen):
        return ""
    words = ["convcost", "rewrite", spec or suggestion.report.path]
    for old, replacement in made.items():
        words += ["--replace", f"{old}={replacement.label}"]
    if len(suggestion.chosen) < len(suggestion.options):
        words += (word for o in suggestion.chosen for word in ("--only", o.layer.name))
    return shlex.join(words)


def _as_counted(suggestion: Suggestion) -> str:
    """What a verdict hangs on, where not all of the network is understood."""
    return ", as far as that is understood" if suggestion.status else ""


def _layers(count: int, of: int) -> str:
    return f"{count} of {of} layer{'s' * (of != 1)}"


def _limits(suggestion: Suggestion) -> str:
    return " and ".join(f"{budget.limit:,} {NAMES[budget.metric]}" for budget in suggestion.budgets)


def _totals(suggestion: Suggestion) -> str:
    return " and ".join(_total(suggestion, budget) for budget in suggestion.budgets)


def _total(suggestion: Suggestion, budget: Budget) -> str:
    status = status_of(suggestion.status, budget.metric)
    return f"{marked(suggestion.total(budget.metric), status)} {NAMES[budget.metric]}"
