"""The formats of every result, each in a module of its own that is loaded when it is asked for.

A module of this folder is a format that every result has: its `render` takes a `Result` and a
`Screen` and returns text of its language. What a result is stands in `convcost.views.<result>`. A
format of one result alone is the function `render` of `convcost.views.<result>.<format>`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

from convcost.errors import UsageError
from convcost.spelling import did_you_mean
from convcost.views.language import Language
from convcost.views.screen import PLAIN, Screen

TABLE = "table"
RESULTS = (
    *("compare", "explain", "kinds", "eval", "check", "lock", "reconcile", "zoo", "rewrite"),
    *("suggest", "diff", "fit", "memory", "reach", "roofline", "measure", "training", "log"),
    "sweep",
)
OWN = {
    "compare": ("pytorch",),
    "check": ("concise", "github", "gitlab", "junit", "sarif", "total"),
}
_USUAL = (TABLE, "json", "csv", "markdown", "latex", "html")


@cache
def formats_of(result: str) -> tuple[str, ...]:
    """The formats of a result, those that people look for first in front."""
    found = {
        file.removesuffix(".py")
        for folder in __path__
        for file in os.listdir(folder)
        if file.endswith(".py") and not file.startswith("_")
    }
    return (*_USUAL, *sorted(found - set(_USUAL)), *OWN.get(result, ()))


def view(result: str, name: str) -> Callable[..., Language]:
    """The function that renders a `result` (a command's name) in the format `name`.

    It takes what the command found out and, last, a `Screen`. UsageError for a format that this
    result does not have.
    """
    names = formats_of(result)
    if name not in names:
        raise UsageError(
            f'{result} has no format "{name}"',
            hint=did_you_mean(name, names) or f"the formats are {', '.join(names)}",
        )
    if name in OWN.get(result, ()):
        own: Callable[..., Language] = import_module(f"convcost.views.{result}.{name}").render
        return own
    render = import_module(f"{__name__}.{name}").render
    made = import_module(f"convcost.views.{result}").result

    def rendered(*found: Any, **options: Any) -> Language:
        *values, screen = found if isinstance(found[-1], Screen) else (*found, PLAIN)
        text: Language = render(made(*values, **options), screen)
        return text

    return rendered
