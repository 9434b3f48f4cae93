"""Findings as GitLab's code quality report: https://docs.gitlab.com/ci/testing/code_quality/."""

from __future__ import annotations

from typing import Any

from convcost.budget import Verdict
from convcost.views.check.places import marked, pointed_at, problem_marks
from convcost.views.jsontext import Json, indented
from convcost.views.screen import PLAIN, Screen
from convcost.views.text import Printable


def render(verdict: Verdict, screen: Screen = PLAIN) -> Json:
    """A list of what is broken, `[]` if nothing is."""
    broken = [finding for finding in verdict.findings if finding.broken]
    records = [
        _record(
            finding.message,
            f"convcost/{finding.budget.metric}",
            "major" if finding.failed else "minor",
            fingerprint,
            path,
            pointed_at(finding).line,
        )
        for finding, path, fingerprint in marked(verdict, broken)
    ]
    records += [
        _record(
            problem.message,
            "convcost/problem",
            "critical",
            fingerprint,
            path,
            problem.place.line if problem.place else 0,
        )
        for problem, path, fingerprint in problem_marks(verdict)
    ]
    return indented(records)


def _record(
    text: str, name: str, severity: str, fingerprint: str, path: str, line: int
) -> dict[str, Any]:
    return {
        "description": Printable(text),
        "check_name": name,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": path or ".", "lines": {"begin": line or 1}},
    }
