"""The kinds as a terminal shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from convcost.kinds import Kind
from convcost.views.grid import Column, Layout, draw, first_fit
from convcost.views.grid import Row as Cells
from convcost.views.kinds.words import convolutions, other_layers
from convcost.views.screen import BOLD, DIM, Screen
from convcost.views.text import Printable, lined
from convcost.views.wrapping import folded


def render(kinds: Iterable[Kind], screen: Screen) -> Printable:
    """The convolutions with formula, summary and source, then the other layers.

    On a narrow screen the summary and the source stand below the name.
    """
    kinds = list(kinds)
    parts = [draw(*first_fit(_convolutions(kinds, screen), screen), screen)]
    parts.append(draw(*first_fit(_others(kinds, screen), screen), screen))
    hint = "More of one: convcost explain depthwise-separable"
    return lined([*parts, screen.paint(DIM, hint), ""])


def _convolutions(kinds: list[Kind], screen: Screen) -> Iterator[Layout]:
    found = convolutions(kinds)
    name, formula = Column("convolution"), Column("params")
    yield (
        [name, formula, Column("what it is"), Column("source")],
        [
            (
                *map(Printable, (kind.name, kind.formula, kind.summary)),
                (Printable(kind.source), DIM),
            )
            for kind in found
        ],
    )
    room = (screen.width or 0) - 2
    rows: list[Cells] = []
    for kind in found:
        rows.append(((Printable(kind.name), BOLD), Printable(kind.formula)))
        rows.append((lined(_below(kind.summary, room)),))
        rows.append(((lined(_below(kind.source, room)), DIM),))
    yield [name, formula], rows


def _others(kinds: list[Kind], screen: Screen) -> Iterator[Layout]:
    lines = list(other_layers(kinds))
    columns = [Column("other layer"), Column("params"), Column("what it is")]
    before = max(len(name) for name, *_ in lines) + len("params") + 4
    for room in (None, max(20, (screen.width or 0) - before)):
        yield (
            columns,
            [
                (Printable(name), Printable(formula), lined(folded(text, room)))
                for name, formula, text in lines
            ],
        )


def _below(text: str, room: int) -> list[str]:
    return ["  " + line for line in folded(text, room)]
