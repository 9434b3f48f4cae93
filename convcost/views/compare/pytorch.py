"""A comparison as PyTorch code: a module for each kind."""

from __future__ import annotations

from convcost.comparison import Comparison
from convcost.emit.pytorch import layer_text
from convcost.views.screen import PLAIN, Screen
from convcost.views.source import Source
from convcost.views.text import Printable

_ANY_SIZE = 64


def render(comparison: Comparison, screen: Screen = PLAIN) -> Source:
    """A class for each kind that can be built, and comments for those that cannot.

    Without a size of the input, padding that depends on it is that of 64 in every dim.
    """
    asked = comparison.question
    size = asked.size or (_ANY_SIZE,) * asked.dims
    layers = [
        (row.kind.partition("[")[0], row.fields, (asked.n, *size), asked.size is not None)
        for row in comparison.rows
        if not row.error
    ]
    notes = [Printable(f"# {row.kind}: {row.error}") for row in comparison.rows if row.error]
    return Source("\n".join([layer_text(layers).rstrip("\n"), *notes, ""]))
