"""What a human format is drawn on: how wide it is, and whether it takes colour."""

from __future__ import annotations

from convcost.frozen import Frozen
from convcost.views.text import Printable

BOLD, DIM, RED, GREEN, CYAN = "1", "2", "31", "32", "36"
"""ANSI styles that can be read on a dark and on a light background alike."""


class Screen(Frozen):
    """`width` in columns, None without limit (a file, a pipe); `color` allows ANSI styles. A
    `plain` one is read aloud: it has no bars, no rules, and every row on one line; it is `heard` at
    once where it is a terminal."""

    width: int | None = None
    color: bool = False
    plain: bool = False
    heard: bool = False

    @property
    def is_terminal(self) -> bool:
        """Whether somebody is before it, for whom a long table is too long."""
        return self.width is not None or self.heard

    def paint(self, style: str, text: str) -> Printable:
        """`text`, escaped, in an ANSI style, or in none where there is no colour or no style."""
        if self.color and style and text:
            return Printable.of("\x1b[{}m{}\x1b[0m", style, text)
        return Printable(text)


PLAIN = Screen()
