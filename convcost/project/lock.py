"""Today's totals on record, as the baseline of checks to come."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from convcost.baseline import Baseline, Totals, Update, totals, updates
from convcost.budget import growing
from convcost.errors import Place, Problem, SpecError, UsageError, collected
from convcost.gaps import Gap, gaps, said_of
from convcost.metrics import measured
from convcost.project.alone import alone
from convcost.project.conflict import Both, read_both
from convcost.project.layout import (
    AnyPath,
    Paths,
    Project,
    Track,
    convention_in,
    key_of,
    lock_path,
    open_project,
    seen_from,
    setting_in,
    specs,
    words,
)
from convcost.project.lockfile import lock_text, read_lock, stale_keys
from convcost.project.permission import RUN_CODE, allowed
from convcost.project.remembered import Memory, memory_of
from convcost.project.rules import Rules
from convcost.shown import Shown
from convcost.sources import Target
from convcost.sources.counting import DEFAULT, counted
from convcost.sources.given import Shared, parse_given, share
from convcost.sources.inputs import Inputs
from convcost.sources.inside import leads_out
from convcost.sources.outfile import write_file
from convcost.sources.targets import Piped
from convcost.text import command_line

if TYPE_CHECKING:
    from convcost.conventions import Convention
    from convcost.cost import Report
    from convcost.setting import Setting

_UNFIT = (
    "its path cannot be recorded: it does not lie below the lock file, or is not printable",
    "lock it elsewhere: -o",
)
_NAMELESS = ("what is piped in has no path to be recorded by", "name the file")


class _LockOutcome(NamedTuple):
    path: str = ""
    updates: tuple[Update, ...] = ()
    pruned: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


class LockOutcome(Shown, _LockOutcome, view="lock"):
    """What became of the lock file `path`: of each network's entry, and which were `pruned`.

    With `problems`, which are why networks could not be recorded, it is what it was. `gaps` are
    what of the networks is not understood, and `notes` how inputs were.
    """

    __slots__ = ()

    @property
    def grown(self) -> bool:
        """Whether a network has grown and its entry stayed."""
        return any(update.state == "grown" for update in self.updates)


def lock_project(
    folder: AnyPath = ".",
    paths: Paths = (),
    *,
    update: bool = False,
    loosen: bool = False,
    prune: bool = False,
    resolve: bool = False,
    output: AnyPath | None = None,
    config: AnyPath | None = None,
    convention: str | None = None,
    dtype: str | None = None,
    metrics: Mapping[str, Any] | None = None,
    input_shape: Inputs | None = None,
    arguments: Mapping[str, Any] | None = None,
    inputs_from: str | None = None,
    rules: Sequence[AnyPath] = (),
    run_code: bool = False,
    cache: AnyPath | bool = False,
    track: Track = iter,
) -> LockOutcome:
    """Record what the networks cost, as `convcost lock` does when it is run in `folder`.

    Networks without an entry get one. An entry that is there stays, unless it may take totals that
    are smaller (`update`) or larger (`loosen`); `prune` takes out those that no spec answers to.
    `resolve` mends a merge conflict: what the sides do not agree on becomes what it is today, and
    nothing else changes. `output` is the lock file to write in place of that of the settings,
    `convcost.lock` where they name none. The rest is as for `check_project`.

    The file is replaced in one step or not at all, and other processes that lock wait. Nothing of
    convcost's is raised, see `check_project`; `convcost lock` ends with 2 if there are problems,
    else with 1 if networks have `grown`, else with 0.
    """
    problems: list[Problem] = []
    outcome = LockOutcome()
    with collected(problems):
        project = open_project(folder, config)
        path, here, root = _file(project, output)
        chosen = convention_in(project, convention)
        setting = setting_in(project, {"dtype": dtype, **(metrics or {})})
        count = partial(_counted, chosen, setting)
        named = _named(paths, resolve)
        by_name, files = Rules(project.config), seen_from(project, rules)
        targets = _targets(project, named, run_code)
        shared = share(parse_given(input_shape, arguments, inputs_from, files), targets)
        refuse_replaced(shared)
        memory = memory_of(project, cache)
        current = _current(memory, targets, shared, here, count, by_name, track)
        with alone(path):  # what another lock writes meanwhile would be lost
            old = _old(path, root, chosen.name if chosen else DEFAULT, resolve)
            made, stale = _changes(old, current.totals, tighten=update, loosen=loosen)
            if prune:
                stale += stale_keys(old.baseline, current.totals, here, is_all=not named)
            _write(old, made, stale, path)
        notes = (*shared.notes, *current.notes)
        outcome = LockOutcome(path, made, tuple(stale), current.gaps, notes=notes)
    return outcome._replace(problems=tuple(problems))


def _named(paths: Paths, resolve: bool) -> list[str]:
    named = words(paths)
    if resolve and named:
        raise UsageError("--resolve is about the whole lock file", hint="name no specs")
    return named


def _file(project: Project, output: AnyPath | None) -> tuple[str, str, str]:
    """The lock file, its folder, and where it must lie when links are followed; anywhere if it is
    typed."""
    path = os.path.join(project.folder, output) if output else lock_path(project)
    return path, os.path.dirname(os.path.abspath(path)), "" if output else project.config.root


def _write(old: Both, made: Sequence[Update], stale: Sequence[str], path: str) -> None:
    entries = {**old.baseline.entries, **{each.key: each.after for each in made}}
    new = old.baseline._replace(entries={key: entries[key] for key in entries.keys() - stale})
    if Both(new) != old or not os.path.exists(path):
        write_file(lock_text(new), path)


def _targets(project: Project, named: Sequence[str], run_code: bool) -> list[Target]:
    targets, refused = allowed(specs(project, named), lambda: run_code, RUN_CODE)
    if refused:
        raise UsageError(*refused)
    return targets


def _changes(
    old: Both, current: Mapping[str, Totals], *, tighten: bool, loosen: bool
) -> tuple[tuple[Update, ...], list[str]]:
    """What becomes of entries, and which go; in a conflict only of those that are disputed."""
    if old.disputed is None:
        return updates(old.baseline, current, tighten=tighten, loosen=loosen), []
    disputed = old.disputed
    today = {key: now for key, now in current.items() if key in disputed}
    made = updates(old.baseline, today, tighten=True, loosen=True)
    return made, sorted(disputed - today.keys())


def refuse_replaced(shared: Shared) -> None:
    """UsageError for inputs in place of those that specs state."""
    if shared.replaced:
        raise UsageError(
            "--input makes other networks than the specs state, which a lock file records",
            hint="it is for networks that are imported: name those alone, or change the specs",
        )


def _counted(convention: Convention | None, setting: Setting, report: Report) -> Report:
    return counted(report, convention).under(setting)


class _Current(NamedTuple):
    """What every network costs today, by its key."""

    totals: Mapping[str, Totals]
    gaps: tuple[Gap, ...]
    notes: tuple[str, ...]


def _current(
    memory: Memory,
    targets: Sequence[Target],
    shared: Shared,
    folder: str,
    count: Callable[[Report], Report],
    rules: Rules,
    track: Track,
) -> _Current:
    """What every spec costs, also by metrics whose growth is limited; UsageError, with every
    problem, if any cannot be had."""
    from convcost.cost import evaluate

    found: dict[str, Totals] = {}
    unknown: list[Gap] = []
    notes: list[str] = []
    problems: list[Problem] = []
    for target in track(targets):
        key = key_of(target, folder)
        if leads_out(key):
            message, hint = _NAMELESS if isinstance(target, Piped) else _UNFIT
            problems.append(Problem(message, Place(str(target)), hint))
            continue
        with collected(problems):
            spec = memory.read(target, {}, shared.of(target))
            report = evaluate(spec.network)
            unknown += gaps(report)
            notes += said_of(report)
            limits = chain(spec.budgets, *rules.of(target))
            found[key] = totals(measured(count(report), growing(limits)))
    if problems:
        raise UsageError(*problems)
    return _Current(found, tuple(unknown), tuple(notes))


def _old(path: str, root: str, convention: str, resolve: bool) -> Both:
    if not os.path.exists(path):
        return Both(Baseline(path, convention, {}))
    found = read_both(path, root) if resolve else Both(read_lock(path, root))
    if found.baseline.convention != convention:
        option = command_line(("--convention", found.baseline.convention))
        raise SpecError(
            f"it is counted by {found.baseline.convention}, not by {convention}",
            place=Place(path),
            hint=f"add {option}, or delete it to start anew",
        )
    return found
