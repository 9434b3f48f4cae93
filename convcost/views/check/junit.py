"""Findings as JUnit's XML, which most CI systems read: a suite a spec, a case a budget."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from convcost.budget import Finding, Verdict
from convcost.errors import Problem
from convcost.views.check import words
from convcost.views.check.places import from_root, place, prefix
from convcost.views.language import Language
from convcost.views.screen import PLAIN, Screen
from convcost.views.text import Printable


class Xml(Language):
    """XML 1.0; its escape makes text, or the value of an attribute between double quotes."""

    __slots__ = ()

    @classmethod
    def _escaped(cls, text: str) -> str:
        return escape(Printable(text), {'"': "&quot;"})


def render(verdict: Verdict, screen: Screen = PLAIN) -> Xml:
    """Passed budgets are cases too; a warning is a case that passed, with a word about it."""
    suites = [
        (from_root(verdict, report.path) or report.name, list(_cases(report.name, group)))
        for report, group in words.by_report(verdict.findings)
    ]
    suites += _problem_suites(verdict)
    failures = sum(finding.failed for finding in verdict.findings)
    counts = _counts(sum(len(cases) for _, cases in suites), failures, len(verdict.problems))
    lines = [
        Xml.of('<?xml version="1.0" encoding="UTF-8"?>'),
        Xml.of('<testsuites name="convcost" {}>', counts),
    ]
    for name, cases in suites:
        kinds = [kind for kind, _ in cases]
        counts = _counts(len(cases), kinds.count("failure"), kinds.count("error"))
        lines += [Xml.of('  <testsuite name="{}" {}>', name, counts)]
        lines += [case for _, case in cases]
        lines += [Xml.of("  </testsuite>")]
    return Xml.of("{}\n</testsuites>\n", Xml.of("\n").join(lines))


def _counts(tests: int, failures: int, errors: int) -> Xml:
    return Xml.of('tests="{}" failures="{}" errors="{}" skipped="0"', tests, failures, errors)


def _cases(network: str, findings: Sequence[Finding]) -> Iterator[tuple[str, Xml]]:
    # What cannot be told is an error, a case of its own.
    for finding in (each for each in findings if not each.undecided):
        name = words.metric_of(finding) + (" (warn)" if finding.level == "warn" else "")
        inner, kind = Xml(), "passed"
        said = f"{prefix(place(finding))}{finding.message}"
        if finding.failed:
            kind, inner = "failure", _element("failure", "over-budget", finding.message, said)
        elif finding.broken:
            inner = Xml.of("<system-out>{}</system-out>", f"warning: {said}")
        yield kind, _case(name, network, inner)


def _problem_suites(verdict: Verdict) -> list[tuple[str, list[tuple[str, Xml]]]]:
    suites: dict[str, list[tuple[str, Xml]]] = {}
    for problem in verdict.problems:
        path = from_root(verdict, problem.place.path) if problem.place else "convcost"
        suites.setdefault(path, []).append(("error", _problem_case(path, problem)))
    return list(suites.items())


def _problem_case(path: str, problem: Problem) -> Xml:
    inner = _element("error", "problem", problem.message, str(problem))
    return _case(f"can be checked: {problem.message}", path, inner)


def _case(name: str, group: str, inner: Xml) -> Xml:
    start = Xml.of('    <testcase name="{}" classname="{}"', name, group)
    if not inner:
        return Xml.of("{}/>", start)
    return Xml.of("{}>\n      {}\n    </testcase>", start, inner)


def _element(tag: str, kind: str, message: str, text: str) -> Xml:
    return Xml.of('<{} type="{}" message="{}">{}</{}>', tag, kind, message, text, tag)
