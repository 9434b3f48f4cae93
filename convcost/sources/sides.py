"""What a diff compares: a spec, a network that ships, a saved report, or any of those in git."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convcost.cost import Report, evaluate
from convcost.sources import read, target_of
from convcost.sources.git.files import git_bytes, is_from_git
from convcost.sources.yaml.files import file_bytes

MAX_BYTES = 64 * 2**20
"""A report of a hundred thousand layers is some 25 MiB."""
_REPORT = ".json"


def read_report(
    text: str, overrides: Mapping[str, Any] | None = None, input_shape: str | None = None
) -> Report:
    """The report that one side of a diff stands for.

    `text` is a spec or whatever else `read` takes, a report saved as JSON (`base.json`, or
    `base.json#name` where it holds several networks), or a file of either sort as it was in a
    commit: `git:main:net.yaml`. `overrides` and `input_shape` are those of `read`. SpecError and
    UsageError for what cannot be read.
    """
    path, name = _named(text)
    if is_from_git(path):
        inside, raw = git_bytes(path, MAX_BYTES)
        if inside.endswith(_REPORT):
            return _saved(raw, path, name)
        from convcost.sources.spec.reading import spec_of
        from convcost.sources.yaml.reader import read_text

        return evaluate(spec_of(read_text(raw, path), overrides or {}).network)
    if path.endswith(_REPORT):
        return _saved(file_bytes(path, MAX_BYTES), path, name)
    return evaluate(read(target_of(path), overrides, input_shape).network)


def _named(text: str) -> tuple[str, str]:
    """The path, and the name of a network behind a `#`, which only a saved report may have."""
    path, _, name = text.rpartition("#")
    return (path, name) if path.endswith(_REPORT) else (text, "")


def _saved(raw: bytes, path: str, name: str) -> Report:
    from convcost.sources.reports import parse_report

    return parse_report(raw, path, name)
