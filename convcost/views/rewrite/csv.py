"""A rewrite as comma-separated values."""

from __future__ import annotations

from convcost.rewriting import Rewrite
from convcost.views.screen import PLAIN, Screen
from convcost.views.spreadsheet import Csv, sheet
from convcost.views.standing import cell, standing

_COUNTS = ("params", "macs", "activations")
HEADER = (
    *("network", "path", "layer", "line", "kind_before", "kind_after"),
    *(f"{name}_{side}" for name in _COUNTS for side in ("before", "after")),
    *("reason", "status"),
)


def render(rewrite: Rewrite, screen: Screen = PLAIN) -> Csv:
    """A row a layer, with raw integers; `reason` is why a layer was left alone."""
    reasons = {outcome.place: outcome.reason for outcome in rewrite.outcomes}
    rows = []
    pairs = zip(rewrite.cost_before.layers, rewrite.cost_after.layers, strict=True)
    for place, (before, after) in enumerate(pairs):
        counts = [getattr(side, name) for name in _COUNTS for side in (before, after)]
        status = cell(standing(rewrite.cost_before, before), standing(rewrite.cost_after, after))
        rows.append(
            (
                *(rewrite.before.name, rewrite.before.path, before.name, before.line or None),
                *(before.kind, after.kind, *counts, reasons.get(place) or None),
                status,
            )
        )
    return sheet(HEADER, rows)
