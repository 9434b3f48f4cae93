"""Which spec files a command line means: files as named, folders searched, networks that ship."""

from __future__ import annotations

from collections.abc import Sequence
from os.path import exists
from pathlib import Path

from convcost.errors import Place, Problem, SpecError
from convcost.sources.zoo import find_shipped

SUFFIXES = (".yaml", ".yml")


def find_specs(paths: Sequence[str]) -> list[str]:
    """The spec files that `paths` stand for, each once, in the order given.

    A folder stands for the YAML files in it and below, sorted, without hidden ones. SpecError for
    a folder that holds none. Where there is no file, a network that ships may have that name; if
    there is none either, the path stays as it is, so that reading it says what is wrong with it.
    """
    found: dict[str, None] = {}
    problems: list[Problem] = []
    for path in paths:
        inside = _specs_in(Path(path)) if Path(path).is_dir() else [_file(path)]
        if not inside:
            hint = f"specs end in {' or '.join(SUFFIXES)}"
            problems.append(Problem("no specs in this folder", Place(path), hint))
        found |= dict.fromkeys(inside)
    if problems:
        raise SpecError(*problems)
    return list(found)


def _file(path: str) -> str:
    return path if exists(path) else find_shipped(path) or path


def _specs_in(folder: Path) -> list[str]:
    return sorted(
        str(path)
        for path in folder.rglob("*")
        if path.suffix in SUFFIXES
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
