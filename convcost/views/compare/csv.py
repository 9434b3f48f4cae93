"""A comparison as comma-separated values, a row a kind."""

from __future__ import annotations

from convcost.comparison import Comparison, Row
from convcost.ops.base import shown
from convcost.views.figures import plain
from convcost.views.screen import PLAIN, Screen
from convcost.views.spreadsheet import Csv, sheet

HEADER = (
    "kind",
    "params",
    "macs",
    "macs_per_position",
    "params_ratio",
    "macs_ratio",
    "out",
    "channels",
    "reach",
    "stage_params",
    "error",
)


def render(comparison: Comparison, screen: Screen = PLAIN) -> Csv:
    """Raw integers and shares; `stage_params` are the stages' parameters with + between."""
    return sheet(HEADER, (_fields(row) for row in comparison.rows))


def _fields(row: Row) -> tuple[object, ...]:
    return (
        row.kind,
        row.params,
        row.macs,
        plain(row.macs_per_position),
        None if row.params_ratio is None else float(row.params_ratio),
        None if row.macs_ratio is None else float(row.macs_ratio),
        shown(row.out) if row.out else None,
        row.channels,
        shown(row.reach) if row.reach else None,
        " + ".join(str(int(stage.params)) for stage in row.stages),
        row.error,
    )
