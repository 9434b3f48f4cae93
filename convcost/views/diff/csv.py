"""A diff as comma-separated values."""

from __future__ import annotations

from convcost.difference import METRICS, Change, Diff
from convcost.views.screen import PLAIN, Screen
from convcost.views.spreadsheet import Csv, sheet

HEADER = (
    *("change", "layer", "causes"),
    *(f"{metric}_{side}" for metric in METRICS for side in ("before", "after", "delta")),
)


def render(diff: Diff, screen: Screen = PLAIN) -> Csv:
    """A row a layer that differs, with raw integers; the deltas add up to those of the totals."""
    return sheet(HEADER, map(_row, diff.changes))


def _row(change: Change) -> tuple[object, ...]:
    counts = [
        count
        for metric in METRICS
        for count in (
            *(getattr(side, metric, None) for side in (change.before, change.after)),
            change.delta(metric),
        )
    ]
    return (change.sort, change.layer.name, "; ".join(map(str, change.causes)), *counts)
