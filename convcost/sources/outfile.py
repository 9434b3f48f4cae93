"""The files that convcost makes: whole, or not there at all."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from typing import IO

from convcost.errors import UsageError
from convcost.text import quote

_BEGINNING = 4096


def write_file(content: str | bytes, path: str) -> None:
    """Write `content` to the file `path`, text in UTF-8.

    A file is replaced in one step: whatever goes wrong, it is what it was before. UsageError if it
    cannot be written.
    """
    if isinstance(content, str):
        content = content.encode("utf-8", "backslashreplace")
    try:
        if _is_special(path):
            _pour(path, content)
        else:
            _replace(os.path.realpath(path), content)
    except (OSError, ValueError) as error:
        raise _unwritten(path, error) from None


def _unwritten(path: str, error: OSError | ValueError) -> UsageError:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return UsageError(
        f"cannot write {quote(path, 4096)}: {reason or error}",
        hint="check its folder, the rights to it and the room on the disk",
    )


def beginning(path: str, most: int | None = _BEGINNING) -> str:
    """The first characters of the regular file `path`, or all; nothing where there is none, or it
    is empty. UsageError if it cannot be read."""
    try:
        if not os.path.isfile(path):
            return ""
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(most)
    except OSError as error:
        raise UsageError(f"cannot read {quote(path, 4096)}: {error.strerror}") from None


def append_to_file(text: str, path: str) -> None:
    """Add `text` to the end of the file `path`, all of it or nothing; UsageError if that fails."""
    try:
        with open(path, "ab", buffering=0) as file:
            before = file.seek(0, os.SEEK_END)
            try:
                _write_all(file.fileno(), text.encode("utf-8", "backslashreplace"))
            except BaseException:
                with contextlib.suppress(OSError):
                    file.truncate(before)
                raise
    except OSError as error:
        raise UsageError(f"cannot write {quote(path, 4096)}: {error.strerror}") from None


def _is_special(path: str) -> bool:
    """Whether it is there and no regular file: a pipe, a terminal, /dev/null."""
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def _pour(path: str, data: bytes) -> None:
    with _pipe(path) as file:
        _write_all(file.fileno(), data)


def _pipe(path: str) -> IO[bytes]:
    # A pipe that nobody reads would block for ever. Windows has neither such pipes nor the flag.
    at_once, as_it_is = getattr(os, "O_NONBLOCK", 0), getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, os.O_WRONLY | at_once | as_it_is)
    if at_once:
        os.set_blocking(descriptor, True)
    return os.fdopen(descriptor, "wb")


@contextlib.contextmanager
def replacing(path: str) -> Iterator[IO[bytes]]:
    """A file to write to, which takes the place of the file `path` in the end; whatever goes wrong,
    that is what it was before. A pipe gets it as it comes. UsageError if it cannot be written."""
    try:
        with _pipe(path) if _is_special(path) else _replacing(os.path.realpath(path)) as file:
            yield file
    except OSError as error:
        raise _unwritten(path, error) from None


def _replace(path: str, data: bytes) -> None:
    with _replacing(path) as file:
        _write_all(file.fileno(), data)


@contextlib.contextmanager
def _replacing(path: str) -> Iterator[IO[bytes]]:
    if os.path.isdir(path):
        raise IsADirectoryError(21, "it is a folder")
    folder, name = os.path.split(path)
    # The name is known before there is a file, so that whatever ends the run takes it away.
    temporary = os.path.join(folder, f".{name[:40]}.{os.urandom(8).hex()}")
    try:
        with open(temporary, "xb", opener=_private) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, _mode(path))
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _mode(path: str) -> int:
    """The rights of the file that is replaced, or those of a new one."""
    try:
        return stat.S_IMODE(os.stat(path).st_mode)
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
