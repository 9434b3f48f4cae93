"""A suggestion in Markdown."""

from __future__ import annotations

from convcost.suggestion import METRICS, Suggestion
from convcost.views.markdown import escape, table
from convcost.views.screen import PLAIN, Screen
from convcost.views.suggest import words

_TITLES = ("", "layer", "kind", "becomes", "saves params", "saves MACs")


def render(suggestion: Suggestion, screen: Screen = PLAIN, spec: str = "") -> str:
    """The verdict, and the layers to replace, the one that saves most first."""
    parts = [f"**{escape('; '.join(words.verdict(suggestion)))}**"]
    if suggestion.chosen:
        rows = [
            [
                str(rank),
                escape(option.layer.name),
                escape(option.layer.kind),
                escape(option.replacement.label),
                *(f"{option.saving(metric):,}" for metric in METRICS),
            ]
            for rank, option in enumerate(suggestion.chosen, 1)
        ]
        parts.append(table(_TITLES, rows, right=("", *_TITLES[4:])).rstrip())
        parts.append("<br>\n".join(words.left(suggestion, each) for each in suggestion.budgets))
    return "\n\n".join([*parts, words.CAVEAT]) + "\n"
