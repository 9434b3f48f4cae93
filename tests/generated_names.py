"""The parts of the documentation that are made from names: of Python, and of formats."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from inspect import Parameter

import convcost
from convcost.views.formats import NO_TABLES, RESULTS, formats_of, results_with
from convcost.views.markdown import Markdown, table


def functions() -> str:
    """What `convcost` can be asked for: every function that it offers, with its arguments."""
    rows = [
        (_made(f"`{name}({_arguments(value)})`"), _first(value))
        for name, value in _offered()
        if inspect.isfunction(value)
    ]
    return f"{table(('call', 'what it gives'), rows)}\n"


def types() -> str:
    """What the functions take and give."""
    rows = [
        (_made(f"`{name}`"), _first(value))
        for name, value in _offered()
        if inspect.isclass(value) and not issubclass(value, convcost.ConvcostError)
    ]
    return f"{table(('type', 'what it is'), rows)}\n"


def formats() -> str:
    """Every format, and the results that have it."""
    of_all = set.intersection(*(set(formats_of(result)) for result in RESULTS))
    names = dict.fromkeys(name for result in (*RESULTS, *NO_TABLES) for name in formats_of(result))
    rows = [
        (
            _made(f"`{name}`"),
            _made(
                "every result"
                if name in of_all
                else ", ".join(f"`{result}`" for result in results_with(name))
            ),
        )
        for name in names
    ]
    return f"{table(('format', 'of'), rows)}\n"


def _made(text: str) -> Markdown:
    """The project's own Markdown."""
    return Markdown._made(text)


def _offered() -> Iterable[tuple[str, object]]:
    return [(name, getattr(convcost, name)) for name in sorted(convcost.__all__)]


def _first(value: object) -> Markdown:
    return _made(" ".join((inspect.getdoc(value) or "").split("\n\n")[0].split()))


def _arguments(function: Callable[..., object]) -> str:
    """`n, m, *, size=`: what must be given, and what may be."""
    parameters = inspect.signature(function).parameters.values()
    starred = any(each.kind is Parameter.VAR_POSITIONAL for each in parameters)
    spelled = []
    for each in parameters:
        if each.kind is Parameter.KEYWORD_ONLY and not starred:
            spelled.append("*")
            starred = True
        mark = {"VAR_KEYWORD": "**", "VAR_POSITIONAL": "*"}.get(each.kind.name, "")
        spelled.append(f"{mark}{each.name}{'' if each.default is Parameter.empty else '='}")
    return ", ".join(spelled)
