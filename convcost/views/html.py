"""HTML: names that cannot become anything but text."""

from __future__ import annotations

from functools import lru_cache
from html import escape

from convcost.views.language import Language
from convcost.views.text import command_starts, printable


class Html(Language):
    """Text that a browser shows as it is: no tag, attribute or entity acts, and nothing in a log.

    What does not print is an escape, as everywhere.
    """

    __slots__ = ()

    @classmethod
    def _escaped(cls, text: str) -> str:
        return _inert(text)


@lru_cache(maxsize=10_000)
def _inert(text: str) -> str:
    safe = printable(text)
    acting = set(command_starts(safe))
    if not acting:
        return escape(safe)
    return "".join(
        f"&#{ord(char)};" if at in acting else escape(char) for at, char in enumerate(safe)
    )
