"""What a plain scalar means: the YAML 1.2 core schema, https://yaml.org/spec/1.2.2/#103-core-schema"""

from __future__ import annotations

import math
import re

from convcost.sources.yaml.tree import Scalar
from convcost.text import quote

# Longer integers are no counts, and Python itself refuses to convert those past some thousands of
# digits.
_LONGEST_NUMBER = 64

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(["", "~", "null", "Null", "NULL"]),
    **dict.fromkeys(["true", "True", "TRUE"], True),
    **dict.fromkeys(["false", "False", "FALSE"], False),
}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_BASES = {"0o": 8, "0x": 16}


def plain_value(text: str) -> Scalar:
    """The value of an unquoted scalar.

    `010` is 10, `1e6` is the float 1000000.0; `no`, `on`, `3:3` and `1_000` are text.
    ValueError, with a message for the user, for what the schema calls a number and a spec cannot
    use: `.inf`, `.nan`, `1e999` and numbers of more than 64 characters.
    """
    if text.isdecimal() and text.isascii() and len(text) <= _LONGEST_NUMBER:
        return int(text)
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    if _INTEGER.fullmatch(text):
        if len(text) > _LONGEST_NUMBER:
            raise ValueError(f"the number {quote(text, 20)} is too long ({len(text)} digits)")
        base = _BASES.get(text[:2], 10)
        return int(text, base)
    if _NOT_FINITE.fullmatch(text):
        raise ValueError(f"{text} is not a number that can be counted with")
    if _FLOAT.fullmatch(text):
        number = float(text)
        if math.isinf(number):
            raise ValueError(f"the number {quote(text, 20)} is too large")
        return number
    return text
