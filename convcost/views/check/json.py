"""A verdict for other programs: `convcost.check/1`."""

from __future__ import annotations

from typing import Any

from convcost.budget import Change, Finding, Verdict, total_of
from convcost.views.check.places import limit_from, place
from convcost.views.jsontext import Json, document, problem_record
from convcost.views.screen import PLAIN, Screen
from convcost.views.standing import entry


def render(verdict: Verdict, screen: Screen = PLAIN) -> Json:
    """`findings` are the budgets that were exceeded, warnings among them, `checks` all of them;
    `problems` are why something could not be checked. `passed` says that there is no problem and
    no finding of the level error. `changes` are all networks beside the baseline, if there is
    one."""
    body = {
        "passed": verdict.passed,
        "convention": verdict.convention,
        "findings": [_finding_record(each) for each in verdict.findings if not each.passed],
        "checks": [_check_record(finding) for finding in verdict.findings],
        "problems": [problem_record(problem) for problem in verdict.problems],
        "baseline": verdict.against or None,
        "changes": [_change_record(change) for change in verdict.changes],
    }
    return document("check/1", body)


def _finding_record(finding: Finding) -> dict[str, Any]:
    metric = total_of(finding.budget.metric)
    top = [
        {"name": layer.name, "line": layer.line or None, "actual": layer.figure(metric)}
        for layer in finding.top
    ]
    return _check_record(finding) | {
        "message": finding.message,
        "excess": finding.excess,
        "excess_share": finding.excess_share,
        "top": top,
    }


def _check_record(finding: Finding) -> dict[str, Any]:
    """A limit that came from elsewhere stands in no line of the spec."""
    where = place(finding)
    return {
        "network": finding.report.name,
        "path": where.path or None,
        "line": where.line or None,
        "col": where.col or None,
        "metric": finding.budget.metric,
        "actual": finding.actual,
        "limit": finding.limit,
        "limit_from": limit_from(finding.budget),
        "passed": finding.passed,
        "level": finding.level,
        "layer": finding.layer.name if finding.layer else None,
        "baseline": finding.before,
        **entry({total_of(finding.budget.metric): finding.status}),
    }


def _change_record(change: Change) -> dict[str, Any]:
    return {
        "network": change.report.name,
        "path": change.report.path or None,
        "changed": change.changed,
        "before": change.before and {name: change.before[name] for name in change.metrics},
        "after": {name: change.report.figure(name) for name in change.metrics},
        **entry(change.report.status),
    }
