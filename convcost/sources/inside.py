"""Where a path that a checked repository names may lead: nowhere but into that repository."""

from __future__ import annotations

import os
from pathlib import Path

from convcost.errors import Place, SpecError

_GIT = ".git"
_HINT = "put the file itself there, or name it on the command line"


def repository(folder: str) -> str:
    """The top folder of the repository that `folder` lies in, or else `folder` itself."""
    here = Path(folder).absolute()
    for parent in (here, *here.parents):
        if (parent / _GIT).exists():
            return str(parent)
    return str(here)


def leads_out(path: str) -> bool:
    """Whether a path is not plainly one below where it starts."""
    return (
        path.startswith(("/", "~"))
        or "\\" in path
        or ":" in path[:2]
        or ".." in path.split("/")
        or not path.isprintable()
    )


def inside(path: str, root: str) -> str:
    """Where `path` leads when links are followed, whether anything is there or not.

    SpecError, without a word of what is there, if that is not below `root`, or is git's own.
    """
    real, top = os.path.realpath(path), os.path.realpath(root)
    below = os.path.join(top, "")
    if not os.path.normcase(real + os.sep).startswith(os.path.normcase(below)):
        raise SpecError("this leads out of the repository", place=Place(path), hint=_HINT)
    # It holds the tokens that a checkout was made with.
    if _GIT in real[len(below) :].casefold().split(os.sep):
        raise SpecError("this is git's own, and no file of the repository", place=Place(path))
    return real
