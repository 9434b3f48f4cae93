"""An explanation for other programs: `convcost.explain/1`."""

from __future__ import annotations

from typing import Any

from convcost.comparison import Comparison, StageRow
from convcost.kinds import Kind
from convcost.views.compare.json import layer_record, row_record
from convcost.views.jsontext import Json, document
from convcost.views.kinds.json import kind_record
from convcost.views.ops import describe
from convcost.views.screen import PLAIN, Screen


def render(kind: Kind, answer: Comparison | None, screen: Screen = PLAIN) -> Json:
    """What is known of the kind; `layer` is null, and the counts are missing, without an answer."""
    body: dict[str, Any] = {**kind_record(kind), "layer": None}
    if answer:
        (row,) = answer.rows
        stages = [
            record | _explained(stage)
            for record, stage in zip(row_record(row)["stages"], row.stages, strict=True)
        ]
        body |= {"layer": layer_record(answer.question), **row_record(row), "stages": stages}
        body["kind"] = kind.name
    return document("explain/1", body)


def _explained(stage: StageRow) -> dict[str, Any]:
    return {
        "description": describe(stage.op),
        "macs_formula": stage.macs.formula if stage.macs else None,
        "macs_numbers": stage.macs.numbers if stage.macs else None,
    }
