"""A diff as comma-separated values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from convcost.difference import Change, Diff
from convcost.metrics import USUAL
from convcost.views.screen import PLAIN, Screen
from convcost.views.spreadsheet import Csv, sheet
from convcost.views.standing import cell, standing


def render(diff: Diff, screen: Screen = PLAIN, metrics: Sequence[str] = ()) -> Csv:
    """A row a layer that differs, with raw integers; the deltas add up to those of the totals.
    What is of `metrics` stands behind."""
    header = ("change", "layer", "causes", *_columns(USUAL), "status", *_columns(metrics))
    return sheet(header, (_row(diff, change, metrics) for change in diff.changes))


def _columns(metrics: Sequence[str]) -> list[str]:
    return [f"{metric}_{side}" for metric in metrics for side in ("before", "after", "delta")]


def _row(diff: Diff, change: Change, metrics: Sequence[str]) -> tuple[object, ...]:
    sides = ((diff.before, change.before), (diff.after, change.after))
    status = cell(*(standing(report, layer) for report, layer in sides if layer))
    causes = "; ".join(map(str, change.causes))
    usual, more = _figures(change, USUAL), _figures(change, metrics)
    return (change.sort, change.layer.name, causes, *usual, status, *more)


def _figures(change: Change, metrics: Sequence[str]) -> Iterator[int | None]:
    for metric in metrics:
        for side in (change.before, change.after):
            yield side.figure(metric) if side else None
        yield change.delta(metric)
