"""What a diff compares: a spec, a network that ships, a saved report, or any of those in git."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convcost.cost import Report, evaluate
from convcost.errors import Place, SpecError
from convcost.sources import SpecFile, Target, read, read_bytes, target_of
from convcost.sources.git.files import git_bytes, is_from_git
from convcost.sources.given import NOTHING, Given
from convcost.sources.inputs import format_inputs
from convcost.sources.yaml.files import file_bytes

MAX_BYTES = 64 * 2**20
"""A report of a hundred thousand layers is some 25 MiB."""
_REPORT = ".json"


def side_of(text: str) -> Target:
    """What one side of a diff names, as far as it is for saying which side an input is for."""
    is_read_so = is_from_git(text) or _named(text)[0].endswith(_REPORT)
    return SpecFile(text) if is_read_so else target_of(text)


def read_report(
    text: str, overrides: Mapping[str, Any] | None = None, given: Given = NOTHING
) -> Report:
    """The report that one side of a diff stands for.

    `text` is a spec or whatever else `read` takes, a report saved as JSON (`base.json`, or
    `base.json#name` where it holds several networks), or a file of either sort as it was in a
    commit: `git:main:net.yaml`. `overrides` and `given` are those of `read`. SpecError and
    UsageError for what cannot be read.
    """
    path, name = _named(text)
    if is_from_git(path):
        inside, raw = git_bytes(path, MAX_BYTES)
        if inside.endswith(_REPORT):
            return _saved(raw, path, name, given)
        return evaluate(read_bytes(SpecFile(path), raw, overrides, given))
    if path.endswith(_REPORT):
        return _saved(file_bytes(path, MAX_BYTES), path, name, given)
    return evaluate(read(target_of(path), overrides, given).network)


def _named(text: str) -> tuple[str, str]:
    """The path, and the name of a network behind a `#`, which only a saved report may have."""
    path, _, name = text.rpartition("#")
    return (path, name) if path.endswith(_REPORT) else (text, "")


def _saved(raw: bytes, path: str, name: str, given: Given) -> Report:
    from convcost.sources.reports import parse_report

    if given.inputs:
        message = f"a saved report is on its own input, not on {format_inputs(given.inputs)}"
        raise SpecError(message, place=Place(path), hint="name the spec that it was made of")
    return parse_report(raw, path, name)
