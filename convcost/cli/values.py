"""What the options' texts mean. Each function raises UsageError with the option's name in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from convcost.errors import LayerError, UsageError
from convcost.text import quote

if TYPE_CHECKING:
    from convcost.comparison import Choice

_MOST_DIGITS = 18
_COMPARED = "eval --vary 'alpha=0.5,1.0' compares values"
_CHOICE = r"([^\[\]]*)(?:\[([^\[\]]*)\])?"


def whole(option: str, text: str) -> int:
    """A whole number of at least 1."""
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and int(digits[:_MOST_DIGITS])):
        raise UsageError(f'{option} must be a whole number of at least 1, not "{quote(text)}"')
    if len(digits) > _MOST_DIGITS:
        raise UsageError(f"{option} has more than {_MOST_DIGITS} digits")
    return int(digits)


def per_dim(option: str, text: str, least: int = 1) -> int | tuple[int, ...]:
    """`3` as one number for all spatial dims, `3x1` as one for each."""
    numbers = _sizes(option, text, least, "write 3, or one number per spatial dim as in 3x1")
    return numbers[0] if len(numbers) == 1 else numbers


def padding(option: str, text: str) -> str | int | tuple[int, ...]:
    """A rule by its name, `same`, or zeros as `per_dim`; the layer knows which rules there are."""
    return per_dim(option, text, 0) if text[:1].isdigit() or text[:1] == "-" else text


def size(text: str | None, height: str | None, width: str | None) -> tuple[int, ...] | None:
    """The input size that --size, or -H and -W together, give; None if none of them is there."""
    hint = "--size 224x224 is an image's, --size 1000 a sequence's, --size 16x112x112 a video's"
    if text is not None and (height is not None or width is not None):
        raise UsageError("--size and -H, -W say the same thing: give one of them")
    if text is not None:
        return _sizes("--size", text, 1, hint)
    if height is None and width is None:
        return None
    if height is None or width is None:
        missing = "-H" if height is None else "-W"
        raise UsageError(f"{missing} is missing: -H and -W go together", hint=hint)
    return whole("-H", height), whole("-W", width)


def choice(text: str) -> Choice:
    """A kind with options of its own: `group[groups=4]`."""
    from convcost.comparison import Choice

    match = re.fullmatch(_CHOICE, text)
    if not match:
        raise UsageError(
            f'--kind "{quote(text)}" has brackets that do not match',
            hint="a kind with options is written group[groups=4,shuffle=true]",
        )
    kind, options = match.groups()
    pairs = options.split(",") if options else []
    return Choice(kind.strip(), assignments("--kind", pairs))


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


def _sizes(option: str, text: str, least: int, hint: str) -> tuple[int, ...]:
    from convcost.ops.base import parse_shape

    try:
        return parse_shape(text, option, least)
    except LayerError as error:
        raise UsageError(error.problems[0].message, hint=hint) from None
