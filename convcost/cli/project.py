"""The project that a gate runs in: its settings, the specs it is about, its baseline."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from convcost.errors import ConvcostError, Place, Problem, SpecError, UsageError

if TYPE_CHECKING:
    from convcost.conventions import Convention
    from convcost.project.config import Config, Pattern
    from convcost.sources import Target

ConfigFile = Annotated[
    str | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="Settings; else the nearest convcost.toml, or pyproject.toml with [tool.convcost].",
    ),
]
SomePaths = Annotated[
    list[str] | None,
    typer.Argument(metavar="[SPEC...]", help="Spec files, or folders; else those in the settings."),
]
OtherConvention = Annotated[
    str | None,
    typer.Option(
        "--convention", metavar="NAME|FILE", help="How to count; else as the settings say: papers."
    ),
]


def settings(path: str | None) -> Config:
    """The settings in the file `path`, or those that hold here, or none."""
    from convcost.project.config import Config, find_config, read_config
    from convcost.sources.inside import repository

    if path:
        return read_config(path)
    found = find_config(os.curdir)
    if not found:
        return Config(folder=os.getcwd())
    return read_config(found, repository(os.path.dirname(found)))


def specs(paths: Sequence[str], config: Config) -> list[Target]:
    """The specs that the command line names, or else those that the settings name.

    SpecError for a pattern that matches nothing, UsageError where nothing names any.
    """
    from convcost.sources import SpecFile, find_specs

    if paths:
        return find_specs(paths)
    if not config.specs:
        where = f"{config.path} names none" if config.path else "there is no convcost.toml here"
        raise UsageError(
            f"no specs are named, and {where}",
            hint='name specs, or run "convcost init" where they are',
        )
    found: dict[str, None] = {}
    problems: list[Problem] = []
    for pattern in config.specs:
        inside = matching(pattern, config)
        if not inside:
            problems.append(unmatched(pattern.glob, pattern.place))
        found |= dict.fromkeys(inside)
    if problems:
        raise SpecError(*problems)
    root = config.root
    return [SpecFile(os.path.relpath(os.path.join(config.folder, path)), root) for path in found]


def matching(pattern: Pattern, config: Config) -> list[str]:
    """The files that a pattern of the settings stands for, as seen from their folder.

    SpecError, at the pattern, for one that leads out.
    """
    from convcost.project.globs import find

    try:
        return find(pattern.glob, config.folder, config.root)
    except SpecError as error:
        hint = "name folders of the repository"
        raise SpecError(error.problems[0].message, place=pattern.place, hint=hint) from None


def unmatched(glob: str, place: Place) -> Problem:
    """What a pattern that matches no file is: a gate that guards nothing."""
    hint = "correct it, or take it out; * stays in one folder, ** is any number of folders"
    return Problem(f'"{glob}" matches no spec', place, hint)


def key_of(target: Target, folder: str) -> str:
    """A spec's path as seen from `folder`, with `/`; code has its own name everywhere.

    A file that is named as code would be has `./` in front, so that neither stands for the other.
    """
    from convcost.sources.targets import TORCH, CodeTarget

    if isinstance(target, CodeTarget):
        return str(target)
    key = os.path.relpath(target.path, folder).replace(os.sep, "/")
    return f"./{key}" if key.startswith(TORCH) else key


def convention_in(name: str | None, config: Config) -> Convention | None:
    """The convention to count by, of the command line or the settings; None for the default."""
    from convcost.sources.counting import is_convention_file, other_convention

    if name or not config.convention:
        return other_convention(name or "papers")
    text = config.convention
    try:
        if not is_convention_file(text):
            return other_convention(text)
        return other_convention(os.path.join(config.folder, text), config.root)
    except ConvcostError as error:
        raise UsageError(*error.at(config.convention_place)) from None


def lock_path(config: Config) -> str:
    """The lock file of the settings, whether it is there or not.

    SpecError if it leads out of the repository.
    """
    from convcost.project.lockfile import NAME
    from convcost.sources.git.runner import PREFIX
    from convcost.sources.inside import inside

    name = NAME if config.baseline.startswith(PREFIX) else config.baseline or NAME
    path = os.path.relpath(os.path.join(config.folder, name))
    inside(path, config.root)
    return path
