"""Conventions in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from convcost.conventions.reconcile import Explanation, Row
from convcost.conventions.search import Search
from convcost.cost import Report
from convcost.views.eval.words import title, where_from
from convcost.views.figures import number, signed
from convcost.views.markdown import Markdown, blocks, bold, bullets, table
from convcost.views.reconcile import words
from convcost.views.screen import PLAIN, Screen
from convcost.views.standing import figure


def render(
    report: Report,
    rows: Sequence[Row],
    screen: Screen = PLAIN,
    explanation: Explanation | None = None,
    search: Search | None = None,
) -> Markdown:
    """A row a convention; or why one of them differs, or which of them give a figure."""
    head = [Markdown.of("### {}", title(report)), Markdown(where_from(report))]
    if explanation:
        sections = _explanation(explanation)
    elif search:
        sections = _search(search)
    else:
        sections = _all(rows)
    return blocks([*head, *sections])


def _all(rows: Sequence[Row]) -> Iterator[Markdown]:
    titles = ("convention", "counted", "difference", "made up of")
    cells = [
        (
            Markdown(row.convention.name),
            figure(row.report, "macs"),
            signed(row.difference),
            Markdown(", ".join(words.made_up_of(row.parts))),
        )
        for row in rows
    ]
    yield table(titles, cells, right=titles[1:3])
    yield bullets(words.notes(rows))


def _explanation(explanation: Explanation) -> Iterator[Markdown]:
    convention = explanation.row.convention
    yield Markdown(" ".join((words.verdict(explanation), *words.about(convention))))
    rules = words.telling_rules(explanation)
    if rules:
        titles = ("it counts", "times", "that is")
        cells = [
            (Markdown(words.counted(rule)), Markdown(words.times(rule)), signed(rule.amount))
            for rule in rules
        ]
        yield table(titles, cells, right=titles[2:])
        titles_of_groups = ("in", "layers", "difference", "made up of")
        groups = [
            (
                Markdown(group.name),
                number(group.layers),
                signed(group.difference) or number(0),
                Markdown(", ".join(words.made_up_of(group.parts))),
            )
            for group in explanation.groups
            if group.parts
        ]
        yield table(titles_of_groups, groups, right=titles_of_groups[1:3])
    if convention.mistakes:
        yield Markdown.of("Known of {}:", convention.name)
        yield bullets(f"it {mistake}" for mistake in convention.mistakes)


def _search(search: Search) -> Iterator[Markdown]:
    yield bold(words.answer(search))
    titles = ("convention", "number", "unit", "layers")
    cells = [
        (
            Markdown(reading.convention),
            number(reading.number),
            Markdown(words.unit(reading)),
            Markdown(words.left_out(reading, search) or "all"),
        )
        for reading in words.shown_readings(search)
    ]
    yield table(titles, cells, right=titles[1:2])
