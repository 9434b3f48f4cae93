"""What the expressions in a value need; lists of layers inside it are not looked into."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from convcost.errors import SpecError
from convcost.sources.spec.expressions import has_expression, names_in


def needed(value: Any) -> tuple[str, ...] | None:
    """The names that the expressions in `value` need, each once; None if one cannot be read."""
    try:
        return tuple(dict.fromkeys(name for text in _texts(value) for name in names_in(text)))
    except SpecError:
        return None


def is_dynamic(values: Iterable[Any]) -> bool:
    """Whether there is an expression in them."""
    for value in values:
        kind = type(value)
        if kind is str:
            if has_expression(value):
                return True
        elif (kind is dict or kind is list) and is_dynamic(_inside(value)):
            return True
    return False


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for inner in _inside(value):
            yield from _texts(inner)


def _inside(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value
