"""A comparison for other programs: `convcost.compare/1`."""

from __future__ import annotations

from typing import Any

from convcost.comparison import Comparison, Question, Row, StageRow
from convcost.views.figures import plain
from convcost.views.jsontext import Json, document
from convcost.views.screen import PLAIN, Screen


def render(comparison: Comparison, screen: Screen = PLAIN) -> Json:
    """The layer asked about and a row a kind; what cannot be built has nulls and an `error`."""
    rows = [row_record(row) for row in comparison.rows]
    return document("compare/1", {"layer": layer_record(comparison.question), "rows": rows})


def layer_record(asked: Question) -> dict[str, Any]:
    """The question; sizes and numeric padding with one number per spatial dim."""

    def per_dim(value: object) -> object:
        return [value] * asked.dims if isinstance(value, int) else value

    return {
        "n": asked.n,
        "m": asked.m,
        "k": asked.kernel,
        "size": asked.size,
        "groups": asked.groups,
        "stride": per_dim(asked.stride),
        "padding": per_dim(asked.padding),
        "dilation": per_dim(asked.dilation),
        "bias": asked.bias,
    }


def row_record(row: Row) -> dict[str, Any]:
    """One kind's answer, its stages in order."""
    return {
        "kind": row.kind,
        "params": row.params,
        "macs": row.macs,
        "macs_per_position": plain(row.macs_per_position),
        "params_ratio": _share(row.params_ratio),
        "macs_ratio": _share(row.macs_ratio),
        "out": row.out,
        "channels": row.channels,
        "reach": row.reach,
        "stages": [_stage_record(stage) for stage in row.stages],
        "error": row.error or None,
    }


def _stage_record(stage: StageRow) -> dict[str, Any]:
    return {
        "op": stage.op.name,
        "params": int(stage.params),
        "macs": None if stage.macs is None else int(stage.macs),
        "macs_per_position": plain(stage.macs_per_position),
        "out": stage.out,
        "formula": stage.params.formula,
        "numbers": stage.params.numbers,
    }


def _share(value: Any) -> float | None:
    return None if value is None else float(value)
