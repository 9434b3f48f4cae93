"""Where things of a project are: its settings, the specs it is about, its lock file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from convcost.errors import ConvcostError, Place, Problem, SpecError, UsageError
from convcost.project.config import Config, Pattern, find_config, read_config, seen
from convcost.project.globs import Files
from convcost.project.lockfile import NAME
from convcost.project.networks import Entry, named
from convcost.sources import CodeTarget, SpecFile, Target, find_specs
from convcost.sources.counting import DEFAULT, is_convention_file, other_convention
from convcost.sources.fits import with_word
from convcost.sources.git.runner import PREFIX
from convcost.sources.inside import inside, repository
from convcost.sources.quota import refuse_many
from convcost.sources.targets import CODE, Named, NamedCode, Piped, labelled

if TYPE_CHECKING:
    from convcost.conventions import Convention
    from convcost.setting import Setting


AnyPath = str | os.PathLike[str]
Paths = AnyPath | Iterable[AnyPath]
Track = Callable[[Sequence[Target]], Iterable[Target]]
"""Hands out specs as they are gone through, as a progress bar does: `iter`, or `tqdm.tqdm`."""


class Project(NamedTuple):
    """The settings that hold in `folder`, which is named as its user does, or empty: the current
    one. What the user names is seen from there; what is found is named by way of it."""

    folder: str
    config: Config


def open_project(folder: AnyPath, config: AnyPath | None = None) -> Project:
    """The project with the settings in the file `config`, or those that hold in `folder`, or none.

    SpecError for a folder that is not there, and for settings that cannot be had.
    """
    named = named_folder(folder)
    if config:
        return Project(named, read_config(os.path.join(named, config)))
    found = find_config(named)
    if not found:
        return Project(named, Config(folder=os.path.abspath(named)))
    return Project(named, read_config(found, repository(os.path.dirname(found))))


def setting_in(project: Project, words: Mapping[str, object]) -> Setting:
    """What the settings say of figures, but for these words of theirs, as far as they are given;
    UsageError for what cannot be meant."""
    made = project.config.setting
    for key, word in words.items():
        if word is not None:
            made = with_word(made, key, word, project.folder)
    return made


def options_of(words: Mapping[str, object]) -> tuple[str, ...]:
    """Those of these words that are given, as they are typed: `--dtype int8`."""
    given = {key: str(word) for key, word in words.items() if word is not None}
    return tuple(text for key, word in given.items() for text in (f"--{key}", word))


def seen_from(project: Project, paths: Iterable[AnyPath]) -> list[str]:
    """Paths as they are seen from the project's folder."""
    return [os.path.join(project.folder, path) for path in paths]


def named_folder(folder: AnyPath) -> str:
    """A folder as it is named, empty for the current one; SpecError if it is not there."""
    named = os.fspath(folder)
    if not os.path.isdir(named):
        raise SpecError("there is no such folder", place=Place(named), hint="check its name")
    return "" if os.path.normpath(named) == os.curdir else named


def specs(project: Project, paths: Sequence[str]) -> list[Named]:
    """The networks that `paths` name, or else those that the settings name, each once.

    A word that stands for one that the settings name by itself (`torch:nets:Net#wide`) is that, and
    as it is typed its code is a target. SpecError for a pattern that matches nothing, UsageError
    where nothing names any.
    """
    folder, config = project
    entries = {entry.key: entry for entry in config.networks}
    if paths:
        return [_as_listed(project, each, entries) for each in find_specs(paths, folder)]
    if not config.specs and not entries:
        where = f"{config.path} names none" if config.path else "there is no convcost.toml here"
        raise UsageError(
            f"no specs are named, and {where}",
            hint='name specs, or run "convcost init --lock" where they are',
        )
    found: dict[str, None] = {}
    problems: list[Problem] = []
    files = Files(config.folder, config.root)
    for pattern in config.specs:
        there = matching(pattern, files)
        if not there:
            problems.append(unmatched(pattern))
            refuse_many(problems)
        found |= dict.fromkeys(there)
    if problems:
        raise SpecError(*problems)
    specs = [SpecFile(_found(project, path), config.root) for path in found if path not in entries]
    return [*specs, *(_named(project, entry) for entry in config.networks)]


def _as_listed(project: Project, target: Target, entries: Mapping[str, Entry]) -> Target:
    """A typed target, with what the settings state of it."""
    entry = entries.get(key_of(target, project.config.folder))
    if entry is None:
        return target
    found = _named(project, entry)
    if isinstance(found, NamedCode):
        return found.allowed() if isinstance(target, CodeTarget) else target
    return found


def _named(project: Project, entry: Entry) -> Named:
    config = project.config
    return named(entry, _found(project, entry.target), config.folder, config.root)


def words(paths: Paths) -> list[str]:
    """Paths as words to type: a `str` is one already, all else is a path and nothing but that."""
    several = (paths,) if isinstance(paths, (str, os.PathLike)) else paths
    return [path if isinstance(path, str) else os.path.join(os.curdir, path) for path in several]


def matching(pattern: Pattern, files: Files) -> list[str]:
    """The `files` that a pattern of the settings stands for, as seen from their folder.

    SpecError, at the pattern, for one that leads out.
    """
    try:
        return files.find(pattern.glob)
    except SpecError as error:
        hint = "name folders of the repository"
        raise SpecError(error.problems[0].message, place=pattern.place, hint=hint) from None


def unmatched(pattern: Pattern) -> Problem:
    """What a pattern that matches no file is: a gate that guards nothing."""
    hint = "correct it, or take it out; * stays in one folder, ** is any number of folders"
    return Problem(f'"{pattern.glob}" matches no spec', pattern.place, hint)


def key_of(target: Named, folder: str) -> str:
    """A spec's path as seen from `folder`, with `/`; code has its own name everywhere. The name
    that settings give to one of several networks stands behind a `#`.

    A file that is named as code would be has `./` in front, so that neither stands for the other.
    """
    if isinstance(target, Piped):
        return "../-"  # nowhere: no file of a project says anything of it
    if not isinstance(target, SpecFile):
        return labelled(str(target), target)
    key = labelled(os.path.relpath(target.path, folder).replace(os.sep, "/"), target)
    return f"./{key}" if key.startswith(CODE) else key


def convention_in(project: Project, name: str | None) -> Convention | None:
    """The convention of that name or file, or else that of the settings; None for the default."""
    folder, config = project
    if name or not config.convention:
        return other_convention(_file(name or DEFAULT, folder))
    try:
        return other_convention(_file(config.convention, config.folder), config.root)
    except ConvcostError as error:
        raise UsageError(*error.at(config.convention_place)) from None


def lock_path(project: Project) -> str:
    """The lock file of the settings, whether it is there or not.

    SpecError if it leads out of the repository.
    """
    config = project.config
    name = NAME if config.baseline.startswith(PREFIX) else config.baseline or NAME
    path = _found(project, name)
    inside(path, config.root)
    return path


def _found(project: Project, path: str) -> str:
    """A path of the settings by way of the project's folder, as it is opened and shown."""
    return seen(os.path.join(project.config.folder, path), project.folder)


def _file(convention: str, folder: str) -> str:
    return os.path.join(folder, convention) if is_convention_file(convention) else convention
