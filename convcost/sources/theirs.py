"""Code of the user's own: whatever it raises is theirs to read."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from typing import TypeVar

from convcost.errors import CodeError
from convcost.text import quote

Made = TypeVar("Made")
_NOT_THEIRS = (os.path.dirname(__file__), f"{os.sep}importlib{os.sep}", "<frozen", "<string>")
_LONGEST_ENDING = 12


def run_theirs(
    work: Callable[[], Made], what: str, remedy: Callable[[BaseException], str] = lambda error: ""
) -> Made:
    """What `work` gives; CodeError for all that it raises, which says `what` happened, where, and
    the `remedy`."""
    try:
        return work()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        message = f"{what}: {first_line(error)}"
        raise CodeError(message, trace_of(error), hint=remedy(error)) from error


def first_line(error: BaseException) -> str:
    """The error by its name, and the first line of what it says."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {quote(lines[0], 200)}" if lines else type(error).__name__


def trace_of(error: BaseException) -> str:
    """The traceback of the user's own code: without our frames and torch's."""
    torch = os.path.dirname(getattr(sys.modules.get("torch"), "__file__", None) or __file__)
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not any(part in frame.filename for part in (*_NOT_THEIRS, torch + os.sep))
    ]
    ending = "".join(traceback.format_exception_only(error)).splitlines(keepends=True)
    head = ["Traceback (most recent call last):\n"] if frames else []
    return "".join([*head, *traceback.format_list(frames), *ending[:_LONGEST_ENDING]])
