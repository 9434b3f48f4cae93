"""Findings as a terminal shows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from convcost.budget import Finding
from convcost.cost import Report
from convcost.errors import Problem
from convcost.views.check import words
from convcost.views.eval.words import costliest, title
from convcost.views.screen import BOLD, DIM, GREEN, RED, Screen
from convcost.views.text import label
from convcost.views.wrapping import folded

_INDENT = " " * 6
_NAME = len("activations") + 2
_BELOW = _INDENT + " " * _NAME


def render(findings: Sequence[Finding], screen: Screen, problems: Sequence[Problem] = ()) -> str:
    """Pass or fail for each network, a line a budget, and for what failed why and where."""
    lines: list[str] = []
    for report, group in words.by_report(findings):
        lines += [*_network(report, group, screen), ""]
    return "\n".join([*lines, words.verdict(findings, problems), ""])


def _network(report: Report, findings: Sequence[Finding], screen: Screen) -> Iterator[str]:
    passed = all(finding.passed for finding in findings)
    word = screen.paint(GREEN, "PASS") if passed else screen.paint(f"{BOLD};{RED}", "FAIL")
    path = label(report.path) if report.path != report.name else ""
    yield f"{word}  {screen.paint(BOLD, title(report))}  {screen.paint(DIM, path)}".rstrip()
    for finding, compared in zip(findings, words.comparisons(findings), strict=True):
        yield from _finding(finding, compared, screen)


def _finding(finding: Finding, compared: str, screen: Screen) -> Iterator[str]:
    style = "" if finding.passed else RED
    name, margin = words.NAMES[finding.budget.metric], words.margin(finding)
    line = f"{_INDENT}{name:<{_NAME}}{screen.paint(style, compared)}"
    painted = screen.paint(style or DIM, margin)
    needed = len(_INDENT) + _NAME + len(compared) + 2 + len(margin)
    if screen.width is None or needed <= screen.width:
        yield f"{line}  {painted}"
    else:
        yield line
        yield f"{_BELOW}{painted}"
    if not finding.passed:
        for text in (
            f"limit: {words.limit_from(finding)}",
            f"costliest layers: {costliest(finding.top, finding.budget.metric, finding.actual)}",
        ):
            room = None if screen.width is None else max(20, screen.width - len(_BELOW))
            for part in folded(text, room):
                yield f"{_BELOW}{screen.paint(DIM, part)}"
