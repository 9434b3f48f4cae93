"""User text made fit for a message: short, and on one line."""

from __future__ import annotations

LONGEST_SHOWN = 60


def shown(text: str, limit: int = LONGEST_SHOWN) -> str:
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
