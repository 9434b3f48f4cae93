"""Files of comma-separated values, by column."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from convcost.errors import Place, SpecError
from convcost.sources.yaml.files import file_head
from convcost.sources.yaml.scalars import plain_value
from convcost.text import quote

MAX_BYTES = 64 * 2**20


def read_columns(path: str) -> Mapping[str, Sequence[Any]]:
    """The columns of a CSV file by the names in its first line, with values as a spec has them.

    SpecError, at its line, for a file that cannot be read, is a pipe or larger than 64 MiB, or that
    is no such table.
    """
    return read_lines(path)[0]


def read_lines(path: str) -> tuple[Mapping[str, Sequence[Any]], Sequence[int]]:
    """The same, and at which line of the file each of the values stands."""
    place, at = Place(path), list[int]()
    raw = file_head(path, MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        message = f"this file is larger than {MAX_BYTES // 2**20} MiB"
        raise SpecError(message, place=place, hint="take its rows in several files")
    try:
        lines = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True)
        names = [name.strip() for name in next(lines, [])]
        columns: dict[str, list[Any]] = {name: [] for name in names}
        if not names or "" in columns or len(columns) < len(names):
            raise SpecError("the first line must name each column", place=place)
        for line in lines:
            if len(line) not in (0, len(names)):
                message = f"{len(line)} values, and {len(names)} columns"
                raise SpecError(message, place=place._replace(line=lines.line_num))
            at += [lines.line_num] * bool(line)
            for name, text in zip(names, line, strict=False):
                columns[name].append(_value(text, place._replace(line=lines.line_num)))
    except (UnicodeDecodeError, csv.Error) as error:
        raise SpecError(f"cannot read {quote(path, 4096)}: {error}", place=place) from None
    return columns, at


def _value(text: str, place: Place) -> Any:
    try:
        return plain_value(text.strip())
    except ValueError as error:
        raise SpecError(str(error), place=place) from None
