"""What the streams are: whether to colour them, how wide they are, and whether they are read aloud.

Colour is decided for each stream: `--color`, then `NO_COLOR`, then `FORCE_COLOR`, then whether
the stream is a terminal. See https://no-color.org and https://force-color.org.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from typing import Literal, TextIO

ColorChoice = Literal["auto", "always", "never"]

COLOR_CHOICES: Mapping[str, ColorChoice] = {"auto": "auto", "always": "always", "never": "never"}
_USUAL_WIDTH = 80
_plain = ContextVar("plain", default=False)


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


def set_plain(asked: bool) -> None:
    """Whether this command line asks for output that can be read aloud: `--plain`."""
    _plain.set(asked)


def is_plain(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether output is to be read aloud: by `--plain`, or with `CONVCOST_PLAIN` set."""
    return _plain.get() or bool(environ.get("CONVCOST_PLAIN"))


def can_clear(stream: TextIO, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether somebody sees `stream`, on a terminal where what is written can go again."""
    return stream.isatty() and environ.get("TERM") != "dumb" and not is_plain(environ)


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
