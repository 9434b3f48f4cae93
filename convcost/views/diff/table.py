"""A diff as a terminal shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from convcost.difference import Change, Diff
from convcost.views import totals
from convcost.views.diff import words
from convcost.views.figures import signed
from convcost.views.grid import RULE, Cell, Column, Layout, draw, first_fit
from convcost.views.grid import Row as Cells
from convcost.views.screen import BOLD, DIM, GREEN, RED, Screen
from convcost.views.text import Figure, Printable, lined
from convcost.views.wrapping import folded

METRICS = ("params", "macs")
_NUMBERS = (Column("params", right=True), Column("MACs", right=True))
_LEAST_ROOM = 24
_GAPS = 8
"""Columns for the mark and for the room between the others."""
_STYLES = {"added": GREEN, "removed": RED, "changed": ""}


def render(diff: Diff, screen: Screen, metrics: Sequence[str] = ()) -> Printable:
    """A row a layer that was added, removed or changed, with what it makes of the totals; a
    narrow screen puts what changed below the layer's name."""
    lines: list[str] = [screen.paint(BOLD, words.headline(diff)), ""]
    if diff.changes:
        lines.append(draw(*first_fit(_layouts(diff, screen), screen), screen))
    lines += totals.lines(diff.before, diff.after, metrics)
    lines += ["", screen.paint(DIM, words.rule(diff))]
    return lined([*lines, ""])


def _layouts(diff: Diff, screen: Screen) -> Iterator[Layout]:
    rows = [
        (_mark(change), Printable(change.layer.name), words.what(change)) for change in diff.changes
    ]
    counts = [_deltas(change) for change in diff.changes]
    total = _deltas(diff)
    names = max(len(name) for _, name, _ in rows)
    numbers = sum(max(len(row[metric]) for row in [*counts, total]) for metric in METRICS)
    for beside in (True, False):
        room = None
        if screen.width is not None:
            room = max(_LEAST_ROOM, screen.width - names * beside - numbers - _GAPS)
        cells: list[Cells] = []
        for (mark, name, what), count in zip(rows, counts, strict=True):
            text = folded(what, room)
            said: list[Cell] = [name, (lined(text), DIM)] if beside else [lined([name, *text])]
            cells.append([mark, *said, *(_colored(count[metric]) for metric in METRICS)])
        whole = ["", "total", *[""] * beside, *(total[metric] or "0" for metric in METRICS)]
        titles = [Column(""), Column("layer", gap=1), *[Column("what")] * beside]
        yield [*titles, *_NUMBERS], [*cells, RULE, [(Printable(text), BOLD) for text in whole]]


def _mark(change: Change) -> Cell:
    return Printable(words.MARKS[change.sort]), _STYLES[change.sort]


def _deltas(side: Change | Diff) -> dict[str, Figure]:
    return {metric: signed(side.delta(metric)) for metric in METRICS}


def _colored(delta: Figure) -> Cell:
    return delta, GREEN if delta.startswith("-") else RED
