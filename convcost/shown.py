"""Results as those meet them who type Python: short where they are printed, whole in a notebook.

How a result looks is known to `convcost.views`, which stands above all results; so it is looked up
by its name when somebody asks, and here alone.
"""

from __future__ import annotations

from collections.abc import Sized
from importlib import import_module
from typing import Any, ClassVar, TypeVar

_FEW = 4
_LONGEST = 60
Value = TypeVar("Value", bound=type)


def _printed(value: object) -> str:
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return f"{type(value).__name__}(<{len(value)}>)"
    usual: dict[str, object] = getattr(value, "_field_defaults", None) or getattr(
        value, "_defaults", {}
    )
    held = {name: getattr(value, name) for name in getattr(value, "_fields", ())}
    told = (
        f"{name}={_told(each)}"
        for name, each in held.items()
        if name not in usual or not _is(each, usual[name])
    )
    return f"{type(value).__name__}({', '.join(told)})"


def _told(value: object) -> str:
    """A value as it is typed, or where that is long, what it is or how many it holds."""
    is_record = hasattr(type(value), "_fields")
    if isinstance(value, Sized) and not isinstance(value, str) and not is_record:
        return repr(value) if _is_small(value) else f"<{len(value)}>"
    text = repr(value)
    if len(text) <= _LONGEST:
        return text
    return f"{text[:_LONGEST]}…" if isinstance(value, str) else f"<{type(value).__name__}>"


def _is_small(value: object) -> bool:
    if isinstance(value, tuple):
        return len(value) <= _FEW and all(map(_is_small, value)) and not hasattr(value, "_fields")
    return isinstance(value, int | float) or (isinstance(value, str) and len(value) <= _LONGEST)


def _is(value: object, usual: object) -> bool:
    return value is usual or (isinstance(value, str | int) and value == usual)


def brief(cls: Value) -> Value:
    """Let a class of named tuples, or of frozen values, be printed on a few lines, whatever one
    holds.

    What is as usual is left out, and of what is long there is how much there is of it.
    """
    type.__setattr__(cls, "__repr__", _printed)
    return cls


class Shown:
    """A result: what a command finds out, as Python has it.

    A class of results says which of `convcost.views` shows it.
    """

    __slots__ = ()
    __repr__ = _printed
    _view: ClassVar[str] = ""

    def __init_subclass__(cls, view: str = "", **others: Any) -> None:
        super().__init_subclass__(**others)
        cls._view = view or cls._view

    def _repr_html_(self) -> str:
        """What a notebook shows of it: a fragment of HTML in which names are escaped."""
        html: str = self._ask("html")
        return html

    def records(self) -> list[dict[str, Any]]:
        """Its rows as plain mappings, with the columns of `--format csv`: integers, shares as
        floats, texts, shapes as tuples, None where nothing is known."""
        records: list[dict[str, Any]] = self._ask("records")
        return records

    def to_dict(self) -> dict[str, Any]:
        """The document that `--format json` writes, with its schema's name."""
        document: dict[str, Any] = self._ask("document")
        return document

    def to_pandas(self) -> Any:
        """`records` as a pandas DataFrame; UsageError where pandas is not installed."""
        return self._ask("pandas_frame")

    def to_polars(self) -> Any:
        """`records` as a polars DataFrame; UsageError where polars is not installed."""
        return self._ask("polars_frame")

    def _ask(self, what: str) -> Any:
        return getattr(import_module("convcost.views.notebook"), what)(self._view, self)
