"""What is at hand to name on a command line: specs, networks that ship, and the vars of one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

WORDS = "words"
"""What of Typer's context holds the words behind the command."""


class Item(NamedTuple):
    """What is offered, and a word about it."""

    value: str
    help: str = ""
    type: str = "plain"


def networks(ctx: Any, typed: str) -> Iterable[Item]:
    """The specs and folders that are typed so far, and the networks that ship."""
    from convcost.sources.zoo import shipped

    return [*_files(typed), *(Item(name, "a network that ships") for name in shipped())]


def vars_of(ctx: Any, typed: str) -> Iterator[Item]:
    """The vars of the first spec among the words before; only files are read."""
    from convcost.sources import SpecFile, read, target_of

    for word in ctx.meta[WORDS]:
        target = target_of(word) if word[:1] not in ("", "-") else None
        if isinstance(target, SpecFile) and os.path.isfile(target.path):
            yield from (Item(f"{name}=", f"now {now}") for name, now in read(target).vars.items())
            return


def _files(typed: str) -> Iterable[Item]:
    from convcost.sources.frameworks import FILES
    from convcost.sources.locate import SUFFIXES
    from convcost.sources.yaml.files import neighbours

    folder, start = os.path.split(typed)
    for name in neighbours(typed):
        path = os.path.join(folder, name)
        if name.startswith(".") and not start:
            continue
        if os.path.isdir(path):
            yield Item(f"{path}/")
        elif name.endswith((*SUFFIXES, *FILES)):
            yield Item(path)
