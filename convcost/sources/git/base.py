"""Specs as they were where a branch began: the base that a change is compared with.

Everything is read from git's objects, so nothing is checked out, and nothing is fetched.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from convcost.errors import SpecError, UsageError
from convcost.sources.git.objects import Commit, contents
from convcost.sources.git.runner import PREFIX, commit_of, git, is_ref, said
from convcost.text import quote

LARGEST = 1 << 30
"""Bytes; an ONNX file may have as many."""


class Base(NamedTuple):
    """The commit that `git:REF` and the current branch of `folder` have in common; `tip` is REF."""

    ref: str
    commit: str
    folder: str = ""
    tip: str = ""

    @property
    def name(self) -> str:
        """What people call it."""
        return f"{self.ref} ({self.commit[:7]})"


def merge_base(text: str, folder: str = "") -> Base:
    """The base that `git:REF` stands for in the repository that `folder` is in, or the current one.

    UsageError, with the remedy, if there is none.
    """
    ask = partial(git, folder=folder)
    ref = text.removeprefix(PREFIX)
    if not is_ref(ref):
        raise UsageError(
            f'"{quote(ref)}" is not the name of a commit', hint="write git:origin/main"
        )
    inside = ask("rev-parse", "--is-inside-work-tree")
    if inside.stdout.strip() != b"true":
        raise UsageError(
            f"--base {quote(text)} needs a git repository: {said(inside) or 'this is none'}",
            hint=_hint(inside),
        )
    shallow = is_shallow(folder)
    deeper = "fetch the whole history: fetch-depth: 0 of actions/checkout, or git fetch --unshallow"
    commits = [commit_of(name, folder) for name in (ref, "HEAD")]
    for name, commit in zip((ref, "HEAD"), commits, strict=True):
        if not commit:
            hint = deeper if shallow else f"git fetch origin {quote(ref.removeprefix('origin/'))}"
            raise UsageError(f'git knows no commit "{quote(name)}"', hint=hint)
    found = ask("merge-base", *commits)
    if said(found):  # past a hole in the history git goes on, to another base or to none
        raise UsageError(
            f"git cannot tell where {quote(ref)} and HEAD part: {said(found)}",
            hint=deeper if shallow else 'see what "git fsck" says, and fetch what is missing',
        )
    if found.returncode:
        hint = deeper if shallow else "compare with a branch that this one began from"
        raise UsageError(f"{quote(ref)} and HEAD have no commit in common", hint=hint)
    return Base(ref, found.stdout.split()[0].decode(), folder, commits[0])


def is_shallow(folder: str = "") -> bool:
    """Whether the history that `folder` has was cut off when it was cloned or fetched."""
    return git("rev-parse", "--is-shallow-repository", folder=folder).stdout.strip() == b"true"


def head_of(folder: str = "") -> Commit | None:
    """The commit that `folder` is at; None if there is none."""
    commit = commit_of("HEAD", folder)
    return Commit(commit, "HEAD", top_of(folder)) if commit else None


def texts_at(base: Base, paths: Sequence[str]) -> Iterator[tuple[str, bytes | None]]:
    """Each of `paths`, as seen from here, with what it held at the base; None if it was not there.

    Links are followed as they lead today. SpecError for a path that leads out of the repository,
    UsageError for what git has lost.
    """
    inside = from_top(paths, top_of(base.folder))
    commit = Commit(base.commit, base.name, base.folder)
    for path, (_, text) in zip(paths, contents(commit, inside, LARGEST), strict=True):
        yield path, text


def top_of(folder: str = "") -> str:
    """The top of the repository that `folder` is in; UsageError where there is none."""
    top = git("rev-parse", "--show-toplevel", folder=folder)
    if top.returncode:
        raise UsageError(f"there is no git repository here: {said(top)}", hint=_hint(top))
    return os.path.realpath(top.stdout.decode(errors="surrogateescape").strip("\n"))


def from_top(paths: Sequence[str], top: str) -> list[str]:
    """`paths`, as seen from here, from the top of a repository; links as they lead today.

    SpecError for a path that leads out of it.
    """
    here = os.path.realpath(os.curdir)
    return [_inside(path, here, top) for path in paths]


def _inside(path: str, here: str, top: str) -> str:
    relative = os.path.relpath(os.path.realpath(os.path.join(here, path)), top)
    if relative.split(os.sep)[0] == os.pardir or not relative.isprintable():
        raise SpecError(
            f"{quote(path)} does not lie in this repository",
            hint="compare it with a lock file, or check it with --base none",
        )
    return relative.replace(os.sep, "/")


def _hint(done: subprocess.CompletedProcess[bytes]) -> str:
    if b"safe.directory" in done.stderr:
        return 'run: git config --global --add safe.directory "$PWD"'
    return "run this in a clone, or compare with a lock file: convcost lock"
