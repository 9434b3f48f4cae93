"""A verdict: what keeps within its budgets, what does not, and what cannot be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from convcost.budget import Change, Finding, Findings, Verdict, total_of
from convcost.causes import LayerChange
from convcost.cost import LayerCost
from convcost.metrics import USUAL
from convcost.status import Statuses
from convcost.views.check.comment import comment
from convcost.views.check.lines import terminal
from convcost.views.check.places import limit_from, place
from convcost.views.screen import Screen
from convcost.views.sheet import Column, Part, Sheet
from convcost.views.standing import cell, entry

_CSV, _JSON = ("csv",), ("json",)


def _status(finding: Finding) -> Statuses:
    return {total_of(finding.budget.metric): finding.status}


CHECKS: Sequence[Column[Finding]] = (
    Column("network", lambda each: each.report.name),
    Column(
        "path",
        lambda each: place(each).path or None,
        special={"csv": lambda each: each.report.path},
    ),
    Column("line", lambda each: place(each).line or None),
    Column("col", lambda each: place(each).col or None, only=_JSON),
    Column("metric", lambda each: each.budget.metric),
    Column("actual", lambda each: each.actual),
    Column("limit", lambda each: each.limit),
    Column("limit_from", lambda each: limit_from(each.budget), only=_JSON),
    Column("passed", lambda each: each.passed),
    Column("excess", lambda each: each.excess, only=_CSV),
    Column("level", lambda each: each.level),
    Column("layer", lambda each: each.layer.name if each.layer else None),
    Column("baseline", lambda each: each.before),
    Column(
        "status",
        lambda each: entry(_status(each)).get("status"),
        special={"csv": lambda each: cell(_status(each))},
        optional=True,
    ),
)
FINDINGS: Sequence[Column[Finding]] = (
    *CHECKS,
    Column("message", lambda each: each.message, only=_JSON),
    Column("excess", lambda each: each.excess, only=_JSON),
    Column("excess_share", lambda each: each.excess_share, only=_JSON),
    Column("top", lambda each: Sheet(_top(total_of(each.budget.metric)), each.top), only=_JSON),
    Column("changed_line", lambda each: each.changed_line or None, only=_JSON),
)
LAYERS: Sequence[Column[LayerChange]] = (
    Column("change", lambda each: each.sort),
    Column("name", lambda each: each.layer.name),
    Column("causes", lambda each: [cause._asdict() for cause in each.causes]),
    Column("delta", lambda each: {name: each.delta(name) for name in USUAL}),
    Column("line", lambda each: (each.after and each.after.line) or None),
)
CHANGES: Sequence[Column[Change]] = (
    Column("network", lambda each: each.report.name),
    Column("path", lambda each: each.report.path or None),
    Column("changed", lambda each: each.changed),
    Column(
        "before",
        lambda each: each.before and {name: each.before[name] for name in each.metrics},
    ),
    Column("after", lambda each: {name: each.report.figure(name) for name in each.metrics}),
    Column("status", lambda each: entry(each.report.status).get("status"), optional=True),
    Column("layers", lambda each: each.layers and Sheet(LAYERS, each.layers), optional=True),
    Column("unexplained", lambda each: each.unexplained, optional=True),
)
"""All networks beside the baseline."""


class _Checked(NamedTuple):
    verdict: Verdict
    verbose: bool = False
    schema: str = "check/1"
    depth: int = 1

    def body(self) -> Mapping[str, Any]:
        """`findings` are the budgets that were exceeded, warnings among them, `checks` all of
        them; `problems` are why something could not be checked. `passed` says that there is no
        problem and no finding of the level error. `changes` are all networks beside the baseline,
        if there is one."""
        from convcost.views import problems  # which tables have no use for

        verdict = self.verdict
        return {
            "passed": verdict.passed,
            "convention": verdict.convention,
            "findings": Sheet(FINDINGS, [each for each in verdict.findings if not each.passed]),
            "checks": self.flat(),
            "problems": Sheet(problems.COLUMNS, verdict.problems),
            "baseline": verdict.against or None,
            "changes": Sheet(CHANGES, verdict.changes),
        }

    def flat(self) -> Sheet[Finding]:
        """A row a budget, passed ones included; `excess` is negative where there is room left,
        `line` that of the limit in the spec or of the layer, empty for a limit from elsewhere."""
        return Sheet(CHECKS, self.verdict.findings)

    def parts(self, screen: Screen) -> Sequence[Part]:
        return [*terminal(self.verdict, screen, self.verbose), *comment(self.verdict)]


result = _Checked


def arguments(found: Verdict | Findings) -> tuple[tuple[Verdict], Mapping[str, Any]]:
    """A verdict, or that of findings by themselves."""
    return (found if isinstance(found, Verdict) else Verdict(found),), {}


def _top(metric: str) -> Sequence[Column[LayerCost]]:
    return (
        Column("name", lambda layer: layer.name),
        Column("line", lambda layer: layer.line or None),
        Column("actual", lambda layer: layer.figure(metric)),
    )
