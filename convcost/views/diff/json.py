"""A diff for other programs: `convcost.diff/1`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcost.cost import LayerCost, Report
from convcost.difference import Change, Diff
from convcost.metrics import USUAL
from convcost.views.jsontext import Json, document
from convcost.views.screen import PLAIN, Screen
from convcost.views.standing import entry, standing


def render(diff: Diff, screen: Screen = PLAIN, metrics: Sequence[str] = ()) -> Json:
    """Both totals, and the layers that differ, whose `delta`s add up to the totals'."""
    names = (*USUAL, *metrics)
    totals = {}
    for metric in names:
        before, after = (report.figure(metric) for report in (diff.before, diff.after))
        delta = after - before
        share = delta / before if before else None
        totals[metric] = {"before": before, "after": after, "delta": delta, "share": share}
    return document(
        "diff/1",
        {
            "convention": diff.after.convention,
            "before": _report(diff.before),
            "after": _report(diff.after),
            "totals": totals,
            "changes": [_change(diff, change, names) for change in diff.changes],
        },
    )


def _report(report: Report) -> dict[str, Any]:
    return {
        "name": report.name,
        "path": report.path or None,
        "input": report.input,
        **entry(standing(report)),
    }


def _change(diff: Diff, change: Change, names: Sequence[str]) -> dict[str, Any]:
    return {
        "change": change.sort,
        "name": change.layer.name,
        "causes": [cause._asdict() for cause in change.causes],
        "delta": {metric: change.delta(metric) for metric in names},
        "before": _layer(diff.before, change.before, names),
        "after": _layer(diff.after, change.after, names),
    }


def _layer(report: Report, layer: LayerCost | None, names: Sequence[str]) -> dict[str, Any] | None:
    if layer is None:
        return None
    return {
        "name": layer.name,
        "kind": layer.kind,
        "ins": layer.ins,
        "out": layer.out,
        **{metric: layer.figure(metric) for metric in names},
        "line": layer.line or None,
        **entry(standing(report, layer)),
    }
