"""CSV that a spreadsheet can open without harm: raw integers, no formulas."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from convcost.views.language import Language
from convcost.views.text import ANYWHERE, UNSEEN, in_hex, printable

_COMMAND = re.compile(ANYWHERE)
# Spreadsheets leave out blanks and quotes in front of a formula, GitHub's logs blanks.
_PASSED_OVER = re.compile(rf"[\s\"'{UNSEEN}\u200b-\u200f\u2060\ufeff]+")
_STARTS = ("=", "+", "-", "@", "::")
# Where a semicolon parts fields, which is so in half of Europe, it starts one in the middle.
_PARTED = re.compile(r";(?=[ \"']*[=+\-@＝＋－＠])")


class Csv(Language):
    """Lines of comma-separated values; its escape makes one field.

    Text that a spreadsheet would run as a formula, or a CI system's log as a command, gets a `'`
    in front, and control characters are escaped.
    """

    __slots__ = ()

    @classmethod
    def _escaped(cls, text: str) -> str:
        return _written([[text]]).removesuffix("\n")


def sheet(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Csv:
    """The header and the rows, a line each; None is an empty field, numbers stay as they are."""
    return Csv._made(_written([header, *rows]))


def without_header(text: Csv) -> Csv:
    """The rows of a sheet alone."""
    return Csv._made(text.partition("\n")[2])


def harmless(value: object) -> object:
    """`value` as a field: text that cannot act, anything else as it is."""
    return _field(value) if isinstance(value, str) else value


@lru_cache(maxsize=10_000)
def _field(value: str) -> str:
    text = printable(value)
    if "#" in text or ":" in text or ";" in text:
        text = _PARTED.sub(";'", _COMMAND.sub(in_hex, text))
    return f"'{text}" if _acts(value) else text


def _acts(value: str) -> bool:
    first = value[:1]
    if first.isascii() and first.isalnum():
        return False
    if first in ("\t", "\r"):
        return True
    start = _PASSED_OVER.sub("", value)[:2]
    return unicodedata.normalize("NFKC", start).startswith(_STARTS)


def _written(rows: Iterable[Sequence[object]]) -> str:
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    # As `harmless` has it, in the inner loop.
    writer.writerows(
        [_field(value) if isinstance(value, str) else value for value in row] for row in rows
    )
    return lines.getvalue()
