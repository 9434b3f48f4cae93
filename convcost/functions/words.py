"""Words as they are typed, in a command line or in Python: `group[groups=4]`, `alpha=0.5`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from convcost.errors import UsageError
from convcost.text import quote

if TYPE_CHECKING:
    from convcost.comparison import Choice

_COMPARED = "eval --vary 'alpha=0.5,1.0' compares values"
_CHOICE = r"([^\[\]]*)(?:\[([^\[\]]*)\])?"


def choice(text: str, option: str = "--kind") -> Choice:
    """A kind with options of its own: `group[groups=4]`."""
    from convcost.comparison import Choice

    match = re.fullmatch(_CHOICE, text)
    if not match:
        raise UsageError(
            f'{option} "{quote(text)}" has brackets that do not match',
            hint="a kind with options is written group[groups=4,shuffle=true]",
        )
    kind, options = match.groups()
    pairs = options.split(",") if options else []
    return Choice(kind.strip(), assignments(option, pairs))


def assignments(option: str, pairs: Iterable[str]) -> dict[str, Any]:
    """`alpha=0.5` and such, with values read as a spec would: numbers, true, false, text; sizes
    such as 3x1 as one number per dim."""
    from convcost.sources.yaml.scalars import plain_value

    values: dict[str, Any] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or not name.strip():
            raise UsageError(
                f'{option} cannot read "{quote(pair)}"', hint="write name=value, as in alpha=0.5"
            )
        name = name.strip()
        if name in values:
            hint = _COMPARED if option == "--set" else "leave one of them out"
            raise UsageError(f"{option} {quote(name)} is given twice", hint=hint)
        try:
            values[name] = plain_value(text.strip())
        except ValueError as error:
            raise UsageError(f"{option} {quote(name)}: {error}") from None
    return values
