"""HTML: names that cannot become anything but text."""

from __future__ import annotations

from functools import lru_cache

from convcost.views.language import Language
from convcost.views.text import command_starts, printable

# As the library's html.escape, which brings the names of two thousand entities along.
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})


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
        return safe.translate(_ESCAPES)
    return "".join(
        f"&#{ord(char)};" if at in acting else char.translate(_ESCAPES)
        for at, char in enumerate(safe)
    )
