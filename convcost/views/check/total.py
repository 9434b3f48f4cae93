"""A verdict in one line."""

from __future__ import annotations

from convcost.budget import Verdict
from convcost.views.check import words
from convcost.views.screen import PLAIN, Screen


def render(verdict: Verdict, screen: Screen = PLAIN) -> str:
    """`FAIL: 3 networks checked, 1 over budget`."""
    return f"{'PASS' if verdict.passed else 'FAIL'}: {words.verdict(verdict)}\n"
