"""What the options' texts mean. Each function raises UsageError with the option's name in it."""

from __future__ import annotations

from typing import Any

from convcost.errors import LayerError, UsageError
from convcost.functions import words
from convcost.text import quote

assignments, choice = words.assignments, words.choice

_MOST_DIGITS = 18


def layer(
    n: str,
    m: str,
    kernel: str,
    size: str | None,
    height: str | None,
    width: str | None,
    groups: str | None,
    stride: str,
    padding: str,
    dilation: str,
    bias: bool,
) -> dict[str, Any]:
    """The options as the arguments of `convcost.compare`; UsageError for what cannot be one."""
    return {
        "n": whole("--in", n),
        "m": whole("--out", m),
        "k": per_dim("--kernel", kernel),
        "size": size_of(size, height, width),
        "groups": None if groups is None else whole("--groups", groups),
        "stride": per_dim("--stride", stride),
        "padding": padding_of("--padding", padding),
        "dilation": per_dim("--dilation", dilation),
        "bias": bias,
    }


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


def padding_of(option: str, text: str) -> str | int | tuple[int, ...]:
    """A rule by its name, `same`, or zeros as `per_dim`; the layer knows which rules there are."""
    return per_dim(option, text, 0) if text[:1].isdigit() or text[:1] == "-" else text


def size_of(text: str | None, height: str | None, width: str | None) -> tuple[int, ...] | None:
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


def _sizes(option: str, text: str, least: int, hint: str) -> tuple[int, ...]:
    from convcost.ops.base import parse_shape

    try:
        return parse_shape(text, option, least)
    except LayerError as error:
        raise UsageError(error.problems[0].message, hint=hint) from None
