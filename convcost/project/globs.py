"""Patterns of paths: `*` and `?` stay inside a folder, `**` is any number of folders."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cache

from convcost.sources.inside import inside

_PIECES = re.compile(r"\*\*/|\*\*|\*|\?|[^*?]+")


def matches(pattern: str, path: str) -> bool:
    """Whether the whole of `path`, written with `/`, is what `pattern` stands for.

    Every end that a piece may have is followed at once, so that no pattern takes long.
    """
    ends = {0}
    for piece in _pieces(pattern):
        if not ends:
            return False
        ends = _ends(piece, path, ends)
    return len(path) in ends


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
def _pieces(pattern: str) -> list[str]:
    return _PIECES.findall(pattern)


def _ends(piece: str, path: str, starts: set[int]) -> set[int]:
    """Where in `path` a piece of a pattern may end that begins at one of `starts`."""
    if piece == "**":
        return set(range(min(starts), len(path) + 1))
    if piece == "?":
        return {start + 1 for start in starts if path[start : start + 1] not in ("", "/")}
    if piece not in ("*", "**/"):
        return {start + len(piece) for start in starts if path.startswith(piece, start)}
    ends: set[int] = set()
    for start in sorted(starts):
        if start in ends:  # and with it whatever can be reached from there
            continue
        if piece == "*":
            end = path.find("/", start)
            ends.update(range(start, (len(path) if end < 0 else end) + 1))
        else:
            ends.update(_folders(path, start))
    return ends


def _folders(path: str, start: int) -> Iterator[int]:
    """`start`, and the start of whatever lies in folders that begin there."""
    yield start
    while (end := path.find("/", start)) > start:
        start = end + 1
        yield start
