"""Findings in Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from convcost.budget import Finding
from convcost.errors import Problem
from convcost.views.check import words
from convcost.views.eval.words import costliest, title
from convcost.views.markdown import escape, table
from convcost.views.screen import PLAIN, Screen

_TITLES = (
    "result",
    "network",
    "metric",
    "actual",
    "limit",
    "margin",
    "limit from",
    "costliest layers",
)


def render(
    findings: Sequence[Finding], screen: Screen = PLAIN, problems: Sequence[Problem] = ()
) -> str:
    """The verdict, and a row a budget."""
    rows = [_cells(finding) for finding in findings]
    verdict = words.verdict(findings, problems)
    return f"**{verdict}**\n\n{table(_TITLES, rows, right=('actual', 'limit'))}"


def _cells(finding: Finding) -> list[str]:
    return [
        "pass" if finding.passed else "**over**",
        escape(title(finding.report)),
        words.NAMES[finding.budget.metric],
        f"{finding.actual:,}",
        f"{finding.budget.limit:,}",
        words.margin(finding),
        escape(words.limit_from(finding)),
        ""
        if finding.passed
        else escape(costliest(finding.top, finding.budget.metric, finding.actual)),
    ]
