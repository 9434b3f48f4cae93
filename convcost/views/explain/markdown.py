"""An explanation in Markdown."""

from __future__ import annotations

from collections.abc import Iterable

from convcost.comparison import Comparison
from convcost.kinds import Kind
from convcost.views.compare.words import question
from convcost.views.explain import words
from convcost.views.figures import sizes
from convcost.views.markdown import escape, table
from convcost.views.ops import describe
from convcost.views.screen import PLAIN, Screen


def render(kind: Kind, answer: Comparison | None, screen: Screen = PLAIN) -> str:
    """The kind, its formulas with the numbers of `answer` put in, and its stages in a table."""
    row = answer.rows[0] if answer else None
    sections = [f"### {escape(row.kind if row else kind.name)}", escape(kind.summary)]
    if answer:
        sections.append(f"**{question(answer.question)}**")
    sections.append(_list(words.derivations(kind, answer)))
    if row:
        titles = ("stage", "params", "MACs", "output")
        stages = []
        for stage in row.stages:
            derived = dict(words.stage_derivations(stage))
            out = sizes(stage.out or ())
            cells = (describe(stage.op), derived.get("params", ""), derived.get("MACs", ""), out)
            stages.append([escape(cell) for cell in cells])
        sections.append(table(titles, stages).rstrip())
    sections.append(_list(words.facts(kind, row)))
    return "\n\n".join(section for section in sections if section) + "\n"


def _list(parts: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"- **{label}**: {escape(text)}" for label, text in parts)
