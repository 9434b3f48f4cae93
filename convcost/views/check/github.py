"""Findings as annotations of GitHub's: workflow commands, worst first.

GitHub shows ten errors and ten warnings of a step; the last of them counts those left out. See
https://docs.github.com/actions/reference/workflow-commands-for-github-actions.
"""

from __future__ import annotations

from collections.abc import Sequence

from convcost.budget import Finding, Verdict
from convcost.errors import Place
from convcost.views.check.places import from_root, place
from convcost.views.check.words import NAMES
from convcost.views.screen import PLAIN, Screen
from convcost.views.text import label

MOST_SHOWN = 10
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def render(verdict: Verdict, screen: Screen = PLAIN) -> str:
    """One line each, errors before warnings; what could not be checked is an error."""
    problems = [
        _command(verdict, "error", "cannot be checked", problem.place, problem.message)
        for problem in verdict.problems
    ]
    failed = [finding for finding in verdict.findings if finding.failed]
    warned = [each for each in verdict.findings if not each.passed and not each.failed]
    errors = [*problems, *(_annotation(verdict, "error", each) for each in _worst(failed))]
    warnings = [_annotation(verdict, "warning", each) for each in _worst(warned)]
    lines = [*_first(errors, "error"), *_first(warnings, "warning")]
    return "".join(f"{line}\n" for line in lines)


def _worst(findings: Sequence[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda each: -(each.excess_share or float("inf")))


def _first(lines: Sequence[str], level: str) -> list[str]:
    if len(lines) <= MOST_SHOWN:
        return list(lines)
    left = len(lines) - (MOST_SHOWN - 1)
    return [*lines[: MOST_SHOWN - 1], f"::{level} title=convcost::+{left} more"]


def _annotation(verdict: Verdict, level: str, finding: Finding) -> str:
    title = f"{NAMES[finding.budget.metric]} over budget"
    return _command(verdict, level, title, place(finding), finding.message)


def _command(verdict: Verdict, level: str, title: str, where: Place | None, message: str) -> str:
    properties = {"title": f"convcost: {title}"}
    said = label(message)
    if where and where.path:
        path = from_root(verdict, where.path)
        properties["file"] = label(path)
        properties |= {key: str(value) for key, value in _span(where).items() if value}
        said = f"{label(str(where._replace(path=path)))}: {said}"
    listed = ",".join(f"{key}={text.translate(_PROPERTY)}" for key, text in properties.items())
    return f"::{level} {listed}::{said.translate(_DATA)}"


def _span(where: Place) -> dict[str, int]:
    """GitHub takes columns only where they are of one line."""
    if where.end_line > where.line:
        return {"line": where.line, "endLine": where.end_line}
    return {
        "line": where.line,
        "col": where.col,
        "endLine": where.end_line,
        "endColumn": where.end_col,
    }
