"""A suggestion in Markdown."""

from __future__ import annotations

from convcost.metrics import SAVED
from convcost.suggestion import Suggestion
from convcost.views.figures import number
from convcost.views.markdown import Cell, Markdown, blocks, bold, table
from convcost.views.screen import PLAIN, Screen
from convcost.views.suggest import words

_TITLES = ("", "layer", "kind", "becomes", "saves params", "saves MACs")


def render(suggestion: Suggestion, screen: Screen = PLAIN, spec: str = "") -> Markdown:
    """The verdict, and the layers to replace, the one that saves most first."""
    parts = [bold("; ".join(words.verdict(suggestion)))]
    if suggestion.chosen:
        rows: list[list[Cell]] = [
            [
                number(rank),
                Markdown(option.layer.name),
                Markdown(option.layer.kind),
                Markdown(option.replacement.label),
                *(number(option.saving(metric)) for metric in SAVED),
            ]
            for rank, option in enumerate(suggestion.chosen, 1)
        ]
        parts.append(table(_TITLES, rows, right=("", *_TITLES[4:])))
        left = (words.left(suggestion, each) for each in suggestion.budgets)
        parts.append(Markdown.of("<br>\n").join(left))
    return blocks([*parts, words.CAVEAT])
