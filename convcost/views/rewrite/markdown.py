"""A rewrite in Markdown."""

from __future__ import annotations

from convcost.rewriting import Rewrite
from convcost.views import totals
from convcost.views.figures import number
from convcost.views.markdown import escape, table
from convcost.views.rewrite import words
from convcost.views.screen import PLAIN, Screen

_TITLES = ("layer", "becomes", "params", "params now", "MACs", "MACs now", "change")


def render(rewrite: Rewrite, screen: Screen = PLAIN) -> str:
    """A row a layer that was replaced, one for the others, and what was left alone and why."""
    rows = [_row(pair) for pair in words.rows(rewrite)]
    whole = [f"**{cell}**" if cell else "" for cell in _row(words.total(rewrite))]
    parts = [
        *(f"**{escape(line)}**" for line in words.headlines(rewrite)),
        table(_TITLES, [*rows, whole], right=_TITLES[2:]).rstrip(),
    ]
    if reasons := words.left_alone(rewrite):
        parts.append("\n".join(["Left alone:", "", *(f"- {escape(reason)}" for reason in reasons)]))
    return "\n\n".join(parts) + "\n"


def _row(pair: words.Pair) -> list[str]:
    before, after = pair.macs
    return [
        escape(pair.name),
        escape(pair.becomes),
        *map(number, pair.params),
        *map(number, pair.macs),
        totals.share(before, after) if before != after else "",
    ]
