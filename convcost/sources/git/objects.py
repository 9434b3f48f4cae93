"""What files held in a commit. Its tree says whether they were there, so that one that was and
cannot be read is never taken for one that is new."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from convcost.errors import SpecError, UsageError
from convcost.sources.git.runner import git, said
from convcost.text import quote

AT_ONCE = 50


class Commit(NamedTuple):
    """A commit by its hash; `name` is what messages call it, `folder` one of its repository."""

    hash: str
    name: str
    folder: str = ""


class _Entry(NamedTuple):
    """An entry of a tree: `blob`, `tree` or, for a submodule, `commit`."""

    sort: str
    oid: str
    size: str


def contents(
    commit: Commit, paths: Sequence[str], limit: int
) -> Iterator[tuple[str, bytes | None]]:
    """Each of `paths`, as seen from the top of the repository, with the at most `limit` bytes
    that it held in `commit`; None if it was no file there.

    UsageError for objects that git has lost or never fetched, SpecError for a file that is
    larger, or lay in a submodule.
    """
    for start in range(0, len(paths), AT_ONCE):
        some = paths[start : start + AT_ONCE]
        entries = _entries(commit, some)
        there = [path for path in some if path in entries and entries[path].sort == "blob"]
        for path in there:
            _refuse(path, entries[path], limit, commit.name)
        blobs = _blobs(commit, [entries[path] for path in there]) if there else []
        texts = dict(zip(there, blobs, strict=True))
        yield from ((path, texts.get(path)) for path in some)


def _entries(commit: Commit, paths: Sequence[str]) -> dict[str, _Entry]:
    above = {path: _folders(path) for path in paths}
    asked = dict.fromkeys([*paths, *(folder for each in above.values() for folder in each)])
    tree = ("-z", "-l", "--full-tree", commit.hash)
    done = git("ls-tree", *tree, "--", *asked, folder=commit.folder)
    if done.returncode:
        raise _lost(done, commit.name)
    entries: dict[str, _Entry] = {}
    for line in done.stdout.decode(errors="surrogateescape").split("\0")[:-1]:
        about, _, path = line.partition("\t")
        _, sort, oid, size = about.split()
        entries[path] = _Entry(sort, oid, size)
    for path, folders in above.items():
        for folder in folders:
            if folder in entries and entries[folder].sort == "commit":
                raise SpecError(
                    f"{quote(path)} lay in a submodule at {commit.name}, whose history is its own",
                    hint="run this inside the submodule, or compare with a lock file",
                )
    return entries


def _folders(path: str) -> list[str]:
    """`a` and `a/b` of `a/b/c`."""
    parts = path.split("/")
    return ["/".join(parts[:most]) for most in range(1, len(parts))]


def _refuse(path: str, entry: _Entry, limit: int, name: str) -> None:
    if not entry.size.isdecimal():
        raise UsageError(
            f"git has lost {quote(path)} as it was at {name}: its object {entry.oid[:7]} is "
            "missing or damaged",
            hint='"git fsck" tells what else is; fetch it again, or clone anew',
        )
    if int(entry.size) > limit:
        raise SpecError(
            f"{quote(path)} is larger than {limit // 2**20} MiB at {name}",
            hint="compare with a lock file",
        )


def _blobs(commit: Commit, entries: Sequence[_Entry]) -> list[bytes]:
    asked = "".join(f"{each.oid}\n" for each in entries).encode()
    done = git("cat-file", "--batch", asked=asked, folder=commit.folder)
    if done.returncode:
        raise _lost(done, commit.name)
    found: list[bytes] = []
    left = done.stdout
    for entry in entries:
        head, _, left = left.partition(b"\n")
        size = int(entry.size)
        if head != f"{entry.oid} blob {size}".encode() or left[size : size + 1] != b"\n":
            raise _lost(done, commit.name)
        found.append(left[:size])
        left = left[size + 1 :]
    return found


def _lost(done: subprocess.CompletedProcess[bytes], name: str) -> UsageError:
    is_partial = b"promisor" in done.stderr
    hint = (
        "this clone has left files behind: clone without --filter"
        if is_partial
        else '"git fsck" tells what is missing; fetch it again, or clone anew'
    )
    words = said(done)
    return UsageError(f"git cannot read {name}" + (f": {words}" if words else ""), hint=hint)
