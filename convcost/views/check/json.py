"""Findings for other programs: `convcost.check/1`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcost.budget import Finding
from convcost.errors import Problem
from convcost.views.jsontext import document, problem_record
from convcost.views.screen import PLAIN, Screen


def render(
    findings: Sequence[Finding], screen: Screen = PLAIN, problems: Sequence[Problem] = ()
) -> str:
    """`findings` are the budgets that were exceeded, `checks` all of them; `problems` are why
    other specs could not be checked. `passed` says that there is none of the first and last."""
    failed = [_finding_record(finding) for finding in findings if not finding.passed]
    body = {
        "passed": not failed and not problems,
        "findings": failed,
        "checks": [_check_record(finding) for finding in findings],
        "problems": [problem_record(problem) for problem in problems],
    }
    return document("check/1", body)


def _finding_record(finding: Finding) -> dict[str, Any]:
    top = [
        {"name": layer.name, "line": layer.line or None, "actual": getattr(layer, metric)}
        for metric in (finding.budget.metric,)
        for layer in finding.top
    ]
    return _check_record(finding) | {
        "level": finding.level,
        "message": finding.message,
        "excess": finding.excess,
        "excess_share": finding.excess_share,
        "top": top,
    }


def _check_record(finding: Finding) -> dict[str, Any]:
    """A limit that came from a flag stands in no line of the spec."""
    place = finding.budget.place
    return {
        "network": finding.report.name,
        "path": (place.path if place else finding.report.path) or None,
        "line": place.line or None if place else None,
        "col": place.col or None if place else None,
        "metric": finding.budget.metric,
        "actual": finding.actual,
        "limit": finding.budget.limit,
        "passed": finding.passed,
    }
