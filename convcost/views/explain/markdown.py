"""An explanation in Markdown."""

from __future__ import annotations

from collections.abc import Iterable

from convcost.comparison import Comparison
from convcost.kinds import Kind
from convcost.views.compare.words import question
from convcost.views.explain import words
from convcost.views.figures import sizes
from convcost.views.markdown import Markdown, blocks, bold, bullets, table
from convcost.views.ops import describe
from convcost.views.screen import PLAIN, Screen


def render(kind: Kind, answer: Comparison | None, screen: Screen = PLAIN) -> Markdown:
    """The kind, its formulas with the numbers of `answer` put in, and its stages in a table."""
    row = answer.rows[0] if answer else None
    sections = [Markdown.of("### {}", row.kind if row else kind.name), Markdown(kind.summary)]
    if answer:
        sections.append(bold(question(answer.question)))
    sections.append(_list(words.derivations(kind, answer)))
    if row:
        titles = ("stage", "params", "MACs", "output")
        stages = []
        for stage in row.stages:
            derived = dict(words.stage_derivations(stage))
            out = sizes(stage.out or ())
            cells = (describe(stage.op), derived.get("params", ""), derived.get("MACs", ""), out)
            stages.append([Markdown(cell) for cell in cells])
        sections.append(table(titles, stages))
    sections.append(_list(words.facts(kind, row)))
    return blocks(section for section in sections if section)


def _list(parts: Iterable[tuple[str, str]]) -> Markdown:
    return bullets(Markdown.of("**{}**: {}", label, text) for label, text in parts)
