"""A suggestion as comma-separated values."""

from __future__ import annotations

from convcost.metrics import SAVED
from convcost.suggestion import Suggestion
from convcost.views.screen import PLAIN, Screen
from convcost.views.spreadsheet import Csv, sheet
from convcost.views.standing import cell

HEADER = (
    *("network", "path", "layer", "line", "kind", "becomes", "chosen"),
    *(f"saves_{metric}" for metric in SAVED),
    "status",
)


def render(suggestion: Suggestion, screen: Screen = PLAIN, spec: str = "") -> Csv:
    """A row an option, the most useful first, with raw integers."""
    report = suggestion.report
    return sheet(
        HEADER,
        (
            (
                *(report.name, report.path, option.layer.name, option.layer.line or None),
                *(option.layer.kind, option.replacement.label),
                str(option in suggestion.chosen).lower(),
                *(option.saving(metric) for metric in SAVED),
                cell(option.layer.status, option.instead.status),
            )
            for option in suggestion.options
        ),
    )
