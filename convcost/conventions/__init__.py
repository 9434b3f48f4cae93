"""Conventions: which work counts as what. The same network has another number in each.

`papers` is the default, by which every report is made; `apply` counts it by another.
"""

from __future__ import annotations

from convcost.conventions.base import Convention, apply
from convcost.conventions.shipped import CONVENTIONS, DEFAULT
from convcost.errors import UsageError
from convcost.spelling import did_you_mean
from convcost.text import quote

__all__ = ["CONVENTIONS", "DEFAULT", "Convention", "apply", "find"]


def find(name: str) -> Convention:
    """The convention of that name; UsageError if none that ships has it."""
    if name not in CONVENTIONS:
        raise UsageError(
            f'there is no convention "{quote(name)}"',
            hint=did_you_mean(name, CONVENTIONS) or f"the conventions are {', '.join(CONVENTIONS)}",
        )
    return CONVENTIONS[name]
