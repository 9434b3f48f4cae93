"""Read a text file of a sane kind and size, and say well what stands in the way."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from itertools import islice
from typing import BinaryIO, NoReturn

from convcost.errors import Place, SpecError
from convcost.sources.inside import inside
from convcost.spelling import did_you_mean

MOST_PIPED = 16 * 2**20
_PIECE = 64 * 2**20
_REPEATS = 'say what repeats once, with "repeat" or "blocks"'
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def file_bytes(path: str, limit: int, root: str = "", hint: str = _REPEATS) -> bytes:
    """The contents of the file `path`, at most `limit` bytes; `hint` is what to do about more.

    With `root`, it must lie below that when links are followed. SpecError if it does not, if there
    is no such file, if it is not a regular file (a pipe may never end), if it may not be read or
    is larger than `limit`.
    """
    raw = file_head(path, limit + 1, root)
    if len(raw) > limit:
        _refuse(path, f"this file is larger than {limit // 2**20} MiB", hint)
    return raw


def file_head(path: str, most: int, root: str = "") -> bytes:
    """The first bytes of the file `path`, at most so many of them; SpecError as for the whole."""
    with opened(path, root) as file, _told(path):
        # Not by its size: files grow, and those under /proc have none.
        return _up_to(file, most)


def opened(path: str, root: str = "") -> BinaryIO:
    """The file `path`, to be read as far as it is needed; SpecError as for its contents."""
    with _told(path):
        real = inside(path, root) if root else path
        _refuse_irregular(path, os.stat(real).st_mode)
        file = open(real, "rb", opener=partial(_open, links=not root))  # noqa: SIM115 - callers close it
        try:
            # What is there may have changed meanwhile, though no longer into a link that leads out.
            _refuse_irregular(path, os.fstat(file.fileno()).st_mode)
        except BaseException:
            file.close()
            raise
        return file


@contextmanager
def _told(path: str) -> Iterator[None]:
    """SpecError for whatever the system says of a file."""
    try:
        yield
    except FileNotFoundError:
        _refuse(path, "there is no such file", _nearest(path))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        _refuse(path, f"this file cannot be read: {reason or error}", "check its name and rights")


def _up_to(file: BinaryIO, most: int) -> bytes:
    """The first bytes of a file, at most so many; Python sets memory aside for all that it is asked
    for at once, however small the file is."""
    parts = []
    while most > 0 and (part := file.read(min(most, _PIECE))):
        parts.append(part)
        most -= len(part)
    return b"".join(parts)


@cache
def piped() -> bytes:
    """All of standard input, which can be read but once; SpecError if it is closed or no end."""
    place = Place("<stdin>")
    if sys.stdin is None:
        raise SpecError("there is no standard input to read", place=place)
    try:
        raw = sys.stdin.buffer.read(MOST_PIPED + 1)
    except OSError as error:
        raise SpecError(f"this cannot be read: {error.strerror}", place=place) from None
    if len(raw) > MOST_PIPED:
        raise SpecError(f"this is larger than {MOST_PIPED // 2**20} MiB", place=place)
    return raw


def _open(path: str, flags: int, links: bool) -> int:
    """A descriptor; opening a pipe does not wait for somebody to write."""
    flags |= getattr(os, "O_NONBLOCK", 0)
    return os.open(path, flags if links else flags | getattr(os, "O_NOFOLLOW", 0))


def _refuse_irregular(path: str, mode: int) -> None:
    if stat.S_ISDIR(mode):
        from convcost.sources.foreign import folder  # its sorts do not wait for every spec

        raise SpecError(folder(path))
    if not stat.S_ISREG(mode):
        _refuse(path, "this is not a regular file", "save what it gives to a file first")


def decoded(raw: bytes, path: str) -> str:
    """The text of `raw`, which must be UTF-8. SpecError for a binary file or another encoding."""
    if raw.startswith(_UTF16):
        _refuse(path, "this file is UTF-16, not UTF-8", "save it as UTF-8")
    nul = raw.find(b"\0")
    if nul >= 0:
        _refuse(path, f"this is not a text file: byte {nul} is a NUL", "give a YAML file", raw, nul)
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        bad = error.start
        _refuse(
            path,
            f"this file is not UTF-8: byte {bad} is 0x{raw[bad]:02x}",
            "save it as UTF-8",
            raw,
            bad,
        )


def _refuse(path: str, message: str, hint: str, raw: bytes = b"", offset: int = 0) -> NoReturn:
    line = raw.count(b"\n", 0, offset) + 1 if raw else 0
    raise SpecError(message, place=Place(path, line), hint=hint)


def neighbours(path: str) -> list[str]:
    """The names in the folder that `path` lies in, sorted; some of them if there are thousands.

    Empty if there is no such folder.
    """
    try:
        with os.scandir(os.path.dirname(path) or ".") as entries:
            return sorted(entry.name for entry in islice(entries, 1000))
    except (OSError, ValueError):
        return []


def _nearest(path: str) -> str:
    folder, name = os.path.split(path)
    if folder and not os.path.isdir(folder):
        return f'nor is there a folder "{folder}"'
    return did_you_mean(name, neighbours(path)) or "check its name and folder"
