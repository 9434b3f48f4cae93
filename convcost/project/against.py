"""The baseline of a check: a lock file, a commit of git's, or none."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from convcost.baseline import totals
from convcost.errors import ConvcostError, Place, Problem, SpecError, UsageError
from convcost.project.config import parse_config
from convcost.project.layout import Project, key_of, lock_path
from convcost.project.lockfile import parse_lock, read_lock, stale_keys
from convcost.project.past import Count, LockHistory, Past, Was, holds, report_of
from convcost.sources import CodeTarget, SpecFile, Target
from convcost.sources.git.base import merge_base, texts_at
from convcost.sources.git.runner import PREFIX, commit_of, is_ref
from convcost.sources.given import Shared
from convcost.sources.inside import leads_out
from convcost.sources.targets import Named, Piped, as_typed
from convcost.text import command_line, quote

if TYPE_CHECKING:
    from convcost.baseline import Baseline, Totals
    from convcost.cost import Report

NONE = "none"
_LOCK = ("convcost", "lock")


class Altered(NamedTuple):
    """What makes other networks of specs than they state: values of vars, and inputs."""

    values: Mapping[str, Any]
    shared: Shared


Before = Callable[["Report"], Was | None]
"""What a network was, None if it is new, by every metric that the report was measured by; raises
if that cannot be told."""


class Against(Protocol):
    """A baseline: what people call it, and what it knows of each spec."""

    name: str

    def before(self, targets: Sequence[Target]) -> Iterator[Before]:
        """For each of the specs, in order, what tells what it was."""

    def stale(self, targets: Sequence[Named], is_all: bool) -> list[Problem]:
        """What it holds that no spec answers to; `is_all` says that `targets` are all there are."""

    def accept(self, targets: Sequence[Target]) -> str:
        """The command that takes what has grown into it; empty where there is none."""


class Locked:
    """A lock file."""

    def __init__(
        self,
        path: str,
        convention: str,
        count: Count,
        root: str = "",
        lock: Sequence[str] = _LOCK,
    ) -> None:
        self._baseline: Baseline = read_lock(path, root)
        self._lock = lock
        self._folder = os.path.dirname(os.path.abspath(path))
        self._history = LockHistory(path, self._folder, count, lock)
        self.name = path
        if self._baseline.convention != convention:
            raise SpecError(
                f"it is counted by {self._baseline.convention}, and this check by {convention}",
                place=Place(path),
                hint=f"check with {command_line(('--convention', self._baseline.convention))}, or "
                f'delete it and run "{command_line(lock)}"',
            )

    def before(self, targets: Sequence[Target]) -> Iterator[Before]:
        for target in targets:
            yield partial(self._entry, target)

    def _entry(self, target: Target, report: Report) -> Was:
        key = key_of(target, self._folder)
        if entry := self._baseline.entries.get(key):
            past = partial(self._history.past, target, key, entry, tuple(report.more))
            return Was(_with_all(entry, target, report, self.name, self._lock), past)
        command = _lock_command(target, self._lock)
        hint = "leave the baseline out: --base none" if leads_out(key) else f"{command} adds one"
        raise SpecError(f"{self.name} has no entry for it", place=Place(str(target)), hint=hint)

    def stale(self, targets: Sequence[Named], is_all: bool) -> list[Problem]:
        checked = {key_of(target, self._folder) for target in targets}
        hint = f'"{command_line((*self._lock, "--prune"))}" takes stale entries out'
        return [
            Problem(f'no spec answers to its entry "{quote(key, 200)}"', Place(self.name), hint)
            for key in stale_keys(self._baseline, checked, self._folder, is_all)
        ]

    def accept(self, targets: Sequence[Target]) -> str:
        words = (*self._lock, "--loosen", *map(as_typed, targets))
        return command_line(words) if targets else ""


def _with_all(
    entry: Totals, target: Target, report: Report, name: str, lock: Sequence[str]
) -> Totals:
    """The entry; SpecError if it lacks a metric that the report was measured by, or has it under
    another setting."""
    from convcost.baseline import settings

    place, command = Place(str(target)), _lock_command(target, lock)
    for metric in report.more:
        if metric not in entry.numbers:
            hint = f"{command} adds it where the spec or the settings limit its growth"
            raise SpecError(f"{name} has no {metric} of it", place=place, hint=hint)
        was, now = (each.get(metric, "fp32") for each in (entry.under, settings(report)))
        if was != now:
            message = f"{name} has its {metric} for {was}, and this check is of {now}"
            raise SpecError(message, place=place, hint=f"{command} records it for {now}")
    return entry


def _lock_command(target: Target, lock: Sequence[str]) -> str:
    return f'"{command_line((*lock, as_typed(target)))}"'


class Committed:
    """The commit that a branch and this one have in common.

    Code is not run as it was there: what it cost says the lock file of that commit.
    """

    def __init__(
        self,
        text: str,
        project: Project,
        altered: Altered,
        convention: str,
        count: Count,
        lock: Sequence[str],
    ) -> None:
        self._recording = lock
        self._base = merge_base(text, project.folder)
        self._project = project
        self._convention = convention
        self._values, self._shared = altered
        self._count = count
        self.name = self._base.name

    def before(self, targets: Sequence[Target]) -> Iterator[Before]:
        files = [target.path for target in targets if isinstance(target, SpecFile)]
        texts = texts_at(self._base, files)
        for target in targets:
            if isinstance(target, SpecFile):
                yield partial(self._was, target, next(texts)[1])
            elif isinstance(target, Piped):
                yield partial(self._unknown, target)
            else:
                yield partial(self._recorded, target)

    def stale(self, targets: Sequence[Named], is_all: bool) -> list[Problem]:
        return []

    def accept(self, targets: Sequence[Target]) -> str:
        return ""

    def _unknown(self, target: Piped, report: Report) -> Was:
        raise UsageError(
            f"what is piped in has no history, so what it was at {self.name} cannot be told",
            hint="name the file, or leave the baseline out: --base none",
        )

    def _recorded(self, target: CodeTarget, report: Report) -> Was | None:
        """What the lock file that was committed there says of code; None if it was not there."""
        path = lock_path(self._project)
        key = key_of(target, os.path.dirname(path))
        lock = self._lock(path)
        is_altered = bool(self._values) or target in self._shared.replaced
        if lock and key in lock.entries and not is_altered:
            name = f"{path} at {self.name}"
            entry = _with_all(lock.entries[key], target, report, name, self._recording)
            return Was(entry, _never_run)
        if target.stated and not self._named(key):
            return None
        raise UsageError(
            f"{target} is code, and is not run as it was at {self.name}",
            hint=f"{path} says what it cost if it has it there; or leave it out: --base none",
        )

    def _lock(self, path: str) -> Baseline | None:
        ((_, raw),) = texts_at(self._base, [path])
        found = None if raw is None else parse_lock(raw, f"{self._base.ref}:{path}")
        return found if found and found.convention == self._convention else None

    def _named(self, key: str) -> bool:
        """Whether the settings that were committed there name a network by that key."""
        path = self._project.config.path
        ((_, raw),) = texts_at(self._base, [path])
        if raw is None:
            return False
        try:
            return any(entry.key == key for entry in parse_config(raw, path).networks)
        except SpecError as error:
            raise SpecError(*error.at(Place(path), f"as it was at {self.name}: ")) from None

    def _was(self, target: SpecFile, text: bytes | None, report: Report) -> Was | None:
        if text is None:
            return None
        past = report if holds(target, text) else self._report(target, text, report.more)
        return Was(totals(past), lambda: Past(past, text))

    def _report(self, target: SpecFile, text: bytes, more: Iterable[str]) -> Report:
        name, given = f"{self._base.ref}:{target.path}", self._shared.of(target)
        try:
            return report_of(target, text, name, self._count, tuple(more), self._values, given)
        except ConvcostError as error:
            prefix = f"as it was at {self.name}: "
            raise SpecError(*error.at(Place(target.path), prefix)) from None


def _never_run() -> Past:
    raise SpecError("code is not run as it was")


def against(
    project: Project,
    text: str | None,
    altered: Altered,
    convention: str,
    count: Count,
    options: Sequence[str] = (),
) -> Against | None:
    """The baseline that `text` asks for, or the settings, or a lock file that is there.

    `options` are those by which `convcost lock` records what `count` counts.

    UsageError if it is missing or cannot be had.
    """
    if text == NONE:
        return None
    folder, config = project
    try:
        asked = text or config.baseline
        if asked.startswith(PREFIX):
            return Committed(asked, project, altered, convention, count, (*_LOCK, *options))
        path, root = (os.path.join(folder, text), "") if text else (lock_path(project), config.root)
        lock = (*_LOCK, *(["-o", text] if text else []), *options)
        if not asked and not os.path.lexists(path):
            return None
        if not os.path.lexists(path):
            hint = f'"{command_line(lock)}" makes it'
            raise UsageError(f"the baseline {path} is missing", hint=hint)
        option = "--set" if altered.values else "--input" if altered.shared.replaced else ""
        if option:
            raise UsageError(
                f"{option} makes other networks than {path} records",
                hint="add --base none, or compare with git: --base git:origin/main",
            )
        return Locked(path, convention, count, root, lock)
    except ConvcostError as error:
        raise UsageError(*error.at(None if text else config.baseline_place)) from None


def as_ref(text: str, folder: str) -> str:
    """What somebody typed for a baseline: the commit that it names in git, unless it is a file's
    name. UsageError for one that is both.
    """
    if text == NONE:
        return text
    is_file = os.path.lexists(os.path.join(folder, text))
    try:
        is_commit = is_ref(text) and bool(commit_of(text, folder))
    except UsageError:  # no git is no reason to refuse a file
        is_commit = False
    if is_file and is_commit:
        hint = f"write {PREFIX}{text} for the commit, or ./{text} for the file"
        raise UsageError(f'"{quote(text)}" is a file and a commit', hint=hint)
    return f"{PREFIX}{text}" if is_commit else text
