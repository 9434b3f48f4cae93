"""What a network cost along git's history, from git alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from convcost.budget import scope_of
from convcost.errors import Place, SpecError, UsageError
from convcost.metrics import USUAL
from convcost.project.past import Count, counted, spec_then
from convcost.shown import Shown
from convcost.sources import CodeTarget, SpecFile, Target
from convcost.sources.git.base import is_shallow
from convcost.sources.git.history import Revision, revision_of, revisions, text_in
from convcost.sources.given import NOTHING, Given

if TYPE_CHECKING:
    from convcost.cost import Report


class Version(NamedTuple):
    """A network as it was in a commit, or `problem`, why it cannot be had there; `limits` are those
    on totals that its spec set then, by metric."""

    revision: Revision
    report: Report | None = None
    problem: str = ""
    limits: Mapping[str, int] = MappingProxyType({})


class _Growth(NamedTuple):
    path: str
    versions: tuple[Version, ...]
    unchanged: int = 0
    metrics: tuple[str, ...] = ()
    is_cut: bool = False
    limits: Mapping[str, int] = MappingProxyType({})


class Growth(Shown, _Growth, view="log"):
    """The versions of the network in the file `path`, newest first: those that are not what came
    before, and the oldest. `unchanged` is how many more commits changed the file, but no figure;
    `metrics` are those that were asked for besides the usual; `is_cut` says that git has not all of
    the history; `limits` are those of the last commit."""

    __slots__ = ()


Track = Callable[[Sequence[Revision]], Iterable[Revision]]


def growth(
    target: Target,
    since: str = "",
    *,
    count: Count,
    metrics: Sequence[str] = (),
    values: Mapping[str, Any] = MappingProxyType({}),
    given: Given = NOTHING,
    track: Track = iter,
) -> Growth:
    """The network in a file, along the first parents of HEAD: from the commit `since` on, or from
    its first. The rest is as for `report_of`.

    UsageError for code, for a commit that git does not know, and for a file of which git has none.
    """
    if not isinstance(target, SpecFile):
        what = "code, and is not run as it was" if isinstance(target, CodeTarget) else "no file"
        raise UsageError(f"{target} is {what}", hint="name a spec")
    found: list[Version] = []
    for revision in track(_asked(target, since)):
        text = text_in(revision.commit, target.path)
        if text is not None or found:  # what was not there yet is no version
            found.append(_version(target, revision, text, count, metrics, values, given))
    if not found:
        hint = "commit it first, or look further back"
        raise UsageError("git has no commit of it", place=Place(target.path), hint=hint)
    changed = [new for old, new in pairwise(found) if _told(old, metrics) != _told(new, metrics)]
    versions = (*reversed(changed), found[0])
    unchanged = len(found) - len(versions)
    limits = found[-1].limits
    return Growth(target.path, versions, unchanged, tuple(metrics), is_shallow(), limits)


def _asked(target: SpecFile, since: str) -> list[Revision]:
    start = [revision_of(since)] if since else []
    try:
        behind = list(revisions(target.path, since=start[0].commit.hash if start else ""))
    except SpecError as error:
        hint = "name a spec of the repository that you are in"
        raise SpecError(error.problems[0].message, hint=hint) from None
    return [*start, *reversed(behind)]


def _version(
    target: SpecFile,
    revision: Revision,
    text: bytes | None,
    count: Count,
    metrics: Sequence[str],
    values: Mapping[str, Any],
    given: Given,
) -> Version:
    name = f"{revision.commit.name}:{target.path}"
    if text is None:
        return Version(revision, problem=f"{name}: the file is not there")
    try:
        spec = spec_then(target, text, name, values, given)
        report = counted(spec, count, metrics)
    except SpecError as error:
        return Version(revision, problem=str(error.problems[0]))
    totals = [each for each in spec.budgets if scope_of(each.metric) == "total"]
    limits = {each.metric: each.limit for each in totals if isinstance(each.limit, int)}
    return Version(revision, report, limits=limits)


def _told(version: Version, metrics: Sequence[str]) -> object:
    """What tells two versions apart."""
    report = version.report
    if report is None:
        return version.problem.partition(":")[2]  # what is wrong, wherever
    return [(report.figure(name), report.status.get(name)) for name in (*USUAL, *metrics)]
