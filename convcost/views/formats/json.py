"""Documents for other programs, with raw integers: `convcost.eval/1`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from convcost.views.figures import plain
from convcost.views.jsontext import Json, document
from convcost.views.screen import PLAIN, Screen
from convcost.views.sheet import Result, Sheet, columns_for, reader

_RAW = {int, str, tuple, type(None)}


def render(result: Result, screen: Screen = PLAIN) -> Json:
    """The result's document; what is unknown is null."""
    return document(result.schema, valued(result.body()), result.depth)


def valued(value: Any) -> Any:
    """`value` as JSON has it: sheets as records, shares as numbers. Tuples hold what it has."""
    if isinstance(value, Sheet):
        return list(_records(value))
    if isinstance(value, Mapping):
        return {key: valued(each) for key, each in value.items()}
    if isinstance(value, list):
        return [valued(each) for each in value]
    return plain(value) if isinstance(value, Fraction) else value


def _records(sheet: Sheet[Any]) -> Iterator[dict[str, Any]]:
    # There may be hundreds of thousands, most of whose values are numbers and texts.
    columns = [
        (each.key, reader(each, "json"), each.optional) for each in columns_for(sheet, "json")
    ]
    for row in sheet.rows:
        found = {}
        for key, read, optional in columns:
            value = read(row)
            if not optional or value:
                found[key] = value if type(value) in _RAW else valued(value)
        yield found
