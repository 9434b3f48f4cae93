"""A suggestion for other programs: `convcost.suggest/1`."""

from __future__ import annotations

from typing import Any

from convcost.metrics import SAVED
from convcost.suggestion import Suggestion
from convcost.views.jsontext import Json, document
from convcost.views.screen import PLAIN, Screen
from convcost.views.standing import entry


def render(suggestion: Suggestion, screen: Screen = PLAIN, spec: str = "") -> Json:
    """Each budget with the total that is reached, and all options, ranked; those to replace are
    `chosen`."""
    chosen = {(option.layer.name, option.replacement.label) for option in suggestion.chosen}
    budgets = [
        {
            "metric": budget.metric,
            "limit": budget.limit,
            "before": getattr(suggestion.report, budget.metric),
            "after": suggestion.total(budget.metric),
            "excess": suggestion.excess(budget),
        }
        for budget in suggestion.budgets
    ]
    options: list[dict[str, Any]] = [
        {
            "name": option.layer.name,
            "line": option.layer.line or None,
            "kind": option.layer.kind,
            "becomes": option.replacement.label,
            "chosen": (option.layer.name, option.replacement.label) in chosen,
            "saves": {metric: option.saving(metric) for metric in SAVED},
        }
        for option in suggestion.options
    ]
    open_ = suggestion.suffices and suggestion.status
    return document(
        "suggest/1",
        {
            "network": suggestion.report.name,
            "path": suggestion.report.path or None,
            "suffices": None if open_ else suggestion.suffices,
            "smallest": suggestion.is_smallest,
            "budgets": budgets,
            "options": options,
            **entry(suggestion.status),
        },
    )
