"""A verdict in one line."""

from __future__ import annotations

from convcost.budget import Verdict
from convcost.views.check import words
from convcost.views.screen import PLAIN, Screen
from convcost.views.text import Printable


def render(verdict: Verdict, screen: Screen = PLAIN) -> Printable:
    """`FAIL: 3 networks checked, 1 over budget`."""
    result = "PASS" if verdict.passed else "FAIL"
    return Printable.of("{}: {}\n", result, words.verdict(verdict))
