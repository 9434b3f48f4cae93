"""Findings as comma-separated values, a row a budget, passed ones included."""

from __future__ import annotations

from collections.abc import Sequence

from convcost.budget import Finding
from convcost.errors import Problem
from convcost.views.screen import PLAIN, Screen
from convcost.views.spreadsheet import sheet

HEADER = ("network", "path", "line", "metric", "actual", "limit", "passed", "excess")


def render(
    findings: Sequence[Finding], screen: Screen = PLAIN, problems: Sequence[Problem] = ()
) -> str:
    """Raw integers; `excess` is negative where there is room left, `line` that of the limit in
    the spec, empty for a limit from the command line."""
    return sheet(HEADER, (_fields(finding) for finding in findings))


def _fields(finding: Finding) -> tuple[object, ...]:
    return (
        finding.report.name,
        finding.report.path,
        finding.budget.place.line if finding.budget.place else None,
        finding.budget.metric,
        finding.actual,
        finding.budget.limit,
        str(finding.passed).lower(),
        finding.excess,
    )
