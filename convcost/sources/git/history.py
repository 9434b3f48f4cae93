"""The commits that changed a file, newest first, on the way from HEAD by first parents: on a branch
its own, and for all that was merged into it the merge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from convcost.errors import UsageError
from convcost.sources.git.base import LARGEST, from_top, top_of
from convcost.sources.git.objects import Commit, contents
from convcost.sources.git.runner import PREFIX, commit_of, git, is_ref, said
from convcost.text import quote


class Revision(NamedTuple):
    """A commit, the day on which it was made, and the first line of its message."""

    commit: Commit
    day: str
    subject: str


def revisions(path: str, folder: str = "", since: str = "") -> Iterator[Revision]:
    """The commits that changed the file `path`, as seen from here, behind the commit `since`.

    UsageError where there is no repository, no commit, or git has lost some; SpecError for a path
    that leads out of the repository.
    """
    top = top_of(folder)
    (inside,) = from_top([path], top)
    without = [f"^{since}"] if since else []
    yield from _listed(("--first-parent", "HEAD", *without, "--", inside), top)


def revision_of(ref: str, folder: str = "") -> Revision:
    """The commit that `ref` names, also as `git:REF`; UsageError if git knows none."""
    name = ref.removeprefix(PREFIX)
    commit = commit_of(name, folder) if is_ref(name) else ""
    if not commit:
        raise UsageError(f'git knows no commit "{quote(name)}"', hint="fetch it, or name another")
    return next(_listed(("--max-count=1", commit, "--"), top_of(folder)))


def _listed(asked: Sequence[str], top: str) -> Iterator[Revision]:
    done = git("rev-list", "--format=%cs%x00%s", *asked, folder=top)
    if done.returncode:
        raise UsageError(f"git cannot tell the history: {said(done)}", hint='see "git log"')
    lines = done.stdout.decode(errors="replace").split("\n")[:-1]
    for head, about in zip(lines[::2], lines[1::2], strict=True):
        commit = head.removeprefix("commit ")
        day, _, subject = about.partition("\0")
        yield Revision(Commit(commit, commit[:7], top), day, subject)


def text_in(commit: Commit, path: str) -> bytes | None:
    """What the file `path`, as seen from here, held in `commit` of a repository by its top; None
    if it was not there.

    The errors are those of `convcost.sources.git.objects.contents`.
    """
    return next(contents(commit, from_top([path], commit.folder), LARGEST))[1]
