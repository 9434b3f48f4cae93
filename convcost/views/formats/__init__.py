"""The formats of every result, each in a module of its own that is loaded when it is asked for.

A module of this folder is a format that every result has: its `render` takes a `Result` and a
`Screen` and returns text of its language. What a result is stands in `convcost.views.<result>`. A
format of one result alone is the function `render` of `convcost.views.<result>.<format>`; the
picture of a result, in `PICTURES`, is that of `convcost.views.pictures.<result>`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib import import_module
from typing import Any

from convcost.errors import UsageError
from convcost.spelling import did_you_mean
from convcost.views import pictures
from convcost.views.language import Language
from convcost.views.screen import PLAIN, Screen

TABLE = "table"
RESULTS = (
    *("compare", "explain", "kinds", "eval", "check", "lock", "reconcile", "zoo", "rewrite"),
    *("suggest", "diff", "fit", "memory", "reach", "roofline", "measure", "training", "log"),
    "sweep",
)
NO_TABLES = ("draw",)
"""Commands whose result is a picture and nothing else."""
OWN = {
    "compare": ("pytorch",),
    "check": ("concise", "github", "gitlab", "junit", "report", "sarif", "total"),
}
SVG, PNG = "svg", "png"
PICTURES = (SVG, PNG)
"""The same picture as text and in pixels, which `convcost.views.pictures.png` makes."""
_USUAL = (TABLE, "json", "csv", "markdown", "latex", "html")


@cache
def formats_of(result: str) -> tuple[str, ...]:
    """The formats of a result, those that people look for first in front."""
    tables = (*_USUAL, *sorted(_modules(__path__) - set(_USUAL))) if result in RESULTS else ()
    drawn = PICTURES if result in _modules(pictures.__path__) else ()
    return (*tables, *drawn, *OWN.get(result, ()))


def results_with(name: str) -> list[str]:
    """The results that have the format `name`."""
    return [result for result in (*RESULTS, *NO_TABLES) if name in formats_of(result)]


def _modules(folders: Iterable[str]) -> set[str]:
    return {
        file.removesuffix(".py")
        for folder in folders
        for file in os.listdir(folder)
        if file.endswith(".py") and not file.startswith("_")
    }


def view(result: str, name: str) -> Callable[..., Language]:
    """The function that renders a `result` (a command's name) in the format `name`.

    It takes what the command found out and, last, a `Screen`. That of a picture in pixels gives the
    picture. UsageError for a format that this result does not have.
    """
    if name not in formats_of(result):
        raise UsageError(f'{result} has no format "{name}"', hint=_instead(result, name))
    if name in OWN.get(result, ()):
        own: Callable[..., Language] = import_module(f"convcost.views.{result}.{name}").render
        return own
    if name in PICTURES:
        draw = import_module(f"{pictures.__name__}.{result}").render
        return lambda *found, **options: draw(*_parted(found)[0], **options)
    render = import_module(f"{__name__}.{name}").render
    made = import_module(f"convcost.views.{result}").result

    def rendered(*found: Any, **options: Any) -> Language:
        values, screen = _parted(found)
        text: Language = render(made(*values, **options), screen)
        return text

    return rendered


def _parted(found: Sequence[Any]) -> tuple[Sequence[Any], Screen]:
    """What a command found out, and what it is to be shown on."""
    return (found[:-1], found[-1]) if isinstance(found[-1], Screen) else (found, PLAIN)


def _instead(result: str, name: str) -> str:
    """What to do about a format that a result does not have."""
    names, others = formats_of(result), results_with(name)
    if others and result in RESULTS:
        return f"{name} is a format of {', '.join(others)}; here they are {', '.join(names)}"
    return did_you_mean(name, names) or f"the formats are {', '.join(names)}"
