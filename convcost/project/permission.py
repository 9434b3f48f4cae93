"""Whether code that settings name may run: never because a checked branch says so."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from convcost.errors import Problem
from convcost.project.config import Config, allows_code
from convcost.project.layout import Project
from convcost.sources import Target
from convcost.sources.git.base import merge_base, texts_at
from convcost.sources.git.runner import PREFIX
from convcost.sources.targets import Named, NamedCode, labelled

RUN_CODE = "--run-code runs it"
ASK_BASE = "as does run_code = true in the settings that are committed in REF, with --base git:REF"


def allowed(
    found: Sequence[Named], may_run: Callable[[], bool], hint: str
) -> tuple[list[Target], list[Problem]]:
    """The networks that may be read, and why others may not; asked is only if there is code."""
    code = [each for each in found if isinstance(each, NamedCode)]
    if code and may_run():
        return [each.allowed() if isinstance(each, NamedCode) else each for each in found], []
    readable = [each for each in found if not isinstance(each, NamedCode)]
    return readable, [_refused(code, hint)] if code else []


def _refused(code: Sequence[NamedCode], hint: str) -> Problem:
    first, *others = code
    notes = tuple(
        (f"so is {labelled(str(each), each)}", each.stated.place)
        for each in others
        if each.stated.place
    )
    message = f"{labelled(str(first), first)} is code, and is not run"
    return Problem(message, first.stated.place, hint, notes)


def base_allows(project: Project, base: str | None) -> bool:
    """Whether the settings allow it in the commit that `base`, `git:REF` as it is typed, names.

    That is REF as it is now, not where the branch began: what it takes back holds at once. The
    settings must be the same file there. UsageError if git knows no such commit.
    """
    config = project.config
    if not base or not base.startswith(PREFIX) or not config.path or _is_led(config):
        return False
    found = merge_base(base, project.folder)
    ((_, raw),) = texts_at(found._replace(commit=found.tip), [config.path])
    return raw is not None and allows_code(raw, config.path)


def _is_led(config: Config) -> bool:
    """Whether links lead to the settings: then a branch chooses which file's word is taken."""
    path = os.path.join(config.folder, os.path.basename(config.path))
    here = os.path.relpath(path, config.root)
    return os.path.relpath(os.path.realpath(path), os.path.realpath(config.root)) != here
