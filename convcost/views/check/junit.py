"""Findings as JUnit's XML, which most CI systems read: a suite a spec, a case a budget."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from convcost.budget import Finding, Verdict
from convcost.errors import Problem
from convcost.views.check import words
from convcost.views.check.places import from_root, place
from convcost.views.screen import PLAIN, Screen
from convcost.views.text import label


def render(verdict: Verdict, screen: Screen = PLAIN) -> str:
    """Passed budgets are cases too; a warning is a case that passed, with a word about it."""
    suites = [
        (from_root(verdict, report.path) or report.name, list(_cases(report.name, group)))
        for report, group in words.by_report(verdict.findings)
    ]
    suites += _problem_suites(verdict)
    failures = sum(finding.failed for finding in verdict.findings)
    counts = _counts(sum(len(cases) for _, cases in suites), failures, len(verdict.problems))
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<testsuites name="convcost" {counts}>']
    for name, cases in suites:
        kinds = [kind for kind, _ in cases]
        counts = _counts(len(cases), kinds.count("failure"), kinds.count("error"))
        lines += [f"  <testsuite name={_quoted(name)} {counts}>"]
        lines += [case for _, case in cases]
        lines += ["  </testsuite>"]
    return "\n".join([*lines, "</testsuites>", ""])


def _counts(tests: int, failures: int, errors: int) -> str:
    return f'tests="{tests}" failures="{failures}" errors="{errors}" skipped="0"'


def _cases(network: str, findings: Sequence[Finding]) -> Iterator[tuple[str, str]]:
    for finding in findings:
        name = words.metric_of(finding) + (" (warn)" if finding.level == "warn" else "")
        inner, kind = "", "passed"
        said = f"{place(finding)}: {finding.message}"
        if finding.failed:
            kind, inner = "failure", _element("failure", "over-budget", finding.message, said)
        elif not finding.passed:
            inner = f"<system-out>{_text(f'warning: {said}')}</system-out>"
        yield kind, _case(name, network, inner)


def _problem_suites(verdict: Verdict) -> list[tuple[str, list[tuple[str, str]]]]:
    suites: dict[str, list[tuple[str, str]]] = {}
    for problem in verdict.problems:
        path = from_root(verdict, problem.place.path) if problem.place else "convcost"
        suites.setdefault(path, []).append(("error", _problem_case(path, problem)))
    return list(suites.items())


def _problem_case(path: str, problem: Problem) -> str:
    inner = _element("error", "problem", problem.message, str(problem))
    return _case(f"can be checked: {label(problem.message)}", path, inner)


def _case(name: str, group: str, inner: str) -> str:
    start = f"    <testcase name={_quoted(name)} classname={_quoted(group)}"
    return f"{start}>\n      {inner}\n    </testcase>" if inner else f"{start}/>"


def _element(tag: str, kind: str, message: str, text: str) -> str:
    return f'<{tag} type="{kind}" message={_quoted(message)}>{_text(text)}</{tag}>'


def _quoted(text: str) -> str:
    return quoteattr(label(text))


def _text(text: str) -> str:
    return escape(label(text))
