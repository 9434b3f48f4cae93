"""A suggestion as a terminal shows it."""

from __future__ import annotations

from collections.abc import Iterator

from convcost.metrics import SAVED
from convcost.suggestion import Suggestion
from convcost.views.figures import number
from convcost.views.grid import RULE, Cell, Column, Layout, draw, first_fit
from convcost.views.grid import Row as Cells
from convcost.views.screen import BOLD, DIM, GREEN, RED, Screen
from convcost.views.standing import NAMES
from convcost.views.suggest import words
from convcost.views.text import Printable, lined
from convcost.views.wrapping import folded

_STEPS = ("kind", "rank")
_COLUMNS = {
    "rank": Column("", right=True),
    "layer": Column("layer"),
    "kind": Column("kind"),
    "becomes": Column("becomes"),
    "params": Column("saves params", right=True),
    "macs": Column("saves MACs", right=True),
}


def render(suggestion: Suggestion, screen: Screen, spec: str = "") -> Printable:
    """The verdict, the layers to replace, the one that saves most first, and where that leads."""
    style = GREEN if suggestion.suffices else RED
    lines: list[str] = [
        screen.paint(f"{BOLD};{style}", line)
        for sentence in words.verdict(suggestion)
        for line in folded(sentence, screen.width)
    ]
    if suggestion.chosen:
        lines += ["", draw(*first_fit(_layouts(suggestion), screen), screen)]
        lines += (words.left(suggestion, budget) for budget in suggestion.budgets)
    lines += ["", *(screen.paint(DIM, line) for line in folded(words.CAVEAT, screen.width))]
    if command := words.command(suggestion, spec):
        lines.append(screen.paint(DIM, f"See it: {command}"))
    return lined([*lines, ""])


def _layouts(suggestion: Suggestion) -> Iterator[Layout]:
    for step in range(len(_STEPS) + 1):
        columns = {key: column for key, column in _COLUMNS.items() if key not in _STEPS[:step]}
        yield list(columns.values()), list(_rows(suggestion, list(columns)))


def _rows(suggestion: Suggestion, columns: list[str]) -> Iterator[Cells]:
    for rank, option in enumerate(suggestion.chosen, 1):
        cells: dict[str, Cell] = {
            "rank": (number(rank), DIM),
            "layer": Printable(option.layer.name),
            "kind": Printable(option.layer.kind),
            "becomes": Printable(option.replacement.label),
            **{metric: number(option.saving(metric)) for metric in SAVED},
        }
        yield [cells[key] for key in columns]
    yield RULE
    total = {
        "layer": Printable("together"),
        **{
            metric: number(sum(option.saving(metric) for option in suggestion.chosen))
            for metric in SAVED
        },
    }
    yield [(total.get(key, Printable()), BOLD) for key in columns]


assert NAMES.keys() >= set(SAVED), "every metric has a name"
