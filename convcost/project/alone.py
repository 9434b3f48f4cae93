"""One process at a time where a file is read, changed and written back."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator

from convcost.errors import UsageError
from convcost.text import quote

PATIENCE = 60.0
"""Seconds to wait for another process."""
_PAUSE = 0.02


@contextlib.contextmanager
def alone(path: str) -> Iterator[None]:
    """Keep other processes of this machine that do likewise from the file `path`, there or not.

    Nothing is left behind, and a process that ends, however it does, lets go: held is the folder
    or, where no folder can be (Windows, some network file systems), a file among the temporary
    ones. UsageError if another process does not let go within `PATIENCE`.
    """
    descriptor = _held(os.path.dirname(os.path.realpath(path)))
    try:
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def claimed(path: str, share: str = "") -> Iterator[None]:
    """Be the only process of this user and machine that makes what is at `path`, or a share of it;
    UsageError at once if another does. Where there are no locks, nothing is kept from others."""
    name = os.path.realpath(path) + f"#{share}" * bool(share)
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            descriptor = _stand_in(name)
            stack.callback(os.close, descriptor)
            try:
                _hold(descriptor)
            except (BlockingIOError, PermissionError):
                raise UsageError(
                    f"another process is writing {quote(path, 4096)}",
                    hint="wait until it is done, or write elsewhere",
                ) from None
            stack.callback(_forget, name)
        yield


def _forget(name: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(_stand_in_path(name))


def _held(folder: str) -> int:
    for opened in (_folder, _stand_in):
        try:
            descriptor = opened(folder)
        except OSError:
            continue
        try:
            _wait(descriptor, folder)
        except OSError:  # a file system that knows no such locks
            os.close(descriptor)
        except BaseException:
            os.close(descriptor)
            raise
        else:
            return descriptor
    raise UsageError(
        f"{quote(folder, 4096)} cannot be kept from other processes",
        hint="check that files can be made in the folder for temporary ones",
    )


def _folder(folder: str) -> int:
    return os.open(folder, os.O_RDONLY)


def _stand_in(folder: str) -> int:
    path = _stand_in_path(folder)
    return os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)


def _stand_in_path(folder: str) -> str:
    import hashlib
    import tempfile

    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    user = os.getuid() if hasattr(os, "getuid") else ""
    return os.path.join(tempfile.gettempdir(), f"convcost-{user}-{name}.lock")


def _wait(descriptor: int, folder: str) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return _hold(descriptor)
        except (BlockingIOError, PermissionError):  # as POSIX and as Windows say it
            if time.monotonic() > until:
                raise UsageError(
                    f"another process has kept {quote(folder, 4096)} for {PATIENCE:.0f} seconds",
                    hint='wait for the other "convcost lock", or end it',
                ) from None
        time.sleep(_PAUSE)


def _hold(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
