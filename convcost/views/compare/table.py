"""A comparison as a terminal shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from convcost.comparison import Comparison, Row
from convcost.views.compare import words
from convcost.views.figures import bar, number, ratio, sizes
from convcost.views.grid import Cell, Column, Layout, first_fit
from convcost.views.richtable import draw
from convcost.views.screen import BOLD, DIM, GREEN, RED, Screen
from convcost.views.text import Printable, lined
from convcost.views.wrapping import broken, folded

# What to do without, step by step, where the screen is narrow; long names on one line first.
_STEPS = ("long names", "params ratio", "stages", "bar", "reach", "out")
_NARROW_REASON = 14


def render(comparison: Comparison, screen: Screen) -> Printable:
    """The question, a row a kind, and what to know of them; nothing is cut on a narrow screen."""
    columns, rows = first_fit(_layouts(comparison, screen), screen)
    return lined(
        [
            screen.paint(BOLD, words.question(comparison.question)),
            "",
            draw(columns, rows, screen),
            *(screen.paint(DIM, line) for line in _footer(comparison)),
            "",
        ]
    )


def _layouts(comparison: Comparison, screen: Screen) -> Iterator[Layout]:
    columns = _columns(comparison)
    if all(row.params_ratio == row.macs_ratio for row in comparison.rows):
        del columns["params ratio"]
    for count in range(len(_STEPS) + 1):
        without = _STEPS[:count]
        kept = {key: each for key, each in columns.items() if key not in without}
        if "stages" in without and any(row.error for row in comparison.rows):
            # The reason why a kind cannot be built stands where its stages would.
            kept = {key: each for key, each in columns.items() if key in kept or key == "stages"}
            kept["stages"] = Column("")
        yield list(kept.values()), list(_rows(comparison, kept, count > 0))


def _columns(comparison: Comparison) -> dict[str, Column]:
    sized = comparison.question.size is not None
    columns = {
        "kind": Column("kind"),
        "params": Column("params", right=True),
        "stages": Column("by stage"),
        "params ratio": Column("vs\nstandard", right=True),
        "macs": Column("MACs" if sized else "MACs per\nposition", right=True),
        "macs ratio": Column("vs\nstandard", right=True),
        "bar": Column(""),
        "reach": Column("sees"),
        "out": Column("output"),
    }
    if not sized:
        del columns["out"]
    if not any(row.error or words.by_stage(row) for row in comparison.rows):
        del columns["stages"]
    return columns


def _rows(
    comparison: Comparison, columns: Mapping[str, Column], narrow: bool
) -> Iterator[list[Cell]]:
    most = max(row.macs_ratio or Fraction(0) for row in comparison.rows)
    room = _NARROW_REASON if narrow else None
    for row in comparison.rows:
        name = Printable(row.kind)
        if narrow:
            name = broken(name)
        if row.error:
            reason = lined(folded(row.error, room))
            cells: dict[str, Cell] = {"kind": (name, DIM), "stages": (reason, DIM)}
        else:
            cells = {"kind": name, **_cells(row, max(most, Fraction(1)))}
            if "stages" in columns and not columns["stages"].title:
                del cells["stages"]
        yield [cells.get(key, Printable()) for key in columns]


def _cells(row: Row, most: Fraction) -> dict[str, Cell]:
    macs = row.macs_per_position if row.macs is None else row.macs
    style = _style(row.macs_ratio)
    return {
        "params": number(row.params),
        "stages": (Printable(words.by_stage(row)), DIM),
        "params ratio": (ratio(row.params_ratio), _style(row.params_ratio)),
        "macs": number(macs),
        "macs ratio": (ratio(row.macs_ratio), style),
        "bar": (bar(row.macs_ratio or 0, most), style),
        "reach": sizes(row.reach or ()),
        "out": sizes(row.out or ()),
    }


def _style(share: Fraction | None) -> str:
    if share is None or share == 1:
        return ""
    return GREEN if share < 1 else RED


def _footer(comparison: Comparison) -> Iterator[str]:
    yield from words.notes(comparison)
    if comparison.question.size is None:
        yield "MACs are for one output position; --size 5x5 gives totals. FLOPs = 2 × MACs."
    else:
        yield "FLOPs = 2 × MACs."
    yield f"Why: {words.command(comparison)}"
