"""The kinds as Markdown tables."""

from __future__ import annotations

from collections.abc import Iterable

from convcost.kinds import Kind
from convcost.views.kinds.words import convolutions, other_layers
from convcost.views.markdown import Markdown, blocks, table
from convcost.views.screen import PLAIN, Screen


def render(kinds: Iterable[Kind], screen: Screen = PLAIN) -> Markdown:
    """The convolutions with formula and source, then the other layers."""
    kinds = list(kinds)
    found = [
        [Markdown(text) for text in (kind.name, kind.formula, kind.summary, kind.source)]
        for kind in convolutions(kinds)
    ]
    others = [[Markdown(text) for text in line] for line in other_layers(kinds)]
    return blocks(
        [
            table(("convolution", "params", "what it is", "source"), found),
            table(("other layer", "params", "what it is"), others),
        ]
    )
