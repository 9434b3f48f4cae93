"""A check from what the command line asks for to a verdict."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from convcost.budget import NOTHING_MAY_GROW, Budget, Change, Finding, Verdict, growing, scope_of
from convcost.checking import check as hold
from convcost.checking import undecided
from convcost.cli.against import Against, against
from convcost.cli.progress import tracked
from convcost.cli.project import convention_in, key_of, matching, settings, specs, unmatched
from convcost.cli.terminal import ColorChoice
from convcost.errors import CodeError, ConvcostError, Place, Problem
from convcost.metrics import measured
from convcost.sources.inside import repository
from convcost.status import ALL_COMPLETE

if TYPE_CHECKING:
    from convcost.cost import Report
    from convcost.sources import Target
    from convcost.sources.project.config import Config, Rule


class Asked(NamedTuple):
    """What the command line says."""

    paths: Sequence[str] = ()
    flags: Sequence[Budget] = ()
    values: Mapping[str, Any] = MappingProxyType({})
    base: str | None = None
    config: str | None = None
    convention: str | None = None
    input_shape: str | None = None
    color: ColorChoice = "auto"
    lenient: bool = False


class Checked(NamedTuple):
    """The verdict, and what the networks have that convcost has no rule for."""

    verdict: Verdict
    unknown: tuple[str, ...] = ()


def gate(asked: Asked) -> Checked:
    """Hold what is asked for to its budgets. What goes wrong is in the verdict's problems, so
    that every output tells of it; only the failure of a user's own code is raised."""
    here = os.getcwd()
    frame = Verdict((), here=here, root=repository(here))
    try:
        return _gated(asked, frame)
    except CodeError:  # its traceback is to be shown
        raise
    except ConvcostError as error:
        return Checked(frame._replace(problems=error.problems))


def _gated(asked: Asked, frame: Verdict) -> Checked:
    config = settings(asked.config)
    convention = convention_in(asked.convention, config)

    def count(report: Report) -> Report:
        if convention is None:
            return report
        from convcost.conventions import apply

        return apply(report, convention)

    name = convention.name if convention else "papers"
    base = against(asked.base, config, asked.values, name, count)
    targets = specs(asked.paths, config)
    run = _Run(asked, config, base, count, Rules(config))
    run.all(targets)
    run.problems += run.rules.unmatched(is_all=not asked.paths)
    if base:
        run.problems += base.stale(targets, is_all=not asked.paths)
    verdict = frame._replace(
        findings=tuple(run.findings),
        problems=tuple(run.problems),
        changes=tuple(run.changes),
        against=base.name if base else "",
    )
    return Checked(verdict, tuple(run.unknown))


class Rules:
    """The budgets of the settings, by the specs that they are for."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._used: set[int] = set()
        self._exact: dict[str, list[tuple[int, Rule]]] = {}
        self._patterns: list[tuple[int, Rule]] = []
        for index, rule in enumerate(config.rules):
            if set("*?") & set(rule.pattern.glob):
                self._patterns.append((index, rule))
            else:
                self._exact.setdefault(rule.pattern.glob, []).append((index, rule))

    def of(self, target: Target) -> list[Sequence[Budget]]:
        """The budgets of each rule for a spec, in the order of the file."""
        from convcost.sources.project.globs import matches

        key = key_of(target, self._config.folder).removeprefix("./")
        found = [each for each in self._patterns if matches(each[1].pattern.glob, key)]
        found += self._exact.get(key, [])
        self._used |= {index for index, _ in found}
        return [rule.budgets for _, rule in sorted(found, key=lambda each: each[0])]

    def unmatched(self, is_all: bool) -> list[Problem]:
        """The rules that no spec was for; of some specs only, those that no file is for."""
        left = [each for index, each in enumerate(self._config.rules) if index not in self._used]
        return [
            unmatched(rule.pattern.glob, rule.pattern.place)
            for rule in left
            if is_all or not matching(rule.pattern, self._config)
        ]


@dataclass
class _Run:
    """What is found out, spec by spec; no network outlives its turn."""

    asked: Asked
    config: Config
    base: Against | None
    count: Callable[[Report], Report]
    rules: Rules
    findings: list[Finding] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    without_base: set[Place | None] = field(default_factory=set)

    def all(self, targets: Sequence[Target]) -> None:
        """Check every one of the specs."""
        befores = self.base.before(targets) if self.base else (None for _ in targets)
        # The targets come second, so that the bar goes when they end.
        bar = tracked(targets, "checking", self.asked.color)
        for before, target in zip(befores, bar, strict=True):
            try:
                self._one(target, before)
            except CodeError:
                raise
            except ConvcostError as error:
                self.problems += error.problems

    def _one(self, target: Target, before: Callable[[Report], Any] | None) -> None:
        from convcost.cost import evaluate
        from convcost.sources import read

        spec = read(target, self.asked.values, self.asked.input_shape)
        report = self.count(evaluate(spec.network))
        self._note_unknown(report)
        budgets = in_force(spec.budgets, *self.rules.of(target), self.asked.flags)
        growth = [budget for budget in budgets if scope_of(budget.metric) == "growth"]
        report = measured(report, growing(growth))
        was = before(report) if before else None
        if before and not growth:
            budgets += NOTHING_MAY_GROW
        if not before and growth:
            self._needs_base(growth)
        if not budgets:
            self.problems.append(_nothing_to_check(report.path))
        old = was.numbers if was else None
        status = was.status if was else ALL_COMPLETE
        found = hold(report, budgets, old, status_before=status, lenient=self.asked.lenient)
        self.findings += found
        self.problems += undecided(found)
        if before:
            small = found[0].report if found else report._replace(layers=())
            self.changes.append(Change(small, old))

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

    def _note_unknown(self, report: Report) -> None:
        if not report.status:
            return
        from convcost.views.unknown import unknown_lines

        self.unknown += unknown_lines(report)


def in_force(*sources: Sequence[Budget]) -> list[Budget]:
    """The budgets of all sources; what a later one says of a metric takes the place of all that
    was said of it before."""
    by_metric: dict[str, list[Budget]] = {}
    for source in sources:
        for metric in {budget.metric: None for budget in source}:
            by_metric[metric] = [budget for budget in source if budget.metric == metric]
    return [budget for budgets in by_metric.values() for budget in budgets]


def _nothing_to_check(path: str) -> Problem:
    return Problem(
        "nothing to check: this spec has no budgets",
        Place(path),
        "add budgets: {params: 4.3M, macs: 600M} to it, or give --max-params or --max-macs",
    )
