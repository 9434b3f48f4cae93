"""Comma-separated values: one header, raw integers, a row a line."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any

from convcost.ops.base import format_shape
from convcost.views.figures import plain
from convcost.views.screen import PLAIN, Screen
from convcost.views.sheet import Result, columns_for, reader
from convcost.views.spreadsheet import Csv, sheet

_RAW = {int, str, type(None)}


def render(result: Result, screen: Screen = PLAIN) -> Csv:
    """The result's flat sheet; shapes are written `3x32x32`, several of them with + between."""
    flat = result.flat()
    columns = columns_for(flat, "csv")
    readers = [reader(column, "csv") for column in columns]
    rows = (
        [value if type(value := read(row)) in _RAW else _field(value) for read in readers]
        for row in flat.rows
    )
    return sheet([column.key for column in columns], rows)


def _field(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Fraction):
        return plain(value)
    return _shapes(tuple(value)) if isinstance(value, (tuple, list)) else value


# Layers have the same few shapes over and over.
@lru_cache(maxsize=1024)
def _shapes(value: tuple[Any, ...]) -> str:
    is_shape = all(isinstance(size, int) for size in value)
    return format_shape(value) if is_shape else " + ".join(map(format_shape, value))
