"""The baseline of a check: a lock file, a commit of git's, or none."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from convcost.baseline import totals
from convcost.errors import ConvcostError, Place, Problem, SpecError, UsageError
from convcost.project.config import leads_out
from convcost.project.layout import Project, key_of, lock_path
from convcost.project.lockfile import read_lock, stale_keys
from convcost.project.past import Count, LockHistory, Past, Was, holds, report_of
from convcost.sources import CodeTarget, SpecFile, Target
from convcost.sources.counting import DEFAULT
from convcost.sources.git.base import merge_base, texts_at
from convcost.sources.git.runner import PREFIX
from convcost.sources.given import Shared
from convcost.sources.targets import as_typed
from convcost.text import quote

if TYPE_CHECKING:
    from convcost.baseline import Baseline
    from convcost.cost import Report

NONE = "none"


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

    def stale(self, targets: Sequence[Target], is_all: bool) -> list[Problem]:
        """What it holds that no spec answers to; `is_all` says that `targets` are all there are."""

    def accept(self, targets: Sequence[Target]) -> str:
        """The command that takes what has grown into it; empty where there is none."""


class Locked:
    """A lock file."""

    def __init__(
        self, path: str, convention: str, count: Count, root: str = "", options: Sequence[str] = ()
    ) -> None:
        self._baseline: Baseline = read_lock(path, root)
        self._options = options
        self._folder = os.path.dirname(os.path.abspath(path))
        self._history = LockHistory(path, self._folder, count)
        self.name = path
        if self._baseline.convention != convention:
            raise SpecError(
                f"it is counted by {self._baseline.convention}, and this check by {convention}",
                place=Place(path),
                hint=f"check with --convention {self._baseline.convention}, or delete it and run "
                f'"convcost lock --convention {convention}"',
            )

    def before(self, targets: Sequence[Target]) -> Iterator[Before]:
        for target in targets:
            yield partial(self._entry, target)

    def _entry(self, target: Target, report: Report) -> Was:
        from convcost.baseline import settings

        key, place = key_of(target, self._folder), Place(str(target))
        command = f'"convcost lock {shlex.quote(as_typed(target))}"'
        if entry := self._baseline.entries.get(key):
            for metric in report.more:
                if metric not in entry.numbers:
                    hint = f"{command} adds it where the spec or the settings limit its growth"
                    raise SpecError(f"{self.name} has no {metric} of it", place=place, hint=hint)
                was, now = (each.get(metric, "fp32") for each in (entry.under, settings(report)))
                if was != now:
                    message = f"{self.name} has its {metric} for {was}, and this check is of {now}"
                    raise SpecError(message, place=place, hint=f"{command} records it for {now}")
            return Was(entry, partial(self._history.past, target, key, entry))
        hint = "leave the baseline out: --base none" if leads_out(key) else f"{command} adds one"
        raise SpecError(f"{self.name} has no entry for it", place=place, hint=hint)

    def stale(self, targets: Sequence[Target], is_all: bool) -> list[Problem]:
        checked = {key_of(target, self._folder) for target in targets}
        hint = '"convcost lock --prune" takes stale entries out'
        return [
            Problem(f'no spec answers to its entry "{quote(key, 200)}"', Place(self.name), hint)
            for key in stale_keys(self._baseline, checked, self._folder, is_all)
        ]

    def accept(self, targets: Sequence[Target]) -> str:
        words = ("convcost", "lock", "--loosen", *self._options, *map(as_typed, targets))
        return shlex.join(words) if targets else ""


class Committed:
    """The commit that a branch and this one have in common."""

    def __init__(
        self,
        text: str,
        folder: str,
        altered: Altered,
        count: Count,
    ) -> None:
        self._base = merge_base(text, folder)
        self._values, self._shared = altered
        self._count = count
        self.name = self._base.name

    def before(self, targets: Sequence[Target]) -> Iterator[Before]:
        files = [target.path for target in targets if isinstance(target, SpecFile)]
        texts = texts_at(self._base, files)
        for target in targets:
            if isinstance(target, SpecFile):
                yield partial(self._was, target, next(texts)[1])
            else:
                yield partial(self._never_run, target)

    def stale(self, targets: Sequence[Target], is_all: bool) -> list[Problem]:
        return []

    def accept(self, targets: Sequence[Target]) -> str:
        return ""

    def _never_run(self, target: CodeTarget, report: Report) -> Was:
        raise UsageError(
            f"{target} is code, and is not run as it was at {self.name}",
            hint="leave the baseline out: --base none",
        )

    def _was(self, target: SpecFile, text: bytes | None, report: Report) -> Was | None:
        if text is None:
            return None
        past = report if holds(target, text) else self._report(target, text, report.more)
        return Was(totals(past), lambda: Past(past, text))

    def _report(self, target: SpecFile, text: bytes, more: Iterable[str]) -> Report:
        name = f"{self._base.ref}:{target.path}"
        try:
            values, inputs = self._known(text, name), self._shared.of(target).inputs
            return report_of(text, name, self._count, tuple(more), values, inputs)
        except ConvcostError as error:
            prefix = f"as it was at {self.name}: "
            raise SpecError(*error.at(Place(target.path), prefix)) from None

    def _known(self, text: bytes, name: str) -> Mapping[str, Any]:
        """The overrides of vars that the spec had at the base."""
        if not self._values:
            return {}
        from convcost.sources.spec.validation import plain
        from convcost.sources.yaml.reader import read_text

        written = plain(read_text(text, name).root)
        names = written.get("vars", {}) if isinstance(written, dict) else {}
        return {key: value for key, value in self._values.items() if key in names}


def against(
    project: Project,
    text: str | None,
    altered: Altered,
    convention: str,
    count: Count,
) -> Against | None:
    """The baseline that `text` asks for, or the settings, or a lock file that is there.

    UsageError if it is missing or cannot be had.
    """
    if text == NONE:
        return None
    folder, config = project
    asked = text or config.baseline
    try:
        if asked.startswith(PREFIX):
            return Committed(asked, folder, altered, count)
        path, root = (os.path.join(folder, text), "") if text else (lock_path(project), config.root)
        if not asked and not os.path.lexists(path):
            return None
        if not os.path.lexists(path):
            raise UsageError(f"the baseline {path} is missing", hint='"convcost lock" makes it')
        option = "--set" if altered.values else "--input" if altered.shared.replaced else ""
        if option:
            raise UsageError(
                f"{option} makes other networks than {path} records",
                hint="add --base none, or compare with git: --base git:origin/main",
            )
        return Locked(path, convention, count, root, _options(project, text, convention))
    except ConvcostError as error:
        raise UsageError(*error.at(None if text else config.baseline_place)) from None


def _options(project: Project, text: str | None, convention: str) -> list[str]:
    """What `convcost lock` needs to be told to write the same file by the same convention."""
    by_name = [] if project.config.convention else ["--convention", convention]
    return [*(["-o", text] if text else []), *(by_name if convention != DEFAULT else [])]
