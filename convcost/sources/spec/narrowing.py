"""Long lists and mappings cut short before pydantic looks at them.

Pydantic finds every wrong entry of a list or mapping, and keeps several errors for each, half a
kilobyte apiece; of all those under one key, one problem is told.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ValidationError

_LONG = 100


def narrowed(model: type[BaseModel], values: dict[str, Any]) -> dict[str, Any]:
    """`values` with all that is long cut behind its first wrong entries, for `model` to refuse."""
    return {key: _cut(model, key, value) for key, value in values.items()}


def _cut(model: type[BaseModel], key: str, value: Any) -> Any:
    if not isinstance(value, (list, dict)):
        return value
    entries = list(value.items()) if isinstance(value, dict) else value
    for end in range(_LONG, len(value), _LONG):
        depths = _depths(model, key, type(value)(entries[end - _LONG : end]))
        if 1 in depths:  # it is looked at as a whole, and its length may be what is wrong
            return value
        if depths:
            return type(value)(entries[:end])
    return value


def _depths(model: type[BaseModel], key: str, value: object) -> set[int]:
    """How deep the problems lie that `value` has under `key`; 1 is the value itself."""
    try:
        model.model_validate({key: value})
    except ValidationError as error:
        places = (detail["loc"] for detail in error.errors(include_url=False, include_input=False))
        return {len(place) for place in places if place[0] == key}
    return set()
