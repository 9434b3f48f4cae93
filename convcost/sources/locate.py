"""Which spec files a command line means: files as named, folders searched, networks that ship."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from convcost.errors import Place, Problem, SpecError
from convcost.sources.zoo import find_shipped

SUFFIXES = (".yaml", ".yml")

_LAYERS = re.compile(rb"(\{.*)?[\"']?layers[\"']?\s*:")
MOST_ENTRIES = 100_000


def find_specs(paths: Sequence[str]) -> list[str]:
    """The spec files that `paths` stand for, each once, in the order given.

    A folder stands for the YAML files in it and below, sorted, without hidden ones. SpecError for
    a folder that holds none. Where there is no file, a network that ships may have that name; if
    there is none either, the path stays as it is, so that reading it says what is wrong with it.
    """
    found: dict[str, None] = {}
    problems: list[Problem] = []
    for path in paths:
        inside = _specs_in(path) if os.path.isdir(path) else [_file(path)]
        if not inside:
            hint = f"specs end in {' or '.join(SUFFIXES)}"
            problems.append(Problem("no specs in this folder", Place(path), hint))
        found |= dict.fromkeys(inside)
    if problems:
        raise SpecError(*problems)
    return list(found)


def looks_like_spec(path: str) -> bool:
    """Whether a YAML file might be meant as a spec: it has `layers` at the top."""
    try:
        with open(path, "rb") as file:
            return any(_LAYERS.match(line) for line in file)
    except OSError:
        return False


def _file(path: str) -> str:
    return path if os.path.exists(path) else find_shipped(path) or path


def _specs_in(folder: str) -> list[str]:
    """The YAML files in `folder` and below, sorted; links to folders are not followed."""
    found: list[str] = []
    seen = 0
    for where, folders, files in os.walk(folder):
        seen += len(folders) + len(files)
        if seen > MOST_ENTRIES:
            raise SpecError(
                f"more than {MOST_ENTRIES:,} files to look through",
                place=Place(folder),
                hint="name a folder closer to the specs",
            )
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += (
            os.path.join(where, name)
            for name in files
            if name.endswith(SUFFIXES) and not name.startswith(".")
        )
    return sorted(found)
