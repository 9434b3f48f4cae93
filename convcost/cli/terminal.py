"""What the streams are: whether to colour them, how wide they are, and writing that cannot fail
on a character.

Colour is decided for each stream: `--color`, then `NO_COLOR`, then `FORCE_COLOR`, then whether
the stream is a terminal. See https://no-color.org and https://force-color.org.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, TextIO

from convcost.errors import ConvcostError
from convcost.views.language import Language

ColorChoice = Literal["auto", "always", "never"]

COLOR_CHOICES: Mapping[str, ColorChoice] = {"auto": "auto", "always": "always", "never": "never"}
_USUAL_WIDTH = 80
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


def wants_color(
    stream: TextIO, choice: ColorChoice = "auto", environ: Mapping[str, str] = os.environ
) -> bool:
    """Whether to colour what is written to `stream`, given the `--color` of the command line."""
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    if forced := environ.get("FORCE_COLOR"):
        return forced.lower() not in ("0", "false")
    return stream.isatty() and environ.get("TERM") != "dumb"


def asked_color(args: Sequence[str]) -> ColorChoice:
    """The `--color` of a command line, for a message about one that could not be parsed."""
    choice: ColorChoice = "auto"
    for position, word in enumerate(args):
        if word == "--":
            break
        option, equals, value = word.partition("=")
        if option == "--color":
            value = value if equals else "".join(args[position + 1 : position + 2])
            choice = COLOR_CHOICES.get(value, choice)
    return choice


def width(stream: TextIO, environ: Mapping[str, str] = os.environ) -> int | None:
    """The columns of the terminal that `stream` is; None, without limit, when it is not one."""
    if not stream.isatty():
        return None
    columns = environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns):
        return int(columns)
    try:
        return os.get_terminal_size(stream.fileno()).columns or _USUAL_WIDTH
    except OSError:
        return _USUAL_WIDTH


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


def write(text: Language) -> None:
    """Write a result to stdout, with a line end if it has none.

    Raises `ConvcostError` if it cannot be written, and `BrokenPipeError` if nobody reads it.
    """
    with _named_failure():
        sys.stdout.write(_ended(text))


def flush() -> None:
    """Push what was written to stdout; raises what `write` does."""
    with _named_failure():
        sys.stdout.flush()


def write_error(text: Language) -> None:
    """Write a message to stderr, or nowhere if nobody reads that."""
    try:
        sys.stderr.write(_ended(text))
        sys.stderr.flush()
    except OSError:
        _discard(sys.stderr)


def settle() -> None:
    """Flush stdout, or drop what it still holds, so that the interpreter's exit is silent."""
    try:
        sys.stdout.flush()
    except OSError:
        _discard(sys.stdout)


@contextlib.contextmanager
def _named_failure() -> Iterator[None]:
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
    text = error.object[error.start : error.end]
    return "".join(_IN_ASCII.get(char) or _escape(char) for char in text), error.end


def _escape(char: str) -> str:
    return char.encode("ascii", "backslashreplace").decode("ascii")
