"""JSON Schema of what the fields of a spec may hold, written as they are: without expressions."""

from __future__ import annotations

from typing import Any

from convcost.budget import LEVELS, METRICS, scope_of
from convcost.kinds.fields import Field
from convcost.text import LONGEST_SHOWN

Schema = dict[str, Any]
POSITIVE: Schema = {"type": "integer", "minimum": 1}
OFFSET: Schema = {"type": "integer", "minimum": 0}
DEFINED = "defined as"
"""Stands for `$ref` to a definition of the whole schema, which pydantic would look for itself."""
_DIGITS = {1: "0*[1-9][0-9]*", 0: "[0-9]+"}


def _written(least: int) -> Schema:
    """Sizes as text, `3x224x224`, none of them below `least`."""
    size = f" *{_DIGITS[least]} *"
    return {"type": "string", "pattern": f"^{size}([x×X]{size})*$"}


def closed(properties: Schema) -> Schema:
    """A mapping of these keys and no others."""
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _per_dim(number: Schema, at_least: int = 0) -> Schema:
    listed = {"type": "array", "items": number} | ({"minItems": at_least} if at_least else {})
    return {"anyOf": [number, _written(number["minimum"]), listed]}


SCHEMAS: dict[str, Schema] = {
    "count": POSITIVE,
    "offset": OFFSET,
    "sizes": _per_dim(POSITIVE),
    "offsets": _per_dim(OFFSET),
    "padding": {
        "anyOf": [
            {"enum": ["same", "same-tf", "valid"]},
            OFFSET,
            _written(0),
            {"type": "array", "items": {"anyOf": [OFFSET, {"type": "array", "items": OFFSET}]}},
        ]
    },
    "flag": {"type": "boolean"},
    "share": {"type": "number", "minimum": 0, "maximum": 1},
    "shape": _per_dim(POSITIVE, 1),
    "order": _per_dim(OFFSET, 1),
    "text": {"type": "string", "minLength": 1, "maxLength": LONGEST_SHOWN},
}
"""Each sort of field; one of words is an enum of its own."""
AMOUNT: Schema = {
    "anyOf": [
        {"type": "number", "minimum": 0},
        {"type": "string", "pattern": "^ *[+]?[0-9_.]+([eE][+-]?[0-9]+)? *[kMGT]? *$"},
    ]
}

SHARE: Schema = {"type": "string", "pattern": "^ *[0-9]+(\\.[0-9]+)? *% *$"}


def limit_schema(metric: str) -> Schema:
    """JSON Schema of what may stand behind `metric` in budgets, by the name of its definition."""
    is_growth = scope_of(metric) == "growth"
    return {DEFINED: "growth-limits" if is_growth else "limits", "description": METRICS[metric]}


def limit_definitions() -> dict[str, Schema]:
    """What the limits of metrics may be."""
    growth = {"anyOf": [*AMOUNT["anyOf"], SHARE]}
    return {"limits": _limits(AMOUNT), "growth-limits": _limits(growth)}


def _limits(one: Schema) -> Schema:
    some = [one, {"type": "array", "minItems": 1, "items": one}]
    by_level = closed({level: {"anyOf": some, "description": d} for level, d in LEVELS.items()})
    return {"anyOf": [*some, by_level | {"minProperties": 1}]}


def field_schema(field: Field) -> Schema:
    """JSON Schema of what `field` may hold."""
    words = field.about.words
    return {"enum": list(words)} if words else SCHEMAS[field.about.sort]
