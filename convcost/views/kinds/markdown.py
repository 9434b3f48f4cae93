"""The kinds as Markdown tables."""

from __future__ import annotations

from collections.abc import Iterable

from convcost.kinds import Kind
from convcost.views.kinds.words import convolutions, other_layers
from convcost.views.markdown import escape, table
from convcost.views.screen import PLAIN, Screen


def render(kinds: Iterable[Kind], screen: Screen = PLAIN) -> str:
    """The convolutions with formula and source, then the other layers."""
    kinds = list(kinds)
    found = [
        [escape(text) for text in (kind.name, kind.formula, kind.summary, kind.source)]
        for kind in convolutions(kinds)
    ]
    others = [[escape(text) for text in line] for line in other_layers(kinds)]
    return "\n".join(
        [
            table(("convolution", "params", "what it is", "source"), found),
            table(("other layer", "params", "what it is"), others),
        ]
    )
