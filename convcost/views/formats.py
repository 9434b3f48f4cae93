"""The formats of every result, each in a module of its own that is loaded when it is asked for.

The view of a result is the function `render` of `convcost.views.<result>.<format>`. It takes the
result and a `Screen`, which the machine formats leave alone, and returns text of its language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import cast

from convcost.errors import UsageError
from convcost.spelling import did_you_mean
from convcost.views.language import Language

FORMATS: Mapping[str, tuple[str, ...]] = {
    "compare": ("table", "json", "csv", "markdown", "pytorch"),
    "explain": ("table", "json", "markdown"),
    "kinds": ("table", "json", "csv", "markdown"),
    "eval": ("table", "json", "csv", "markdown"),
    "check": (
        "table",
        "concise",
        "json",
        "csv",
        "markdown",
        "github",
        "gitlab",
        "junit",
        "sarif",
        "total",
    ),
    "reconcile": ("table", "json", "csv", "markdown"),
    "zoo": ("table", "json", "csv", "markdown"),
    "rewrite": ("table", "json", "csv", "markdown"),
    "suggest": ("table", "json", "csv", "markdown"),
    "diff": ("table", "json", "csv", "markdown"),
}
TABLE = "table"


def view(result: str, name: str) -> Callable[..., Language]:
    """The function that renders a `result` (a command's name) in the format `name`.

    UsageError for a format that this result does not have.
    """
    names = FORMATS[result]
    if name not in names:
        raise UsageError(
            f'{result} has no format "{name}"',
            hint=did_you_mean(name, names) or f"the formats are {', '.join(names)}",
        )
    module = import_module(f"convcost.views.{result}.{name}")
    return cast("Callable[..., Language]", module.render)
