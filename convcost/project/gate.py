"""A check of a project, from what is asked for to a verdict."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from convcost.budget import NOTHING_MAY_GROW, Budget, Change, Finding, Verdict, growing, scope_of
from convcost.checking import check, undecided
from convcost.errors import Place, Problem, collected
from convcost.gaps import Gap, gaps, said_of
from convcost.limits import check_metric
from convcost.metrics import measured
from convcost.project.against import Against, Altered, Before, against, as_ref
from convcost.project.changed import explained, pointed
from convcost.project.layout import (
    AnyPath,
    Paths,
    Project,
    Track,
    convention_in,
    open_project,
    options_of,
    seen_from,
    setting_in,
    specs,
    words,
)
from convcost.project.past import Was
from convcost.project.permission import ASK_BASE, RUN_CODE, allowed, base_allows
from convcost.project.remembered import Memory, memory_of
from convcost.project.rules import Rules, in_force
from convcost.sources import Target
from convcost.sources.counting import DEFAULT, counted
from convcost.sources.given import Given, Shared, parse_given, share
from convcost.sources.inputs import Inputs
from convcost.sources.inside import repository
from convcost.sources.targets import is_imported
from convcost.status import ALL_COMPLETE

if TYPE_CHECKING:
    from convcost.cost import Report
    from convcost.setting import Setting

_HINT = f"{RUN_CODE}, {ASK_BASE}"


class Request(NamedTuple):
    """What is asked for, as `check_project` takes it; `options` are those that `convcost lock`
    needs to be told as well."""

    paths: Sequence[str]
    base: str | None
    convention: str | None
    setting: Setting
    options: Sequence[str]
    values: Mapping[str, Any]
    given: Given
    limits: Sequence[Budget]
    lenient: bool
    run_code: bool
    cache: AnyPath | bool
    track: Track


def check_project(
    folder: AnyPath = ".",
    paths: Paths = (),
    *,
    base: str | None = None,
    config: AnyPath | None = None,
    convention: str | None = None,
    dtype: str | None = None,
    metrics: Mapping[str, Any] | None = None,
    values: Mapping[str, Any] | None = None,
    input_shape: Inputs | None = None,
    arguments: Mapping[str, Any] | None = None,
    inputs_from: str | None = None,
    rules: Sequence[AnyPath] = (),
    limits: Iterable[Budget] = (),
    lenient: bool = False,
    run_code: bool = False,
    cache: AnyPath | bool = False,
    track: Track = iter,
) -> Verdict:
    """Hold the networks to their budgets, as `convcost check` does when it is run in `folder`.

    Without `paths` the networks are those of the settings. A `str` means what it would on the
    command line (`torch:package.module:factory` runs that module, a name may be of a network that
    ships); any other path is a file or a folder, and nothing else. Paths are seen from `folder`.

    `base` is a lock file, a commit (`git:REF`, or its name) or `none`, in place of what the
    settings say; `config` the settings to take in place of those that hold in the folder;
    `convention` a name or file; `dtype`, such as `int8`, is what bytes are counted in; `metrics` is
    like that part of the settings, such as `{"device": "t4"}`; `values` take the place of the
    specs' `vars`; `input_shape`, `3x224x224` or a list of such, is for networks that are imported,
    or else for all; `arguments` are for PyTorch factories, and `inputs_from`,
    `package.module:make`, is code that makes their inputs. `rules` are files that say what unknown
    operations cost. `limits` go before those of settings and specs for the same metric. `lenient`
    takes what was counted for all there is. `run_code` runs the code that settings name, as do
    those that are committed in the REF of `base` if they say so; else it is a problem. What code
    comes to is kept in the folder `cache`, or for True in the user's unless this is CI, if the
    program has not imported it itself. `track` hands out the specs, as a progress bar does.

    What could not be checked is in the verdict's `problems`; only the `CodeError` of failing code
    that no settings name is raised. `convcost check` ends with 2 for problems, else with 1 if the
    verdict is `over`, else with 0. Threads can check side by side.
    """
    found: list[Problem] = []
    verdict = Verdict((), here=os.getcwd(), root=repository(os.fspath(folder)))
    with collected(found):
        project = open_project(folder, config)
        given = parse_given(input_shape, arguments, inputs_from, seen_from(project, rules))
        under = {"dtype": dtype, **(metrics or {})}
        named = options_of({"config": config, "convention": convention, **under})
        which = (words(paths), base, convention, setting_in(project, under), named)
        how = (lenient, run_code, cache, track)
        asked = Request(*which, values or {}, given, tuple(limits), *how)
        verdict = _checked(project, asked, verdict)
    return verdict._replace(problems=(*verdict.problems, *found))


def _checked(project: Project, asked: Request, verdict: Verdict) -> Verdict:
    baseline = as_ref(asked.base, project.folder) if asked.base else None
    for limit in asked.limits:
        check_metric(limit.metric)
    convention = convention_in(project, asked.convention)

    def count(report: Report) -> Report:
        return counted(report, convention).under(asked.setting)

    name = convention.name if convention else DEFAULT
    found = specs(project, asked.paths)

    def may_run() -> bool:
        return asked.run_code or base_allows(project, baseline)

    targets, refused = allowed(found, may_run, _HINT)
    shared = share(asked.given, targets)
    base = against(project, baseline, Altered(asked.values, shared), name, count, asked.options)
    memory = memory_of(project, asked.cache)
    run = _Run(asked, base, count, Rules(project.config), shared, memory, problems=refused)
    run.all(targets)
    run.problems += run.rules.unmatched(is_all=not asked.paths)
    if base:
        run.problems += base.stale(found, is_all=not asked.paths)
    return verdict._replace(
        findings=tuple(run.findings),
        problems=tuple(run.problems),
        changes=tuple(run.changes),
        against=base.name if base else "",
        gaps=tuple(run.gaps),
        notes=(*shared.notes, *run.notes),
        accept=base.accept(run.grown) if base else "",
    )


@dataclass
class _Run:
    """What is found out, spec by spec; no network outlives its turn."""

    asked: Request
    base: Against | None
    count: Callable[[Report], Report]
    rules: Rules
    shared: Shared
    memory: Memory
    findings: list[Finding] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    grown: list[Target] = field(default_factory=list)
    without_base: set[Place | None] = field(default_factory=set)

    def all(self, targets: Sequence[Target]) -> None:
        """Check every one of the specs."""
        befores = self.base.before(targets) if self.base else (None for _ in targets)
        # The targets come second, so that a bar goes when they end.
        for before, target in zip(befores, self.asked.track(targets), strict=True):
            with collected(self.problems):
                self._one(target, before)

    def _one(self, target: Target, before: Before | None) -> None:
        from convcost.cost import evaluate

        spec = self.memory.read(target, self.asked.values, self.shared.of(target))
        report = self.count(evaluate(spec.network))
        self.gaps += gaps(report)
        self.notes += said_of(report)
        budgets = in_force(spec.budgets, *self.rules.of(target), self.asked.limits)
        growth = [budget for budget in budgets if scope_of(budget.metric) == "growth"]
        report = measured(report, growing(growth))
        was = before(report) if before else None
        if before and not growth:
            budgets += NOTHING_MAY_GROW
        if not before and growth:
            self._needs_base(growth)
        if not budgets:
            self.problems.append(_nothing_to_check(target))
        old = was.totals.numbers if was else None
        status = was.totals.status if was else ALL_COMPLETE
        found = check(report, budgets, old, status_before=status, lenient=self.asked.lenient)
        if before:
            found = self._compared(report, was, target, found)
        self.findings += found
        self.problems += undecided(found)

    def _compared(
        self, report: Report, was: Was | None, target: Target, found: tuple[Finding, ...]
    ) -> tuple[Finding, ...]:
        small = found[0].report if found else report._replace(layers=())
        numbers = was.totals.numbers if was else None
        change = Change(small, numbers, table=self.rules.table(target))
        if was and change.changed:
            known = explained(report, was, target)
            change = change._replace(layers=known.layers, unexplained=known.why)
            found = pointed(found, known)
        self.changes.append(change)
        if any(each.broken and each.before is not None for each in found):
            self.grown.append(target)
        return found

    def _needs_base(self, growth: Sequence[Budget]) -> None:
        for budget in growth:
            if budget.place not in self.without_base:
                self.without_base.add(budget.place)
                self.problems.append(
                    Problem(
                        f"{budget.metric} is limited, and there is no baseline to grow from",
                        budget.place,
                        'run "convcost lock", or compare with git: --base git:origin/main',
                    )
                )


def _nothing_to_check(target: Target) -> Problem:
    flags = "or give --max-params or --max-macs"
    if is_imported(target):
        message, hint = "it has no budgets", "set budgets for it in the settings"
    else:
        message, hint = "this spec has no budgets", "add budgets: {params: 4.3M, macs: 600M} to it"
    return Problem(f"nothing to check: {message}", Place(str(target)), f"{hint}, {flags}")
