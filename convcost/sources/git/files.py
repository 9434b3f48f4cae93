"""Files as they were: `git:REF:path` is what `path`, seen from here, held in the commit REF."""

from __future__ import annotations

import os
import posixpath
import subprocess

from convcost.errors import Place, SpecError, UsageError
from convcost.sources.git.objects import Commit, contents
from convcost.sources.git.runner import PREFIX, commit_of, git, is_ref
from convcost.text import quote

_HINT = "write git:REF:path, such as git:main:specs/net.yaml or git:HEAD~1:specs/net.yaml"


def is_from_git(text: str) -> bool:
    """Whether `text` asks for a file out of git."""
    return text.startswith(PREFIX)


def git_bytes(text: str, limit: int) -> tuple[str, bytes]:
    """The path and the contents, of at most `limit` bytes, that `git:REF:path` stands for.

    The path is seen from the current folder and cannot lead out of the repository. UsageError for
    what is not written like that, where there is no git, no repository or no such commit, and for
    what git has lost; SpecError where that commit has no such file.
    """
    ref, path = _parsed(text)
    commit = commit_of(ref)
    if not commit:
        _checked(git("rev-parse", "--git-dir"))
        raise UsageError(f'git knows no commit "{quote(ref)}"', hint="fetch it, or name another")
    # From here on nothing of the reference is left but the hash that git made of it.
    here = _checked(git("rev-parse", "--show-prefix")).decode(errors="surrogateescape").strip("\n")
    inside = posixpath.normpath(here + path)
    is_out = inside.split("/")[0] == os.pardir
    found = None if is_out else next(contents(Commit(commit, quote(ref)), [inside], limit))[1]
    if found is None:
        hint = "the path is seen from the current folder, and must stay inside the repository"
        raise SpecError(f"there is no such file in {quote(ref)}", place=Place(text), hint=hint)
    return path, found


def _parsed(text: str) -> tuple[str, str]:
    ref, colon, path = text.removeprefix(PREFIX).partition(":")
    if not colon or not path:
        raise UsageError(f'"{quote(text)}" names no file in a commit', hint=_HINT)
    if not is_ref(ref):
        raise UsageError(f'"{quote(ref)}" is not the name of a commit', hint=_HINT)
    if os.path.isabs(path) or not path.isprintable() or "\\" in path:
        raise UsageError(
            f'"{quote(path)}" is no path inside a repository', hint="name it as seen from here"
        )
    return ref, path


def _checked(done: subprocess.CompletedProcess[bytes]) -> bytes:
    """What git printed; UsageError with its own words if it failed."""
    if done.returncode:
        first = done.stderr.decode(errors="replace").strip().partition("\n")[0]
        raise UsageError(f"git says: {quote(first, 200)}", hint="run this in a git repository")
    return done.stdout
