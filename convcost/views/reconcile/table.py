"""Conventions as a terminal shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from convcost.conventions.reconcile import Explanation, Group, Row, Rule
from convcost.conventions.search import Search
from convcost.cost import Report
from convcost.views.eval.words import title, where_from
from convcost.views.figures import number, signed
from convcost.views.grid import Cell, Column, Layout, draw, first_fit
from convcost.views.reconcile import words
from convcost.views.screen import BOLD, DIM, Screen
from convcost.views.standing import figure
from convcost.views.text import Printable, lined
from convcost.views.wrapping import folded

_TITLES = (
    Column("convention"),
    Column("counted", right=True),
    Column("difference", right=True),
    Column("made up of"),
)
_NARROW = 40
_BESIDE, _BELOW = Printable.of(", "), Printable.of("\n")


def render(
    report: Report,
    rows: Sequence[Row],
    screen: Screen,
    explanation: Explanation | None = None,
    search: Search | None = None,
) -> Printable:
    """A row a convention; or why one of them differs, or which of them give a figure."""
    head = Printable.of(
        "{}  {}", screen.paint(BOLD, title(report)), screen.paint(DIM, where_from(report))
    )
    if explanation:
        lines = _explanation(explanation, screen)
    elif search:
        lines = _search(search, screen)
    else:
        lines = _all(rows, screen)
    text = lined([head, "", *lines])
    return text if text.endswith("\n") else lined([text, ""])


def _all(rows: Sequence[Row], screen: Screen) -> Iterator[Printable]:
    yield draw(*first_fit((_layout(rows, _BESIDE), _layout(rows, _BELOW)), screen), screen)
    for note in words.notes(rows):
        yield from (screen.paint(DIM, line) for line in folded(note, screen.width))


def _layout(rows: Iterable[Row], between: Printable) -> Layout:
    return _TITLES, [
        (
            Printable(row.convention.name),
            figure(row.report, "macs"),
            signed(row.difference),
            (between.join(words.made_up_of(row.parts)), DIM),
        )
        for row in rows
    ]


def _explanation(explanation: Explanation, screen: Screen) -> Iterator[Printable]:
    convention = explanation.row.convention
    for text in (words.verdict(explanation), *words.about(convention)):
        yield from folded(text, screen.width)
    rules = words.telling_rules(explanation)
    if rules:
        yield Printable()
        yield draw(*first_fit(_rules(rules), screen), screen)
        yield draw(*first_fit(_groups(explanation.groups), screen), screen)
    if convention.mistakes:
        if not rules:
            yield Printable()
        yield Printable.of("Known of {}:", convention.name)
        for mistake in convention.mistakes:
            first, *rest = folded(f"it {mistake}", screen.width and screen.width - 2)
            yield Printable.of("- {}", first)
            yield from (Printable.of("  {}", line) for line in rest)


def _rules(rules: Sequence[Rule]) -> Iterator[Layout]:
    columns = [Column("it counts"), Column(""), Column("that is", right=True)]
    for room in (None, _NARROW):
        yield (
            columns,
            [
                (
                    lined(folded(words.counted(rule), room)),
                    Printable(words.times(rule)),
                    signed(rule.amount),
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
    for between in (_BESIDE, _BELOW):
        yield (
            columns,
            [
                (
                    Printable(group.name),
                    number(group.layers),
                    signed(group.difference) or number(0),
                    (between.join(words.made_up_of(group.parts)), DIM),
                )
                for group in found
            ],
        )


def _search(search: Search, screen: Screen) -> Iterator[Printable]:
    yield Printable(words.answer(search))
    yield Printable()
    columns = [Column("convention"), Column("number", right=True), Column(""), Column("")]
    cells: list[Sequence[Cell]] = [
        (
            Printable(reading.convention),
            number(reading.number),
            Printable(words.unit(reading)),
            (Printable(words.left_out(reading, search)), DIM),
        )
        for reading in words.shown_readings(search)
    ]
    yield draw(columns, cells, screen)
