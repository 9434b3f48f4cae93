"""Markdown, such as a comment on a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from convcost.views.markdown import Markdown, blocks, bold, bullets, table
from convcost.views.page import Table, written
from convcost.views.screen import PLAIN, Screen
from convcost.views.sheet import Nested, Result, Strong
from convcost.views.text import Figure

_MARK = "↳ "


def render(result: Result, screen: Screen = PLAIN) -> Markdown:
    """What people read of the result; nothing if there is nothing to say."""
    found = written(result, _Writer())
    return blocks(found) if found else Markdown()


class _Writer:
    def heading(self, title: str, detail: str, below: str) -> Iterable[Markdown]:
        behind = Markdown.of("{}<br>\n{}", detail, bold(below)) if below else Markdown(detail)
        return [Markdown.of("### {}", title), behind]

    def paragraph(self, lines: Sequence[str], breaks: bool) -> Markdown:
        return (Markdown.of("<br>\n") if breaks else Markdown.of(" ")).join(lines)

    def bold(self, text: str) -> Markdown:
        return bold(text)

    def bullets(self, items: Sequence[str]) -> Markdown:
        return bullets(items)

    def labelled(self, pairs: Sequence[tuple[str, str]]) -> Markdown:
        return bullets(Markdown.of("**{}**: {}", *pair) for pair in pairs)

    def table(self, told: Table) -> Markdown:
        rows = [list(map(_cell, row)) for row in told.rows]
        if told.total:
            rows.append([bold(text) if text else Markdown() for text in told.total])
        return table(told.titles, rows, told.right)

    def folded(self, summary: str, blocks: Sequence[Markdown]) -> Iterable[Markdown]:
        start = Markdown.of("<details><summary>{}</summary>", summary)
        return [start, *blocks, Markdown.of("</details>")]


def _cell(text: str) -> Markdown | Figure:
    if isinstance(text, Strong):
        return bold(text)
    if isinstance(text, Nested):
        return Markdown(_MARK * text.level + text)
    return text if isinstance(text, Figure) else Markdown(text)
