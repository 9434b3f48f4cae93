"""Python code by the name that somebody typed: a module, and something in it."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from convcost.errors import CodeError, UsageError
from convcost.sources.imports.files import module_at
from convcost.sources.theirs import run_theirs
from convcost.spelling import did_you_mean
from convcost.text import quote

Remedy = Callable[[BaseException], str]
_EXAMPLE = "torchvision.models:resnet50"


def factory_of(
    target: str, folder: str = "", remedy: Remedy = lambda error: "", example: str = _EXAMPLE
) -> Any:
    """What `target`, `package.module:name` or `path/to/file.py:name`, names; importing it runs it.

    UsageError for what names nothing, CodeError for code that fails, with the `remedy`.
    """
    is_file = ".py:" in target
    name, colon, path = target.rpartition(":") if is_file else target.partition(":")
    if not colon or not name or not path or (not is_file and (name[0] == "." or "/" in name)):
        raise UsageError(
            f'"{quote(target)}" names no module and factory',
            hint=f"write package.module:factory, such as {example}, or path/to/model.py:Net",
        )
    file = os.path.join(folder, name)
    if is_file and not os.path.isfile(file):
        raise UsageError(f"there is no file {quote(name)}")
    work = partial(module_at, file) if is_file else partial(importlib.import_module, name)
    try:
        found = run_theirs(work, f"{name} cannot be imported", remedy)
    except CodeError as error:
        missing = error.__cause__
        if isinstance(missing, ModuleNotFoundError) and (
            missing.name and f"{name}.".startswith(f"{missing.name}.")
        ):
            raise UsageError(
                f"there is no module {quote(name)}",
                hint=_shadowed(name, folder)
                or "installed packages and the current folder are searched",
            ) from None
        raise
    for part in path.split("."):
        if not hasattr(found, part):
            hint = ("" if is_file else _shadowed(name, folder)) or did_you_mean(part, dir(found))
            raise UsageError(f"{quote(name)} has no {quote(path)}", hint=hint)
        found = getattr(found, part)
    return found


def search(folder: str) -> None:
    """Let modules of a folder be imported: last, so that none stands for another, and only once
    the framework is there."""
    if folder not in sys.path:
        sys.path.append(folder)


def _shadowed(name: str, folder: str) -> str:
    """The remedy where the folder has a module of that name, and another was taken."""
    top = name.partition(".")[0]
    folder = folder or os.getcwd()
    here = os.path.join(folder, top)
    file = getattr(sys.modules.get(top), "__file__", None) or ""
    if os.path.dirname(file) in (folder, here):
        return ""
    is_here = os.path.isdir(here) or os.path.isfile(f"{here}.py")
    return f"an installed {quote(top)} comes before the one here: rename that" if is_here else ""
