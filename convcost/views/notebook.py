"""Results in notebooks, as records and as data frames; `convcost.shown` asks for them by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from importlib import import_module
from typing import Any

from convcost.sweeping.extras import need
from convcost.views.formats import SVG, formats_of
from convcost.views.formats import view as shower
from convcost.views.formats.html import Fragments, fragment
from convcost.views.formats.json import valued
from convcost.views.formats.table import render
from convcost.views.html import Html
from convcost.views.language import Language
from convcost.views.page import Table
from convcost.views.screen import Screen
from convcost.views.sheet import Result, columns_for, reader

NOTEBOOK = Screen(heard=True)
"""As wide as need be, with somebody before it."""
MOST_ROWS = 200
_LONGEST_WHOLE = 2**63
Found = Any
"""A result of any command."""
Arguments = tuple[Sequence[Any], Mapping[str, Any]]


def html(view: str, found: Found) -> str:
    """What a notebook shows: the result as a page has it, and its picture, if it has one."""
    text = fragment(_result(view, found), NOTEBOOK, _Notebook())
    framed = [
        Html.of('<div style="overflow-x:auto">\n{}</div>\n', each) for each in _drawn(view, found)
    ]
    return Html().join([text, *framed])


def table(view: str, found: Found) -> str:
    """The result as a terminal has it, as wide as need be."""
    return str(render(_result(view, found)))


def document(view: str, found: Found) -> dict[str, Any]:
    """The result's document; what is unknown is None."""
    made = _result(view, found)
    return {"schema": f"convcost.{made.schema}", **valued(made.body())}


def records(view: str, found: Found) -> list[dict[str, Any]]:
    """The rows of the result's flat sheet."""
    columns = _columns(view, found)
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def pandas_frame(view: str, found: Found) -> Any:
    """The same as a DataFrame: integers stay what they are where others are missing."""
    need("pandas")
    import pandas as pd

    return pd.DataFrame(
        {
            name: pd.Series(values, dtype=_dtype(values, "Int64", "int64", "object"))
            for name, values in _columns(view, found).items()
        }
    )


def polars_frame(view: str, found: Found) -> Any:
    """The same as a DataFrame of polars."""
    need("polars")
    import polars as pl

    return pl.DataFrame(
        [
            pl.Series(name, values, dtype=_dtype(values, pl.Int64, pl.Int64, pl.Object))
            for name, values in _columns(view, found).items()
        ]
    )


def _result(view: str, found: Found) -> Result:
    """The result as all formats have it."""
    positional, named = _arguments(view, found)
    made: Result = import_module(f"convcost.views.{view}").result(*positional, **named)
    return made


def _drawn(view: str, found: Found) -> list[Language]:
    """Its picture, if it has one."""
    module = import_module(f"convcost.views.{view}")
    has_picture: Callable[[Found], bool] = getattr(module, "has_picture", lambda found: True)
    name: str = getattr(module, "PICTURE", view)
    if SVG not in formats_of(name) or not has_picture(found):
        return []
    positional, named = _arguments(view, found)
    return [shower(name, SVG)(*positional, **named)]


def _arguments(view: str, found: Found) -> Arguments:
    """What all formats are given of a result that stands by itself."""
    module = import_module(f"convcost.views.{view}")
    taken: Callable[[Found], Arguments] = getattr(module, "arguments", _itself)
    return taken(found)


def _itself(found: Found) -> Arguments:
    return (found,), {}


def _columns(view: str, found: Found) -> dict[str, list[Any]]:
    """The columns of the flat sheet by their keys, each of one type besides None."""
    flat = _result(view, found).flat()
    return {
        column.key: _of_one_type([*map(reader(column, "csv"), flat.rows)])
        for column in columns_for(flat, "csv")
    }


def _of_one_type(values: list[Any]) -> list[Any]:
    if any(isinstance(value, float | Fraction) for value in values):
        return [float(value) if isinstance(value, int | Fraction) else value for value in values]
    return [tuple(value) if isinstance(value, list) else value for value in values]


def _dtype(values: Sequence[Any], missing: Any, whole: Any, other: Any) -> Any:
    """The dtype of integers, with some `missing` or none, or of those that are too large; None
    where what holds them finds it."""
    numbers = [value for value in values if value is not None]
    if not numbers or any(type(value) is not int for value in numbers):
        return None
    if any(abs(value) >= _LONGEST_WHOLE for value in numbers):
        return other
    return whole if len(numbers) == len(values) else missing


class _Notebook(Fragments):
    """Long tables break off, as a notebook keeps all that it has shown; texts are flush left, where
    Jupyter's own style has all cells flush right."""

    left = Html.of(' style="text-align:left"')

    def deep(self, level: int) -> Html:
        return Html.of(' style="text-align:left;padding-left:{}em"', level)

    def table(self, told: Table) -> Html:
        more = len(told.rows) - MOST_ROWS
        if more <= 0:
            return super().table(told)
        cut = super().table(told.changed(rows=told.rows[:MOST_ROWS]))
        said = f"{more:,} more rows: records() and to_pandas() have them all"
        return Html("\n").join([cut, Html.of("<p>{}</p>", said)])
