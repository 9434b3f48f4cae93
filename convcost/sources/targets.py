"""What a command reads: a file, or code. A name that was found is a file's, whatever it looks like;
only a word that somebody typed can mean code that runs, or a network that ships."""

from __future__ import annotations

import os
from typing import Any

from convcost.errors import Place, UsageError
from convcost.frozen import Frozen
from convcost.network import Input
from convcost.sources.frameworks import framework_of
from convcost.sources.zoo import find_shipped

TORCH = "torch:"
KERAS = "keras:"
CODE = (TORCH, KERAS)
"""How words begin that mean code."""
PIPED = "-"


class Stated(Frozen):
    """What settings in `folder` state, at `place`, of a network that they name by itself."""

    name: str = ""
    inputs: tuple[Input, ...] = ()
    arguments: tuple[tuple[str, Any], ...] = ()
    folder: str = ""
    place: Place | None = None


class SpecFile(Frozen):
    """A spec, or a file of a framework.

    One that a repository names, rather than whoever runs convcost, must lie below `root` when
    links are followed; without one it may lie anywhere.
    """

    path: str
    root: str = ""
    stated: Stated | None = None

    def __str__(self) -> str:
        return self.path


class CodeTarget(Frozen):
    """Python code that was asked for by name, `package.module:factory`; reading it runs it.
    `sort` is the word in front, and says what the factory makes."""

    name: str
    stated: Stated | None = None
    sort: str = TORCH

    def __str__(self) -> str:
        return self.sort + self.name


class Piped(Frozen):
    """A spec on standard input, which is typed as `-`; it is nowhere else, and no file."""

    path: str = "<stdin>"
    root: str = ""
    stated: None = None

    def __str__(self) -> str:
        return PIPED


class NamedCode(Frozen):
    """Python code that settings name. It is no target: nothing reads it.

    `allowed` is the one door from a name that was found to code that runs.
    """

    name: str
    stated: Stated

    def __str__(self) -> str:
        return TORCH + self.name

    def allowed(self) -> CodeTarget:
        """The same as a target: for code that whoever runs convcost allows to run."""
        return CodeTarget(self.name, self.stated)


Target = SpecFile | CodeTarget | Piped
Named = Target | NamedCode
"""What a project is about: what can be read, and code that may not run yet."""


def labelled(text: str, named: Named) -> str:
    """`text`, which names a network, with the name that settings give it behind a `#`."""
    return f"{text}#{named.stated.name}" if named.stated and named.stated.name else text


def as_typed(target: Target) -> str:
    """What to type for `target`: a file whose name would mean something else has `./` in front."""
    text = labelled(str(target), target)
    is_odd = isinstance(target, SpecFile) and text.startswith((*CODE, "-"))
    return f"./{text}" if is_odd else text


def target_of(word: str, folder: str = "") -> Target:
    """What a word that somebody typed means: `torch:package.module:factory`, or such code behind
    `keras:`, a file, `-` for standard input, or else a network that ships. Files are seen from
    `folder`, or else from the current one.

    Never for a name that was found: in a folder, in settings or in a lock file. UsageError for
    an empty word, and for code whose name a file has, since a shell's `*` types what it finds. A
    path that is not there is left to reading.
    """
    if not word:
        raise UsageError("an empty word names no network", hint="give the path of a spec")
    if word == PIPED:
        return Piped()
    path = os.path.join(folder, word)
    is_there = os.path.lexists(path)
    if word.startswith(CODE):
        refuse_file(path, f"./{word} is the file; to run the code, rename that")
        sort, colon, name = word.partition(":")
        return CodeTarget(name, sort=sort + colon)
    return SpecFile(path if is_there else find_shipped(word) or path)


def refuse_file(word: str, hint: str) -> None:
    """UsageError for code whose name a file has: a shell's `*` may have typed it."""
    if os.path.lexists(word):
        message = "this is the name of a file, and would run code"
        raise UsageError(message, place=Place(word), hint=hint)


def is_imported(target: Target) -> bool:
    """Whether a network is recognised in what `target` names, rather than written there."""
    return isinstance(target, CodeTarget) or framework_of(target.path) is not None
