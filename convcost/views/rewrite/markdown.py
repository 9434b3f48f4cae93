"""A rewrite in Markdown."""

from __future__ import annotations

from convcost.rewriting import Rewrite
from convcost.views import totals
from convcost.views.markdown import Cell, Markdown, blocks, bold, bullets, table
from convcost.views.rewrite import words
from convcost.views.screen import PLAIN, Screen

_TITLES = ("layer", "becomes", "params", "params now", "MACs", "MACs now", "change")


def render(rewrite: Rewrite, screen: Screen = PLAIN) -> Markdown:
    """A row a layer that was replaced, one for the others, and what was left alone and why."""
    rows = [_row(pair) for pair in words.rows(rewrite)]
    whole = [bold(cell) if cell else cell for cell in _row(words.total(rewrite))]
    parts = [
        *map(bold, words.headlines(rewrite)),
        table(_TITLES, [*rows, whole], right=_TITLES[2:]),
    ]
    if left := words.left_alone(rewrite):
        parts += [Markdown("Left alone:"), bullets(left)]
    if why := totals.reasons(rewrite.cost_before, rewrite.cost_after):
        parts.append(bullets(why))
    return blocks(parts)


def _row(pair: words.Pair) -> list[Cell]:
    before, after = pair.macs
    return [
        Markdown(pair.name),
        Markdown(pair.becomes),
        *pair.figures("params"),
        *pair.figures("macs"),
        Markdown(totals.share(before, after) if before != after else ""),
    ]
