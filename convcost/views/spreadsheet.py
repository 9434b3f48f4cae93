"""CSV that a spreadsheet can open without harm: raw integers, no formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from convcost.views.text import printable

_ACTS = ("=", "+", "-", "@", "\t", "\r", "::", "##[")


def sheet(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Lines of comma-separated values; None is an empty field.

    Text that a spreadsheet would run as a formula, or GitHub's logs as a command, gets a `'` in
    front, and control characters are escaped.
    """
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([harmless(value) for value in row] for row in rows)
    return lines.getvalue()


def harmless(value: object) -> object:
    """`value` as a field: text that cannot act, anything else as it is."""
    if not isinstance(value, str):
        return value
    text = printable(value).replace("##[", r"\x23#[")  # which GitHub's logs act on anywhere
    return ("'" if value.startswith(_ACTS) else "") + text
