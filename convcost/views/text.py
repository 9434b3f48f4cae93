"""Text for people: printed to a terminal, and to the logs of CI systems, which act on lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from convcost.text import quote
from convcost.views.language import Language

# Printed as nothing at all, so that what stands behind them may still start a line.
UNSEEN = "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0f\uffa0"
UNSEEN += "\U000e0100-\U000e01ef"
# `##[` (GitHub, Azure), `##vso[` (Azure), `##teamcity[`, and GitLab's sections.
ANYWHERE = r"#(?=#\w*\[)|s(?=ection_(?:start|end):)"
"""The first characters of what logs of CI systems act on wherever in a line it stands."""
# GitHub acts on a line that starts with `::`, and folding makes any word the start of one. Text, as
# it takes a hundredth of a comparison to compile, and most runs meet none.
_COMMAND = rf"(?<![^ {UNSEEN}]):(?=[{UNSEEN}]*:)|{ANYWHERE}"


class Printable(Language):
    r"""Text that acts on no terminal and in no log, on one line but for our own line ends.

    `printable`, and what a log would take for a command has an escape: `\x3a:error::`. Escaping
    it again changes nothing, so parts of it are made `Printable` anew.
    """

    __slots__ = ()

    @classmethod
    def _escaped(cls, text: str) -> str:
        safe = printable(text)
        return re.sub(_COMMAND, in_hex, safe) if _may_act(safe) else safe


class Figure(Printable):
    """Digits, signs and units, which `convcost.views.figures` alone puts together: they act in
    Markdown as little as on a terminal."""

    __slots__ = ()


class Bar(Figure):
    """A figure that is a picture, for people who see it."""

    __slots__ = ()


def printable(text: str) -> str:
    """`text`, uncut, with every character that a terminal might act on, or hide, as an escape.

    That is what Unicode classes as a control, format, surrogate or unassigned character, or as a
    separator other than the space: terminal escapes, line ends, text-direction marks.
    """
    return quote(text, limit=len(text))


def lined(lines: Iterable[str]) -> Printable:
    """Each of `lines`, escaped, on a line of its own; no line end behind the last."""
    return Printable.of("\n").join(lines)


def command_starts(text: str) -> Iterator[int]:
    """Where in `text`, a line, the characters stand that `Printable` takes from commands."""
    found = re.finditer(_COMMAND, text) if _may_act(text) else ()
    return (each.start() for each in found)


def _may_act(text: str) -> bool:
    """Whether it has what any command has; most names have not, and there are a great many."""
    return text.count(":") > 1 or "#" in text or "section_" in text


# Latin letters and signs, arrows and mathematics, and what bars and boxes are drawn of.
_NARROW = re.compile("[\0-\u02ff\u2190-\u22ff\u2500-\u259f]*")


def columns(text: str) -> int:
    """How many terminal columns printable `text` takes: wide ones two, combining ones none."""
    if _NARROW.fullmatch(text):
        return len(text)
    import unicodedata  # here, because most text does without it

    def width(char: str) -> int:
        if unicodedata.category(char) in ("Mn", "Me"):
            return 0
        return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1

    return sum(map(width, text))


def in_hex(match: re.Match[str]) -> str:
    r"""The character that was matched as the escape `\x3a`."""
    return f"\\x{ord(match[0]):02x}"
