"""Text that came from a user, made safe to print and measured in terminal columns."""

from __future__ import annotations

import re

from convcost.text import shown

_COMMAND = re.compile(r"(?<!\S)::|##\[")


def printable(text: str) -> str:
    """`text`, uncut, with every character that a terminal might act on, or hide, as an escape.

    That is what Unicode classes as a control, format, surrogate or unassigned character, or as a
    separator other than the space: terminal escapes, line ends, text-direction marks.
    """
    return shown(text, limit=len(text))


def label(text: str) -> str:
    r"""A name from a spec as a line of output may start with it: `printable`, and no command to
    GitHub, whose logs act on words that start with `::`; those are shown as `\x3a:`."""
    return _COMMAND.sub(lambda match: f"\\x{ord(match[0][0]):02x}{match[0][1:]}", printable(text))


def columns(text: str) -> int:
    """How many terminal columns printable `text` takes: wide ones two, combining ones none."""
    if text.isascii():
        return len(text)
    import unicodedata  # here, because plain ASCII does without it

    def width(char: str) -> int:
        if unicodedata.category(char) in ("Mn", "Me"):
            return 0
        return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1

    return sum(map(width, text))
