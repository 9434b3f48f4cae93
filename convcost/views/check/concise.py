"""A line for each budget that is broken, as compilers write them, and the verdict."""

from __future__ import annotations

from convcost.budget import Verdict
from convcost.views.check import words
from convcost.views.check.places import place, prefix
from convcost.views.screen import PLAIN, Screen
from convcost.views.text import Printable, lined


def render(verdict: Verdict, screen: Screen = PLAIN) -> Printable:
    """`specs/a.yaml:12:31: error: a: 1,015,808 macs exceed ...`, which editors jump to."""
    lines: list[str] = []
    for finding in verdict.findings:
        if finding.broken:
            level = "error" if finding.failed else "warning"
            lines.append(f"{prefix(place(finding))}{level}: {finding.message}")
    lines += (f"{prefix(each.place)}error: {each.message}" for each in verdict.problems)
    return lined([*lines, words.verdict(verdict), ""])
