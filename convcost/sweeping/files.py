"""Rows of a sweep in files, block by block: CSV, JSON lines and Parquet."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any

from convcost.errors import UsageError
from convcost.sources.outfile import replacing
from convcost.sweeping.extras import need
from convcost.sweeping.outcome import Row, Rows, has_figures
from convcost.text import quote

Write = Callable[[Rows], None]
Lines = Callable[[Sequence[Row], bool], str]
"""Rows as text, with what stands above all if they are the first."""


@contextmanager
def written(path: str, lines: Lines) -> Iterator[Write]:
    """A function that adds rows to the file `path`, which is there, whole, in the end.

    Its ending is .parquet, .jsonl or .csv, which `lines` draws. UsageError for another, and for
    what cannot be written.
    """
    ending = os.path.splitext(path)[1]
    if ending not in _WRITERS:
        raise UsageError(
            f"cannot tell what to write to {quote(path, 4096)}",
            hint=f"its name ends in {', '.join(_WRITERS)}; that of a folder of Parquet in /",
        )
    with replacing(path) as file, _WRITERS[ending](file, lines) as write:
        yield write


@contextmanager
def _text(file: IO[bytes], lines: Lines) -> Iterator[Write]:
    is_first = True

    def write(rows: Rows) -> None:
        nonlocal is_first
        file.write(lines(list(rows.each()), is_first).encode())
        file.flush()
        is_first = False

    yield write


@contextmanager
def _json_lines(file: IO[bytes], lines: Lines) -> Iterator[Write]:
    def write(rows: Rows) -> None:
        file.writelines(map(_line, rows.each()))
        file.flush()

    yield write


def _line(row: Row) -> bytes:
    status = {name: each._asdict() for name, each in row.note.status}
    found: dict[str, Any] = {"row": row.number, "vars": row.values, **row.figures}
    found |= {"status": status} if status else {}
    return json.dumps({**found, "refused": row.note.reason or None}).encode() + b"\n"


@contextmanager
def _parquet(file: IO[bytes], lines: Lines) -> Iterator[Write]:
    need("pyarrow")
    import pyarrow
    from pyarrow import parquet

    writer: Any = None

    def write(rows: Rows) -> None:
        nonlocal writer
        table = pyarrow.table(_columns(rows))
        if writer is None:
            writer = parquet.ParquetWriter(
                file,
                table.schema,
                compression="zstd",
                use_dictionary=[*rows.values, "params", "status", "refused"],
                column_encoding={
                    name: "DELTA_BINARY_PACKED"
                    for name in ("row", *rows.figures)
                    if name != "params" and pyarrow.types.is_integer(table.schema.field(name).type)
                },
            )
        try:
            writer.write_table(table.cast(writer.schema))
        except pyarrow.ArrowInvalid:
            raise UsageError(
                "figures beyond 64 bits come behind others, which one Parquet file cannot hold",
                hint="write .csv or .jsonl",
            ) from None

    try:
        yield write
    finally:
        if writer is not None:
            writer.close()


def _columns(rows: Rows) -> dict[str, Any]:
    """The columns of Parquet: texts for values of several types, decimals for large figures, which
    are null where a row was refused."""
    import pyarrow

    found, is_null = rows.table(), ~rows.fine
    for name, column in found.items():
        is_large = column.dtype == object
        if name in rows.figures:
            kind = pyarrow.decimal128(38) if is_large else None
            values = column.tolist() if is_large else column
            found[name] = pyarrow.array(values, kind, mask=is_null | ~has_figures(rows, [name]))
        elif is_large:
            found[name] = [str(value) for value in column.tolist()]
    return found


_WRITERS = {".csv": _text, ".jsonl": _json_lines, ".parquet": _parquet}
