"""Conventions in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from convcost.conventions.reconcile import Explanation, Row
from convcost.conventions.search import Search
from convcost.cost import Report
from convcost.views.eval.words import title, where_from
from convcost.views.figures import number
from convcost.views.markdown import escape, table
from convcost.views.reconcile import words
from convcost.views.screen import PLAIN, Screen


def render(
    report: Report,
    rows: Sequence[Row],
    screen: Screen = PLAIN,
    explanation: Explanation | None = None,
    search: Search | None = None,
) -> str:
    """A row a convention; or why one of them differs, or which of them give a figure."""
    head = [f"### {escape(title(report))}", escape(where_from(report))]
    if explanation:
        sections = _explanation(explanation)
    elif search:
        sections = _search(search)
    else:
        sections = _all(rows)
    return "\n\n".join(section.rstrip() for section in (*head, *sections)) + "\n"


def _all(rows: Sequence[Row]) -> Iterator[str]:
    titles = ("convention", "counted", "difference", "made up of")
    cells = [
        (
            escape(row.convention.name),
            number(row.report.macs),
            words.signed(row.difference),
            escape(", ".join(words.made_up_of(row.parts))),
        )
        for row in rows
    ]
    yield table(titles, cells, right=titles[1:3])
    yield "\n".join(f"- {escape(note)}" for note in words.notes(rows))


def _explanation(explanation: Explanation) -> Iterator[str]:
    convention = explanation.row.convention
    yield " ".join(map(escape, (words.verdict(explanation), *words.about(convention))))
    rules = words.telling_rules(explanation)
    if rules:
        titles = ("it counts", "times", "that is")
        cells = [
            (escape(words.counted(rule)), escape(words.times(rule)), words.signed(rule.amount))
            for rule in rules
        ]
        yield table(titles, cells, right=titles[2:])
        titles_of_groups = ("in", "layers", "difference", "made up of")
        groups = [
            (
                escape(group.name),
                number(group.layers),
                words.signed(group.difference) or "0",
                escape(", ".join(words.made_up_of(group.parts))),
            )
            for group in explanation.groups
            if group.parts
        ]
        yield table(titles_of_groups, groups, right=titles_of_groups[1:3])
    if convention.mistakes:
        known = "\n".join(f"- it {escape(mistake)}" for mistake in convention.mistakes)
        yield f"Known of {escape(convention.name)}:\n\n{known}"


def _search(search: Search) -> Iterator[str]:
    yield f"**{escape(words.answer(search))}**"
    titles = ("convention", "number", "unit", "layers")
    cells = [
        (
            escape(reading.convention),
            number(reading.number),
            words.unit(reading),
            escape(words.left_out(reading, search)) or "all",
        )
        for reading in words.shown_readings(search)
    ]
    yield table(titles, cells, right=titles[1:2])
