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


class Files:
    """The files below `folder`, each folder looked at once for however many patterns.

    Where links are followed nothing may lead out of `root`.
    """

    def __init__(self, folder: str, root: str) -> None:
        self.folder = folder
        self.root = root
        self._below: dict[tuple[str, bool], list[str]] = {}

    def find(self, pattern: str) -> list[str]:
        """The files that `pattern` stands for, as seen from the folder, sorted.

        Hidden ones are left out unless the pattern names some. Links to folders are only followed
        in front of the first mark; SpecError if they lead out.
        """
        before, *rest = re.split(r"[*?]", pattern)
        start = os.path.join(self.folder, before.rpartition("/")[0])
        inside(start, self.root)
        if not rest:
            path = os.path.join(self.folder, pattern)
            is_file = os.path.lexists(path) and not os.path.isdir(path)
            return [pattern] if is_file and os.path.normpath(pattern) == pattern else []
        key = (start, "/." in f"/{pattern}")
        if key not in self._below:
            self._below[key] = self._files(*key)
        after = rest[-1].removeprefix("/")  # which `**` may stand for
        ends = (path for path in self._below[key] if path.endswith(after))
        return sorted(path for path in ends if path.startswith(before) and matches(pattern, path))

    def _files(self, start: str, is_asked: bool) -> list[str]:
        found = []
        for parent, folders, files in os.walk(start):
            folders[:] = [name for name in folders if is_asked or not name.startswith(".")]
            here = os.path.relpath(parent, self.folder)
            shown = [name for name in files if is_asked or not name.startswith(".")]
            found += [os.path.normpath(os.path.join(here, name)) for name in shown]
        return [path.replace(os.sep, "/") for path in found]


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
