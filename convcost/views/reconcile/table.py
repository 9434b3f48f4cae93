"""Conventions as a terminal shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from convcost.conventions.reconcile import Explanation, Group, Row, Rule
from convcost.conventions.search import Search
from convcost.cost import Report
from convcost.views.eval.words import title, where_from
from convcost.views.figures import number
from convcost.views.grid import Cell, Column, Layout, draw, first_fit
from convcost.views.reconcile import words
from convcost.views.screen import BOLD, DIM, Screen
from convcost.views.text import label
from convcost.views.wrapping import folded

_TITLES = (
    Column("convention"),
    Column("counted", right=True),
    Column("difference", right=True),
    Column("made up of"),
)
_NARROW = 40


def render(
    report: Report,
    rows: Sequence[Row],
    screen: Screen,
    explanation: Explanation | None = None,
    search: Search | None = None,
) -> str:
    """A row a convention; or why one of them differs, or which of them give a figure."""
    head = f"{screen.paint(BOLD, title(report))}  {screen.paint(DIM, where_from(report))}"
    if explanation:
        lines = _explanation(explanation, screen)
    elif search:
        lines = _search(search, screen)
    else:
        lines = _all(rows, screen)
    return "\n".join([head, "", *lines]) + "\n"


def _all(rows: Sequence[Row], screen: Screen) -> Iterator[str]:
    yield draw(*first_fit((_layout(rows, ", "), _layout(rows, "\n")), screen), screen)
    for note in words.notes(rows):
        yield from _dim(note, screen)


def _layout(rows: Iterable[Row], between: str) -> Layout:
    return _TITLES, [
        (
            label(row.convention.name),
            number(row.report.macs),
            words.signed(row.difference),
            (between.join(words.made_up_of(row.parts)), DIM),
        )
        for row in rows
    ]


def _explanation(explanation: Explanation, screen: Screen) -> Iterator[str]:
    convention = explanation.row.convention
    for text in (words.verdict(explanation), *words.about(convention)):
        yield from folded(label(text), screen.width)
    rules = words.telling_rules(explanation)
    if rules:
        yield ""
        yield draw(*first_fit(_rules(rules), screen), screen)
        yield draw(*first_fit(_groups(explanation.groups), screen), screen).rstrip()
    if convention.mistakes:
        yield ""
        yield f"Known of {label(convention.name)}:"
        for mistake in convention.mistakes:
            first, *rest = folded(label(f"it {mistake}"), screen.width and screen.width - 2)
            yield f"- {first}"
            yield from (f"  {line}" for line in rest)


def _rules(rules: Sequence[Rule]) -> Iterator[Layout]:
    columns = [Column("it counts"), Column(""), Column("that is", right=True)]
    for room in (None, _NARROW):
        yield (
            columns,
            [
                (
                    "\n".join(folded(words.counted(rule), room)),
                    words.times(rule),
                    words.signed(rule.amount),
                )
                for rule in rules
            ],
        )


def _groups(groups: Iterable[Group]) -> Iterator[Layout]:
    columns = [
        Column("in"),
        Column("layers", right=True),
        Column("difference", right=True),
        Column("made up of"),
    ]
    found = [group for group in groups if group.parts]
    for between in (", ", "\n"):
        yield (
            columns,
            [
                (
                    label(group.name),
                    number(group.layers),
                    words.signed(group.difference) or "0",
                    (between.join(words.made_up_of(group.parts)), DIM),
                )
                for group in found
            ],
        )


def _search(search: Search, screen: Screen) -> Iterator[str]:
    yield words.answer(search)
    yield ""
    columns = [Column("convention"), Column("number", right=True), Column(""), Column("")]
    cells: list[Sequence[Cell]] = [
        (
            label(reading.convention),
            number(reading.number),
            words.unit(reading),
            (label(words.left_out(reading, search)), DIM),
        )
        for reading in words.shown_readings(search)
    ]
    yield draw(columns, cells, screen).rstrip()


def _dim(text: str, screen: Screen) -> Iterator[str]:
    for line in folded(label(text), screen.width):
        yield screen.paint(DIM, line)
