"""Which spec files a command line means: files as named, folders searched, networks that ship."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from convcost.errors import ConvcostError, Place, Problem, SpecError
from convcost.sources.inside import repository
from convcost.sources.targets import SpecFile, Target, target_of
from convcost.sources.yaml.files import file_bytes

SUFFIXES = (".yaml", ".yml")

LAYERS = re.compile(rb"^(\{.*)?[\"']?layers[\"']?\s*:", re.MULTILINE)
MOST_ENTRIES = 100_000
_LARGEST = 16 * 2**20


def find_specs(
    words: Sequence[str], folder: str = "", suffixes: tuple[str, ...] = SUFFIXES
) -> list[Target]:
    """What `words`, as typed, stand for: each once, in the order given; files are seen from
    `folder`, or else from the current one.

    A folder stands for the files in it and below whose names end so, sorted, without hidden ones;
    they must lie in the repository that it is in, or in it. For other words see `target_of`.
    SpecError for a folder that holds no specs and for what no word may mean.
    """
    found: dict[str, Target] = {}
    problems: list[Problem] = []
    for word in words:
        path = os.path.join(folder, word)
        try:
            inside = _specs_in(path, suffixes) if os.path.isdir(path) else [target_of(word, folder)]
        except ConvcostError as error:
            problems += error.problems
            continue
        if not inside:
            problems.append(_without_specs(path, suffixes))
        for each in inside:
            found.setdefault(str(each), each)
    if problems:
        raise SpecError(*problems)
    return list(found.values())


def _without_specs(folder: str, suffixes: tuple[str, ...]) -> Problem:
    from convcost.sources.foreign import saved_model

    hint = f"specs end in {' or '.join(suffixes)}"
    return saved_model(folder) or Problem("no specs in this folder", Place(folder), hint)


def looks_like_spec(file: SpecFile) -> bool:
    """Whether a YAML file might be meant as a spec: it has `layers` at the top.

    SpecError if it cannot be looked at.
    """
    return bool(LAYERS.search(file_bytes(file.path, _LARGEST, file.root)))


def _specs_in(folder: str, suffixes: tuple[str, ...]) -> list[Target]:
    """The files in `folder` and below, sorted; links to folders are not followed."""
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
            if name.endswith(suffixes) and not name.startswith(".")
        )
    root = repository(os.path.realpath(folder))
    return [SpecFile(path, root) for path in sorted(found)]
