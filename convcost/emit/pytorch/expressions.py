"""Constructor calls as trees, and their text as the usual formatters lay it out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple
from unicodedata import combining, east_asian_width

WIDTH = 88
UNSET: Any = object()


class Slot(NamedTuple):
    """A number or flag in a call, which may become a parameter of the class around it.

    `role` says what it is (`in`, `out`, `kernel_size`, ...); an argument that has its `default`
    is left out.
    """

    role: str
    value: Any
    default: Any = UNSET


class Call(NamedTuple):
    """A constructor call: `name`, and each argument behind its keyword, if it has one.

    An argument is a slot, a call, or Python text. `key` is set where `name` is a class of the
    generated module that is not named yet.
    """

    name: str
    args: tuple[tuple[str, Slot | Call | str], ...]
    key: Any = None


Texts = Callable[[Slot], str]


def slots(call: Call) -> list[Slot]:
    """Every slot of a call, in order, those of calls inside it too."""
    found: list[Slot] = []
    for _, value in call.args:
        if isinstance(value, Slot):
            found.append(value)
        elif isinstance(value, Call):
            found += slots(value)
    return found


def skeleton(call: Call) -> Any:
    """What a call is without the values of its slots."""
    return (
        call.key or call.name,
        tuple(
            (keyword, value.role if isinstance(value, Slot) else _skeleton_of(value))
            for keyword, value in call.args
        ),
    )


def _skeleton_of(value: Call | str) -> Any:
    return skeleton(value) if isinstance(value, Call) else value


def literal(value: Any) -> str:
    """A value as Python text: a tuple of equal numbers as one of them."""
    return repr(plain(value))


def plain(value: Any) -> Any:
    """A tuple of equal numbers as one of them."""
    if isinstance(value, tuple) and value and len(set(value)) == 1:
        return value[0]
    return value


def columns(text: str) -> int:
    """How many columns `text` takes, as formatters count: two for a wide character."""
    if text.isascii():
        return len(text)
    return sum((not combining(char)) + (east_asian_width(char) in "WF") for char in text)


def laid_out(
    head: str, arguments: list[str], indent: int, tail: str = "", broken: bool = False
) -> str:
    """`head(arguments)tail` on one line, or its arguments on a line of their own, or one a line.

    One a line always, if `broken`. An argument may have several lines itself.
    """
    space = " " * indent
    one = f"{space}{head}({', '.join(arguments)}){tail}"
    has_lines = any("\n" in argument for argument in arguments)
    if not broken and not has_lines and columns(one) <= WIDTH:
        return one
    inner = " " * (indent + 4)
    together = f"{inner}{', '.join(arguments)}"
    if not broken and not has_lines and columns(together) <= WIDTH:
        return f"{space}{head}(\n{together}\n{space}){tail}"
    lines = "".join(f"{inner}{argument},\n" for argument in arguments)
    return f"{space}{head}(\n{lines}{space}){tail}"
