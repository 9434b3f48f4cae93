"""A comparison as a Markdown table."""

from __future__ import annotations

from convcost.comparison import Comparison, Row
from convcost.views.compare import words
from convcost.views.figures import number, ratio, sizes
from convcost.views.markdown import Cell, Markdown, blocks, table
from convcost.views.screen import PLAIN, Screen


def render(comparison: Comparison, screen: Screen = PLAIN) -> Markdown:
    """The question, a row a kind, and what to know of them."""
    sized = comparison.question.size is not None
    titles = ["kind", "params", "by stage", "MACs" if sized else "MACs per position"]
    titles += ["params vs standard", "MACs vs standard", "sees", *(["output"] if sized else [])]
    right = [titles[index] for index in (1, 3, 4, 5)]
    return blocks(
        [
            Markdown.of("**{}**", words.question(comparison.question)),
            table(titles, (_cells(row)[: len(titles)] for row in comparison.rows), right),
            Markdown.of("<br>\n").join([*words.notes(comparison), "FLOPs = 2 × MACs."]),
        ]
    )


def _cells(row: Row) -> list[Cell]:
    if row.error:
        return [*map(Markdown, (row.kind, "", row.error)), *[Markdown()] * 5]
    return [
        Markdown(row.kind),
        number(row.params),
        Markdown(words.by_stage(row)),
        number(row.macs_per_position if row.macs is None else row.macs),
        ratio(row.params_ratio),
        ratio(row.macs_ratio),
        sizes(row.reach or ()),
        sizes(row.out or ()),
    ]
