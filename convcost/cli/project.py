"""The project that a gate runs in: its settings, the specs it is about, its baseline."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from convcost.errors import ConvcostError, Place, Problem, SpecError, UsageError

if TYPE_CHECKING:
    from convcost.conventions import Convention
    from convcost.sources.project.config import Config

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
    from convcost.sources.project.config import Config, find_config, read_config

    found = path or find_config(os.curdir)
    return read_config(found) if found else Config(folder=os.getcwd())


def specs(paths: Sequence[str], config: Config) -> list[str]:
    """The specs that the command line names, or else those that the settings name.

    SpecError for a pattern that matches nothing, UsageError where nothing names any.
    """
    from convcost.sources import find_specs
    from convcost.sources.project.globs import find

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
        inside = find(pattern.glob, config.folder)
        if not inside:
            problems.append(unmatched(pattern.glob, pattern.place))
        found |= dict.fromkeys(inside)
    if problems:
        raise SpecError(*problems)
    return [os.path.relpath(os.path.join(config.folder, path)) for path in found]


def unmatched(glob: str, place: Place) -> Problem:
    """What a pattern that matches no file is: a gate that guards nothing."""
    hint = "correct it, or take it out; * stays in one folder, ** is any number of folders"
    return Problem(f'"{glob}" matches no spec', place, hint)


def key_of(path: str, folder: str) -> str:
    """A spec's path as seen from `folder`, with `/`; code has its own name everywhere."""
    if path.startswith("torch:"):
        return path
    return os.path.relpath(path, folder).replace(os.sep, "/")


def convention_in(name: str | None, config: Config) -> Convention | None:
    """The convention to count by, of the command line or the settings; None for the default."""
    from convcost.cli.counting import other_convention

    if name or not config.convention:
        return other_convention(name or "papers")
    text = config.convention
    is_file = text.endswith((".yaml", ".yml")) or "/" in text
    try:
        return other_convention(os.path.join(config.folder, text) if is_file else text)
    except ConvcostError as error:
        raise UsageError(*error.at(config.convention_place)) from None
