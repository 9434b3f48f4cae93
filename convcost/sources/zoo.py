"""The networks that ship with convcost, found by name from anywhere."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from itertools import takewhile
from pathlib import Path

from convcost.errors import Place, SpecError
from convcost.sources.yaml.files import neighbours
from convcost.spelling import did_you_mean

_PACKAGE = Path(__file__).resolve().parents[1]
_SUFFIX = re.compile(r"\.ya?ml$")
_PUNCTUATION = re.compile(r"[^0-9a-z]+")
_PAPER = re.compile(r'\(([^()"]*[0-9]{4}), "([^"]*)"\)')


def shipped() -> Mapping[str, str]:
    """The spec file of each network that ships, by the network's name, sorted."""
    return {path.stem: _from_here(path) for path in sorted(_folder().glob("*.yaml"))}


def find_shipped(name: str) -> str | None:
    """The spec file of the network that `name` means, if it ships.

    `mobilenet_v1`, `MobileNet-v1` and `mobilenet_v1.yaml` mean the same; what has a folder in it
    is no name.
    """
    if os.path.dirname(name):
        return None
    named = {bare(stem): path for stem, path in shipped().items()}
    return named.get(bare(name))


def name_of(path: str) -> str:
    """The name of the network that ships in the file `path`; empty for any other file."""
    full = os.path.abspath(path)
    ships = os.path.dirname(full) == str(_folder()) and os.path.isfile(full)
    return _SUFFIX.sub("", os.path.basename(full)) if ships else ""


def refuse_missing(path: str) -> None:
    """SpecError if `path`, without a folder in it, is not there: what has a folder is left to
    reading."""
    if os.path.lexists(path) or os.path.dirname(path):
        return
    raise SpecError(
        "there is no such file, and no network of that name ships with convcost",
        place=Place(path),
        hint=did_you_mean(path, [*neighbours(path), *shipped()])
        or '"convcost zoo" lists the networks that ship',
    )


def opening(text: str) -> str:
    """The opening comment of a spec, on one line."""
    comment = takewhile(lambda line: line.startswith("#"), text.splitlines())
    return " ".join(line.lstrip("# ") for line in comment)


def paper(comment: str) -> tuple[str, str]:
    """Authors with year, and title, of the paper that the opening comment of a spec names.

    Empty where it names none; one is named as in `(Howard et al. 2017, "MobileNets")`.
    """
    found = _PAPER.search(comment)
    return (found[1], found[2]) if found else ("", "")


def squeezed(text: str) -> str:
    """`text` without what names are spelled differently by: case, blanks, punctuation."""
    return _PUNCTUATION.sub("", text.lower())


def _folder() -> Path:
    """`specs` as installed inside the package, or beside it in a clone."""
    inside = _PACKAGE / "specs"
    return inside if inside.is_dir() else _PACKAGE.parent / "specs"


def _from_here(path: Path) -> str:
    """The path as a person would write it: relative if it lies below the current folder."""
    try:
        return str(path.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def bare(name: str) -> str:
    """A name of what ships without what people spell in different ways."""
    return squeezed(_SUFFIX.sub("", name.lower()))
