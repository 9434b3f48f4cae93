"""Run another library's native code where it can break off without taking this process along."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from signal import Signals
from typing import NoReturn

from convcost.errors import ConvcostError

_DONE, _FAILED = b"\0", b"\1"


def isolated(what: str, work: Callable[[], bytes], seconds: int = 0) -> bytes:
    """The bytes that `work` gives, made in a copy of this process.

    ConvcostError, which says that `what` fails, for whatever `work` raises and for a copy that
    dies, or works for more than so many `seconds`, if any are given. Where processes cannot be
    copied, `work` is done in this one.
    """
    can_copy = hasattr(os, "fork")
    answer = _answer_of_copy(what, work, seconds) if can_copy else _answer(work)
    if answer.startswith(_FAILED):
        raise ConvcostError(f"{what}: {answer[1:].decode('utf-8', 'replace')}")
    return answer[1:]


def _answer_of_copy(what: str, work: Callable[[], bytes], seconds: int) -> bytes:
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        # Python and JAX warn of threads; the copy has none, calls native code and ends.
        warnings.simplefilter("ignore")
        copy = os.fork()
    if not copy:
        _end(work, writing, seconds)
    os.close(writing)
    try:
        with open(reading, "rb") as pipe:
            answer = pipe.read()
    finally:
        code = os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1])
    if code or not answer:
        how = f" ({Signals(-code).name})" if code < 0 else ""
        raise ConvcostError(f"{what}: it breaks off{how}")
    return answer


def _answer(work: Callable[[], bytes]) -> bytes:
    try:
        made = work()
    except Exception as error:  # native code names no errors of its own
        lines = str(error).splitlines()
        return _FAILED + (lines[0] if lines else type(error).__name__).encode("utf-8", "replace")
    return _DONE + made


def _end(work: Callable[[], bytes], writing: int, seconds: int) -> NoReturn:
    """The whole life of a copy."""
    code = 1
    try:
        if seconds:
            import resource

            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # where native code says why it aborts
        with open(writing, "wb") as pipe:
            pipe.write(_answer(work))
        code = 0
    finally:
        os._exit(code)
