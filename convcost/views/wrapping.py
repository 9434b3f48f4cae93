"""Text on several lines, where one is too short for it."""

from __future__ import annotations

import re

from convcost.views.text import Printable, columns, lined

_LONGEST_NAME = 20
SHORTER = 14
"""What a name is broken to where there is least room."""
_WORDS = re.compile("( *)([^ ]+)")
_PIECES = re.compile(r"\[?[^-\[]*-|\[?[^-\[]+|\[")


def broken(name: str, longest: int = _LONGEST_NAME) -> Printable:
    """A long name of a kind, broken behind hyphens: `depthwise-separable-`, `channel-wise`.

    The lines after the first are indented.
    """
    lines = [""]
    for piece in _PIECES.findall(name):
        if lines[-1].strip() and len(lines[-1]) + len(piece) > longest:
            lines.append("  ")
        lines[-1] += piece
    return lined(lines)


def folded(text: str, room: int | None) -> list[Printable]:
    """`text`, escaped, in lines of at most `room` columns, broken between words."""
    text = Printable(text)
    if room is None or columns(text) <= room:
        return [text]
    lines = [""]
    for blanks, word in _WORDS.findall(text):
        if lines[-1] and columns(lines[-1] + blanks + word) > room:
            lines.append(word)
        else:
            lines[-1] += blanks + word
    return list(map(Printable, lines))
