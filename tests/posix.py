"""Tests that need what Windows does not have: told by what they name, so that none is forgotten."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

NAMED = re.compile(
    r"mkfifo|SIGHUP|SIGKILL|os\.(?:kill|fork)\b|/dev/(?:full|null|zero|stdin)|"
    r"\.chmod\(0o|^import (?:fcntl|resource)\b|#!/bin/sh",
    re.MULTILINE,
)


def needs_posix(function: Callable[..., Any]) -> bool:
    """Whether a test or fixture, or what of its own module it uses, names pipes with names, rights,
    signals, devices or scripts of POSIX."""
    return any(NAMED.search(text) for text in _texts(inspect.unwrap(function)))


def _texts(function: Callable[..., Any]) -> Iterator[str]:
    if not isinstance(function, FunctionType):
        return
    yield inspect.getsource(function)
    for name in function.__code__.co_names:
        used = function.__globals__.get(name)
        if isinstance(used, str):
            yield used
        elif isinstance(used, FunctionType) and used.__module__ == function.__module__:
            yield inspect.getsource(used)
