"""Findings as comma-separated values, a row a budget, passed ones included."""

from __future__ import annotations

from convcost.budget import Finding, Verdict, total_of
from convcost.views.check.places import place
from convcost.views.screen import PLAIN, Screen
from convcost.views.spreadsheet import Csv, sheet
from convcost.views.standing import cell

HEADER = (
    "network",
    "path",
    "line",
    "metric",
    "actual",
    "limit",
    "passed",
    "excess",
    "level",
    "layer",
    "baseline",
    "status",
)


def render(verdict: Verdict, screen: Screen = PLAIN) -> Csv:
    """Raw integers; `excess` is negative where there is room left, `line` that of the limit in
    the spec or of the layer, empty for a limit from elsewhere."""
    return sheet(HEADER, (_fields(finding) for finding in verdict.findings))


def _fields(finding: Finding) -> tuple[object, ...]:
    return (
        finding.report.name,
        finding.report.path,
        place(finding).line or None,
        finding.budget.metric,
        finding.actual,
        finding.limit,
        None if finding.undecided else str(finding.passed).lower(),
        finding.excess,
        finding.level,
        finding.layer.name if finding.layer else None,
        finding.before,
        cell({total_of(finding.budget.metric): finding.status}),
    )
