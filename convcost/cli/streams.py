"""Writing to stdout and stderr: it cannot fail on a character, and fails well on all else."""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import sys
from collections.abc import Iterator
from typing import TextIO

from convcost.errors import ConvcostError
from convcost.views.language import Language

_SPELLING = "convcost-spelling"
_IN_ASCII = {
    **dict(zip("×·•−–—│┃─━╸═≈↳┌┐└┘├┤┬┴┼", "x**---||---=~>+++++++++", strict=True)),
    "²": "^2",
    "³": "^3",
    "…": "...",
    "→": "->",
    "≤": "<=",
    "≥": ">=",
}


def prepare() -> None:
    """Make stdout and stderr fit to be written to, whatever the process was started with.

    What their encoding has no character for is spelled in ASCII, or escaped. A stream that was
    closed when the process started (`>&-`) is replaced, so that the next file to be opened does
    not take its place: writing to stdout then fails, writing to stderr goes nowhere.
    """
    codecs.register_error(_SPELLING, _spell)
    # The streams are None, whatever their type says, where the process got none.
    sys.stdout = _fit(sys.stdout or os.fdopen(os.open(os.devnull, os.O_RDONLY), "w"))
    sys.stderr = _fit(sys.stderr or os.fdopen(os.open(os.devnull, os.O_WRONLY), "w"))


def _fit(stream: TextIO) -> TextIO:
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    if isinstance(stream.buffer, io.RawIOBase):
        # Under PYTHONUNBUFFERED a full disk or a closed pipe cuts the output in silence.
        return open(stream.fileno(), "w", encoding=stream.encoding, errors=_SPELLING, closefd=False)
    stream.reconfigure(errors=_SPELLING)
    return stream


def write(text: Language | bytes) -> None:
    """Write a result to stdout, text with a line end if it has none.

    Raises `ConvcostError` if it cannot be written, and `BrokenPipeError` if nobody reads it.
    """
    with named_failure():
        if isinstance(text, bytes):
            sys.stdout.buffer.write(text)
        else:
            sys.stdout.write(_ended(text))


def flush() -> None:
    """Push what was written to stdout; raises what `write` does."""
    with named_failure():
        sys.stdout.flush()


def write_error(text: Language) -> None:
    """Write a message to stderr, or nowhere if nobody reads that."""
    _say(_ended(text))


def write_status(text: Language) -> None:
    """The same of text that need not end its line."""
    _say(text)


def _say(text: str) -> None:
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        _discard(sys.stderr)


def drain_stdout() -> None:
    """Flush stdout, or drop what it still holds, so that the interpreter's exit is silent."""
    try:
        sys.stdout.flush()
    except OSError:
        _discard(sys.stdout)


@contextlib.contextmanager
def named_failure() -> Iterator[None]:
    """Raises for what cannot be written what `write` does."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise ConvcostError(f"cannot write the output: {error.strerror}") from error


def _discard(stream: TextIO) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def _spell(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError), "registered for writing only"
    spelled = "".join(_IN_ASCII.get(char, char) for char in error.object[error.start : error.end])
    return spelled.encode("ascii", "backslashreplace").decode("ascii"), error.end
