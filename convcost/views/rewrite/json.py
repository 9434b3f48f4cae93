"""A rewrite for other programs: `convcost.rewrite/1`."""

from __future__ import annotations

from typing import Any

from convcost.cost import LayerCost, Report
from convcost.rewriting import Rewrite
from convcost.views.jsontext import Json, document
from convcost.views.screen import PLAIN, Screen
from convcost.views.standing import NAMES, entry, standing


def render(rewrite: Rewrite, screen: Screen = PLAIN) -> Json:
    """Totals before and after, and every layer; `reason` is why it was left alone, if it was of a
    kind to be replaced."""
    outcomes = {outcome.place: outcome for outcome in rewrite.outcomes}
    layers = []
    pairs = zip(rewrite.cost_before.layers, rewrite.cost_after.layers, strict=True)
    for place, (before, after) in enumerate(pairs):
        outcome = outcomes.get(place)
        layers.append(
            {
                "name": before.name,
                "line": before.line or None,
                "replaced": bool(outcome and outcome.replaced),
                "reason": outcome.reason or None if outcome else None,
                "before": _layer(rewrite.cost_before, before),
                "after": _layer(rewrite.cost_after, after),
            }
        )
    return document(
        "rewrite/1",
        {
            "network": rewrite.before.name,
            "path": rewrite.before.path or None,
            "convention": rewrite.cost_before.convention,
            "replacements": sorted(
                {f"{each.replacement.old}={each.replacement.label}" for each in rewrite.outcomes}
            ),
            "before": _counts(rewrite.cost_before),
            "after": _counts(rewrite.cost_after),
            "layers": layers,
        },
    )


def _layer(report: Report, layer: LayerCost) -> dict[str, Any]:
    return {"kind": layer.kind, **_counts(report, layer)}


def _counts(report: Report, layer: LayerCost | None = None) -> dict[str, Any]:
    counts = {name: getattr(layer or report, name) for name in NAMES}
    return {**counts, **entry(standing(report, layer))}
