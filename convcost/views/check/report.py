"""A verdict as a page that stands alone: what changed, first; then what is over."""

from __future__ import annotations

from convcost.budget import Verdict
from convcost.views.check import words
from convcost.views.check.comment import comment
from convcost.views.html import Html
from convcost.views.page import blocks
from convcost.views.report.frame import page
from convcost.views.report.writer import Blocks
from convcost.views.screen import PLAIN, Screen
from convcost.views.sheet import Text


def render(verdict: Verdict, screen: Screen = PLAIN) -> Html:
    """The comment's parts under its headline."""
    same = Text([f"Nothing changed since {verdict.against}, and nothing is over."])
    told = blocks(comment(verdict)[1:] or [same], Blocks("Networks and limits"))
    return page(words.verdict(verdict), Html(), told, f"convention {verdict.convention}")
