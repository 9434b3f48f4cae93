"""Patterns of paths: `*` and `?` stay inside a folder, `**` is any number of folders."""

from __future__ import annotations

import os
import re
from functools import cache

from convcost.sources.inside import inside

_PIECES = re.compile(r"\*\*/|\*\*|\*|\?|[^*?]+")
_MEANING = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def matches(pattern: str, path: str) -> bool:
    """Whether the whole of `path`, written with `/`, is what `pattern` stands for."""
    return _compiled(pattern).fullmatch(path) is not None


def find(pattern: str, folder: str, root: str) -> list[str]:
    """The files below `folder` that `pattern` stands for, as seen from there, sorted.

    Hidden ones are left out unless the pattern names some. Links to folders are only followed in
    front of the first mark; SpecError if they lead out of `root`.
    """
    is_asked = "/." in f"/{pattern}"
    found = []
    start = os.path.join(folder, _fixed_folder(pattern))
    inside(start, root)
    for parent, folders, files in os.walk(start):
        folders[:] = [name for name in folders if is_asked or not name.startswith(".")]
        here = os.path.relpath(parent, folder)
        shown = [name for name in files if is_asked or not name.startswith(".")]
        found += [os.path.normpath(os.path.join(here, name)) for name in shown]
    found = [path.replace(os.sep, "/") for path in found]
    return sorted(path for path in found if matches(pattern, path))


def _fixed_folder(pattern: str) -> str:
    """The folders in front of the first mark of a pattern."""
    return re.split(r"[*?]", pattern, maxsplit=1)[0].rpartition("/")[0]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    pieces = _PIECES.findall(pattern)
    return re.compile("".join(_MEANING.get(piece, re.escape(piece)) for piece in pieces), re.DOTALL)
