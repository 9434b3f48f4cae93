"""Conventions: which work counts as what. The same network has another number in each.

`papers` is the default, by which every report is made; `apply` counts it by another.
"""

from __future__ import annotations

from convcost.conventions.base import Convention, apply
from convcost.conventions.classes import CLASSES, PARAM_CLASSES, TRAITS, is_key
from convcost.conventions.shipped import CONVENTIONS, DEFAULT
from convcost.errors import UsageError
from convcost.spelling import did_you_mean
from convcost.text import quote

__all__ = ["CONVENTIONS", "DEFAULT", "Convention", "apply", "find", "register"]


def register(convention: Convention) -> Convention:
    """Add a convention to those that ship; a second of that name is an error, and so are classes of
    work that there are not."""
    if convention.name in CONVENTIONS:
        raise ValueError(f"the convention {convention.name} is registered twice")
    for weights, known in ((convention.weights, CLASSES), (convention.params, PARAM_CLASSES)):
        for key in weights:
            if not is_key(key, known):
                hint = did_you_mean(key, [*known, *TRAITS]) or f"they are {', '.join(known)}"
                raise ValueError(f'unknown class of work "{quote(key)}" ({hint})')
    CONVENTIONS[convention.name] = convention
    return convention


def find(name: str) -> Convention:
    """The convention of that name; UsageError if none that ships has it."""
    if name not in CONVENTIONS:
        raise UsageError(
            f'there is no convention "{quote(name)}"',
            hint=did_you_mean(name, CONVENTIONS) or f"the conventions are {', '.join(CONVENTIONS)}",
        )
    return CONVENTIONS[name]
