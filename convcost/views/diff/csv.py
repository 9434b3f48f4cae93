"""A diff as comma-separated values."""

from __future__ import annotations

from convcost.difference import Change, Diff
from convcost.metrics import USUAL
from convcost.views.screen import PLAIN, Screen
from convcost.views.spreadsheet import Csv, sheet
from convcost.views.standing import cell, standing

HEADER = (
    *("change", "layer", "causes"),
    *(f"{metric}_{side}" for metric in USUAL for side in ("before", "after", "delta")),
    "status",
)


def render(diff: Diff, screen: Screen = PLAIN) -> Csv:
    """A row a layer that differs, with raw integers; the deltas add up to those of the totals."""
    return sheet(HEADER, (_row(diff, change) for change in diff.changes))


def _row(diff: Diff, change: Change) -> tuple[object, ...]:
    sides = ((diff.before, change.before), (diff.after, change.after))
    status = cell(*(standing(report, layer) for report, layer in sides if layer))
    counts = [
        count
        for metric in USUAL
        for count in (
            *(getattr(side, metric, None) for side in (change.before, change.after)),
            change.delta(metric),
        )
    ]
    return (change.sort, change.layer.name, "; ".join(map(str, change.causes)), *counts, status)
