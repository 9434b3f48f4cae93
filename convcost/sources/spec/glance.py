"""A glance at what a spec says: whether it is plainly right.

The models (`convcost.sources.spec.models`) say what is right; what passes here passes there, which
a test holds them to. Not the other way round: a glance may hesitate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from convcost.errors import ConvcostError
from convcost.kinds import find
from convcost.kinds.registry import TAIL
from convcost.sources.spec.language import (
    GIVEN,
    TIMES,
    check_block_table,
    check_input,
    check_value,
    must_be_said,
)

Look = Callable[[Any], bool]


def is_right(form: str, values: Mapping[str, Any]) -> bool:
    """Whether `values` are all that the form (as for `models.model_of`) needs, and no more."""
    if form == "kind":
        return _layer(values)
    looks, needed = _FORMS[form]
    known = values if form != "use" else {key: values[key] for key in values if key in looks}
    return needed <= values.keys() and _all_right(known, looks)


def _layer(values: Mapping[str, Any]) -> bool:
    kind = find(values["kind"])
    fields = {**GIVEN, **kind.fields}
    for key, value in values.items():
        if key in fields and key != "inputs":
            if not _passes(check_value, fields[key], value):
                return False
        elif key != "kind" and not (key in _ITEM and _ITEM[key](value)):
            return False
    return not any(
        must_be_said(kind, field) and name not in values for name, field in kind.fields.items()
    )


def _all_right(values: Mapping[str, Any], looks: Mapping[str, Look]) -> bool:
    return all(key in looks and looks[key](value) for key, value in values.items())


def _passes(check: Callable[..., object], *values: Any) -> bool:
    try:
        check(*values)
    except ConvcostError:
        return False
    return True


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_names(value: Any) -> bool:
    return isinstance(value, str) or (
        isinstance(value, list) and all(isinstance(name, str) for name in value)
    )


def _is_scalars(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(each, (str, int, float, bool)) for each in value.values()
    )


def _is_params(value: Any) -> bool:
    return isinstance(value, dict) and _is_scalars(
        {name: each for name, each in value.items() if each is not None}
    )


def _is_anything(value: Any) -> bool:
    return True


_ITEM: dict[str, Look] = {"name": _is_text, "when": _is_flag, "from": _is_names}
_JOINT: dict[str, Look] = {
    **_ITEM,
    "act": lambda value: _passes(check_value, TAIL["act"], value),
}
_FORMS: dict[str, tuple[dict[str, Look], frozenset[str]]] = {
    "use": ({**_ITEM, "use": lambda value: isinstance(value, str)}, frozenset({"use"})),
    "repeat": (
        {
            **_ITEM,
            "repeat": lambda value: _passes(check_value, TIMES, value),
            "index": lambda value: isinstance(value, str),
            "layers": _is_anything,
        },
        frozenset({"repeat", "layers"}),
    ),
    "residual": (
        {**_JOINT, "residual": _is_anything, "skip": _is_flag},
        frozenset({"residual"}),
    ),
    "concat": ({**_JOINT, "concat": _is_anything}, frozenset({"concat"})),
    "add": ({**_JOINT, "add": _is_anything}, frozenset({"add"})),
    "multiply": ({**_JOINT, "multiply": _is_anything}, frozenset({"multiply"})),
    "body": ({"body": _is_anything, "shortcut": _is_anything}, frozenset({"body"})),
    "block": (
        {"params": _is_params, "vars": _is_scalars, "layers": _is_anything},
        frozenset({"layers"}),
    ),
    "spec": (
        {
            "name": _is_text,
            "input": lambda value: _passes(check_input, value),
            "vars": _is_scalars,
            "defaults": lambda value: isinstance(value, dict),
            "blocks": lambda value: _passes(check_block_table, value),
            "budgets": lambda value: isinstance(value, dict),
            "layers": _is_anything,
        },
        frozenset({"layers"}),
    ),
}
"""Of each form: how to look at each of its keys, and which it needs."""
