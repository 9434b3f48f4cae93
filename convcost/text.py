"""User text made fit for a message: short, and on one line."""

from __future__ import annotations

from collections.abc import Collection
from itertools import islice

LONGEST_SHOWN = 60
MOST_LISTED = 40


def quote(text: str, limit: int = LONGEST_SHOWN) -> str:
    r"""`text` as a message may quote it: cut to `limit` characters, control characters escaped.

    The cut leaves an ellipsis. Whatever Python calls unprintable (terminal escapes, line ends,
    direction overrides, lone surrogates) comes out as `\x1b`, `\n`, `\u202e`.
    """
    short = text if len(text) <= limit else text[: limit - 1] + "…"
    if short.isprintable():
        return short
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in short
    )


def listed(names: Collection[str]) -> str:
    """`a, b, c`: the names as a message may list them, the first `MOST_LISTED` of very many."""
    more = len(names) - MOST_LISTED
    text = ", ".join(map(quote, islice(names, MOST_LISTED)))
    return f"{text} and {more:,} more" if more > 0 else text
