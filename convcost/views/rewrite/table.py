"""A rewrite as a terminal shows it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from convcost.rewriting import Rewrite
from convcost.views import totals
from convcost.views.figures import ratio
from convcost.views.grid import RULE, Cell, Column, Layout, draw, first_fit
from convcost.views.grid import Row as Cells
from convcost.views.rewrite import words
from convcost.views.screen import BOLD, DIM, GREEN, RED, Screen
from convcost.views.text import Printable, lined
from convcost.views.wrapping import folded

# What to do without, step by step, where the screen is narrow.
_STEPS = ("becomes", "params ratio", "macs ratio")
_COLUMNS = {
    "layer": Column("layer"),
    "becomes": Column("becomes"),
    "params": Column("params", right=True),
    "new params": Column("now", right=True),
    "params ratio": Column("", right=True, gap=1),
    "macs": Column("MACs", right=True),
    "new macs": Column("now", right=True),
    "macs ratio": Column("", right=True, gap=1),
}
_INDENT = "  "


def render(rewrite: Rewrite, screen: Screen) -> Printable:
    """A row a layer that was replaced, one for the others, totals, and what was left alone and
    why; a narrow screen costs the kinds, then the ratios."""
    columns, rows = first_fit(_layouts(rewrite, screen), screen)
    lines: list[str] = [*(screen.paint(BOLD, line) for line in words.headlines(rewrite)), ""]
    if rewrite.replaced:
        lines.append(draw(columns, rows, screen))
    lines += totals.lines(rewrite.cost_before, rewrite.cost_after)
    if reasons := words.left_alone(rewrite):
        lines += ["", "left alone:"]
        room = None if screen.width is None else screen.width - len(_INDENT)
        for reason in reasons:
            lines += (screen.paint(DIM, f"{_INDENT}{line}") for line in folded(reason, room))
    return lined([*lines, ""])


def _layouts(rewrite: Rewrite, screen: Screen) -> Iterator[Layout]:
    without_kind = len(words.headlines(rewrite)) == 1
    for step in range(without_kind, len(_STEPS) + 1):
        columns = {key: column for key, column in _COLUMNS.items() if key not in _STEPS[:step]}
        yield list(columns.values()), list(_rows(rewrite, list(columns)))


def _rows(rewrite: Rewrite, columns: list[str]) -> Iterator[Cells]:
    for pair in words.rows(rewrite):
        cells = _cells(pair)
        yield [cells[key] for key in columns]
    yield RULE
    total = _cells(words.total(rewrite))
    yield [(_text(total[key]), BOLD) for key in columns]


def _cells(pair: words.Pair) -> dict[str, Cell]:
    params, macs = pair.figures("params"), pair.figures("macs")
    return {
        "layer": Printable(pair.name),
        "becomes": Printable(pair.becomes),
        "params": params[0],
        "new params": params[1],
        "params ratio": _ratio(pair.params),
        "macs": macs[0],
        "new macs": macs[1],
        "macs ratio": _ratio(pair.macs),
    }


def _ratio(values: tuple[int, int]) -> Cell:
    before, after = values
    if before == after:
        return Printable()
    return ratio(Fraction(after, before) if before else None), GREEN if after < before else RED


def _text(cell: Cell) -> Printable:
    return cell if isinstance(cell, str) else cell[0]
