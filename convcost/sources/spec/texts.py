"""How much of a spec is expressions, told before any is read."""

from __future__ import annotations

from convcost.errors import Place, SpecError
from convcost.sources.spec.expressions import has_expression
from convcost.sources.yaml.tree import Document

MAX_EXPRESSIONS = 2**17
"""Characters; reading a short expression takes some 5 microseconds for each, and 250 bytes."""


def refuse_expressions(document: Document) -> None:
    """SpecError if texts with expressions in them, each counted once, are too long together."""
    text = document.text
    # What a value holds stands in the text, or an escape does.
    if len(text) <= MAX_EXPRESSIONS or not ("$" in text or "\\" in text):
        return
    texts: set[str] = set()
    waiting = [document.root]
    while waiting:
        value = waiting.pop().value
        if isinstance(value, tuple):
            waiting += value
        elif isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, str) and has_expression(value):
            texts.add(value)
    characters = sum(map(len, texts))
    if characters > MAX_EXPRESSIONS:
        raise SpecError(
            f"expressions of {characters:,} characters, more than the {MAX_EXPRESSIONS:,} that "
            "can be read",
            place=Place(document.path),
            hint='say what repeats once, with "vars", "repeat" or "blocks"',
        )
