"""Networks as they were when a baseline was made, out of git, to tell what has changed since."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from convcost.errors import ConvcostError, SpecError
from convcost.metrics import USUAL, measured
from convcost.project.lockfile import parse_lock
from convcost.sources import SpecFile, Target, spec_of_bytes
from convcost.sources.git.base import head_of, is_shallow
from convcost.sources.git.history import revisions, text_in
from convcost.sources.git.objects import Commit
from convcost.sources.given import NOTHING, Given
from convcost.sources.targets import as_typed, is_imported
from convcost.sources.yaml.files import file_bytes
from convcost.text import command_line

if TYPE_CHECKING:
    from convcost.baseline import Totals
    from convcost.cost import Report
    from convcost.sources.spec.reading import Spec

Count = Callable[["Report"], "Report"]
"""Counts a report by the convention of the check."""
MOST_VERSIONS = 100
"""Of a lock file, to look for the commit that an entry is from."""


class RecountError(SpecError):
    """A network costs something else than is on record, and its spec is what it was."""


class Past(NamedTuple):
    """A network as it was, and the text of its spec."""

    report: Report
    text: bytes


class Was(NamedTuple):
    """What a baseline knows of a network: its totals, and how to have all of it.

    `past` raises ConvcostError, whose message says why that cannot be had.
    """

    totals: Totals
    past: Callable[[], Past]


def report_of(
    file: SpecFile,
    text: bytes,
    name: str,
    count: Count,
    metrics: Sequence[str] = (),
    values: Mapping[str, Any] = MappingProxyType({}),
    given: Given = NOTHING,
) -> Report:
    """What `file` cost when it held `text`; `name` is what messages call it then. `values` are for
    the vars of theirs that it had. Errors as for `read`."""
    return counted(spec_then(file, text, name, values, given), count, metrics)


def spec_then(
    file: SpecFile,
    text: bytes,
    name: str,
    values: Mapping[str, Any] = MappingProxyType({}),
    given: Given = NOTHING,
) -> Spec:
    """What `file` said when it held `text`; the rest is as for `report_of`."""
    known = {} if is_imported(file) else _known(values, text, name)
    return spec_of_bytes(SpecFile(name, stated=file.stated), text, known, given)


def counted(spec: Spec, count: Count, metrics: Sequence[str]) -> Report:
    """What a spec costs."""
    from convcost.cost import evaluate

    return measured(count(evaluate(spec.network)), metrics)


def _known(values: Mapping[str, Any], text: bytes, name: str) -> Mapping[str, Any]:
    if not values:
        return values
    from convcost.sources.spec.validation import plain
    from convcost.sources.yaml.reader import read_text

    written = plain(read_text(text, name).root)
    names = written.get("vars", {}) if isinstance(written, dict) else {}
    return {key: value for key, value in values.items() if key in names}


def holds(file: SpecFile, text: bytes) -> bool:
    """Whether a file holds just this."""
    is_as_long = os.path.getsize(file.path) == len(text)
    return is_as_long and file_bytes(file.path, len(text), file.root) == text


class LockHistory:
    """The commits in which a lock file, `path`, got its entries; `lock` is the command that writes
    it."""

    def __init__(self, path: str, folder: str, count: Count, lock: Sequence[str]) -> None:
        self._path = path
        self._folder = folder
        self._count = count
        self._lock = lock
        self._known: list[tuple[Commit, Mapping[str, Totals]]] = []
        self._left = self._versions()
        self._failed: ConvcostError | None = None

    def past(self, target: Target, key: str, entry: Totals, more: Sequence[str]) -> Past:
        """The network that has the totals of its `entry`, the usual and `more`: as its spec was in
        the commit that the entry is from, or else in HEAD. ConvcostError if neither is that
        network, saying why."""
        if not isinstance(target, SpecFile):
            raise SpecError("code is not run as it was")
        found = self._origin(key, entry)
        for commit in filter(None, (found, self._head)):
            text = text_in(commit, target.path)
            if text is None:
                continue
            report = self._report(target, commit, text, more)
            if report and _agree(report, entry, more):
                return Past(report, text)
            if commit == found and holds(target, text):
                command = command_line((*self._lock, "--update", "--loosen", as_typed(target)))
                raise RecountError(
                    f"counted differently since {commit.name}, where its entry is from, and the "
                    f'spec is as it was: "{command}" takes the new totals'
                )
        if self._is_shallow:
            raise SpecError("the history is not there: fetch-depth: 0, or git fetch --unshallow")
        where = f"in {found.name}, where its entry is from" if found else "in any commit"
        raise SpecError(f"no spec of those totals is {where}")

    @cached_property
    def _head(self) -> Commit | None:
        return head_of(self._folder)

    @cached_property
    def _is_shallow(self) -> bool:
        return is_shallow(self._folder)

    def _report(
        self, target: SpecFile, commit: Commit, text: bytes, more: Sequence[str]
    ) -> Report | None:
        try:
            return report_of(target, text, f"{commit.name}:{target.path}", self._count, more)
        except ConvcostError:
            return None

    def _origin(self, key: str, entry: Totals) -> Commit | None:
        """The first of the commits since which the entry is what it is now; None if it is in none,
        or in more than are there."""
        found = None
        for commit, entries in self._all():
            if entries.get(key) != entry:
                return found
            found = commit
        is_cut = len(self._known) == MOST_VERSIONS or self._is_shallow
        return None if is_cut else found

    def _all(self) -> Iterator[tuple[Commit, Mapping[str, Totals]]]:
        if self._failed:
            raise self._failed
        yield from self._known
        try:
            for version in self._left:
                self._known.append(version)
                yield version
        except ConvcostError as error:
            self._failed = error
            raise

    def _versions(self) -> Iterator[tuple[Commit, Mapping[str, Totals]]]:
        for revision in islice(revisions(self._path, self._folder), MOST_VERSIONS):
            text = text_in(revision.commit, self._path)
            try:
                entries = parse_lock(text, self._path).entries if text else {}
            except SpecError:
                entries = {}
            yield revision.commit, entries


def _agree(report: Report, entry: Totals, more: Sequence[str]) -> bool:
    return all(report.figure(each) == entry.numbers[each] for each in (*USUAL, *more))
