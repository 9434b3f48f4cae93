"""JSON Schema of what the fields of a spec may hold, written as they are: without expressions."""

from __future__ import annotations

from types import NoneType, UnionType
from typing import Any, get_args, get_origin

from convcost.budget import LEVELS
from convcost.kinds.fields import Field
from convcost.operands import MOST_BITS, Bits
from convcost.quantity import SYMBOLS
from convcost.text import LONGEST_SHOWN

Schema = dict[str, Any]
POSITIVE: Schema = {"minimum": 1, "type": "integer"}
OFFSET: Schema = {"minimum": 0, "type": "integer"}
_DIGITS = {1: "0*[1-9][0-9]*", 0: "[0-9]+"}
_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean", NoneType: "null"}


def type_schema(kind: Any) -> Schema:
    """A plain type: a class, a union, or a list or mapping of such."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin is UnionType:
        return {"anyOf": [type_schema(part) for part in parts]}
    if origin is list:
        return {"items": type_schema(parts[0]), "type": "array"}
    if origin is dict:
        return {"additionalProperties": type_schema(parts[1]), "type": "object"}
    return {"type": _TYPES[kind]} if kind in _TYPES else {}


def ref(definition: str) -> Schema:
    """What a definition of the whole schema says."""
    return {"$ref": f"#/$defs/{definition}"}


def closed(properties: Schema) -> Schema:
    """A mapping of these keys and no others."""
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _written(least: int) -> Schema:
    """Sizes as text, `3x224x224`, none of them below `least`."""
    size = f" *{_DIGITS[least]} *"
    return {"pattern": f"^{size}([x×X]{size})*$", "type": "string"}


def _listed(item: Schema, at_least: int = 0) -> Schema:
    return {"items": item, **({"minItems": at_least} if at_least else {}), "type": "array"}


def _per_dim(number: Schema, at_least: int = 0) -> Schema:
    return {"anyOf": [number, _written(number["minimum"]), _listed(number, at_least)]}


def _apart(one: Schema, names: tuple[str, ...]) -> Schema:
    """One for all of `names`, or each apart."""
    return {"anyOf": [one, closed(dict.fromkeys(names, one)) | {"minProperties": 1}]}


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
            _listed({"anyOf": [OFFSET, _listed(OFFSET)]}),
        ]
    },
    "flag": {"type": "boolean"},
    "share": {"maximum": 1, "minimum": 0, "type": "number"},
    "shape": _per_dim(POSITIVE, 1),
    "order": _per_dim(OFFSET, 1),
    "text": {"maxLength": LONGEST_SHOWN, "minLength": 1, "type": "string"},
    "bits": _apart({"maximum": MOST_BITS, "minimum": 1, "type": "integer"}, Bits._fields),
    "density": _apart(
        {"exclusiveMinimum": 0, "maximum": 1, "type": "number"}, ("weights", "structured")
    ),
}
"""Each variety of field; one of words is an enum of its own."""
AMOUNT: Schema = {
    "anyOf": [
        {"type": "number", "minimum": 0},
        {"type": "string", "pattern": "^ *[+]?[0-9_.]+([eE][+-]?[0-9]+)? *[kMGT]? *$"},
    ]
}
BYTES: Schema = {
    "anyOf": [
        {"type": "number", "minimum": 0},
        {"type": "string", "pattern": "^ *[0-9_.]+([eE][+]?[0-9]+)? *([kMGT]|[KMGT]i)?B? *$"},
    ]
}
LIMITS = {
    "": "limits",
    "bytes": "byte-limits",
    "nanoseconds": "time-limits",
    "femtojoules": "energy-limits",
}
"""What the limits of a metric are defined by, by its unit."""
SHARE: Schema = {"type": "string", "pattern": "^ *[0-9]+(\\.[0-9]+)? *% *$"}


def field_schema(field: Field) -> Schema:
    """What `field` may hold."""
    variety, words = field.about.variety, field.about.words
    if not words:
        return SCHEMAS[variety]
    return {"enum": [True, False, *words] if variety == "flag" else list(words)}


def limit_definitions() -> dict[str, Schema]:
    """What the limits of metrics may be."""
    found: dict[str, Schema] = {}
    for unit, name in LIMITS.items():
        amount = _measure(unit) if unit in SYMBOLS else BYTES if unit else AMOUNT
        growth = {"anyOf": [*amount["anyOf"], SHARE]}
        found |= {name: _limits(amount), f"growth-{name}": _limits(growth)}
    return found


def _measure(unit: str) -> Schema:
    symbols = "|".join(SYMBOLS[unit])
    written = f"^ *[0-9_.]+([eE][+]?[0-9]+)? *({symbols})? *$"
    return {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": written}]}


def _limits(one: Schema) -> Schema:
    some = [one, {"type": "array", "minItems": 1, "items": one}]
    by_level = closed({level: {"anyOf": some, "description": d} for level, d in LEVELS.items()})
    return {"anyOf": [*some, by_level | {"minProperties": 1}]}
