"""Values to build a network with one after another: `alpha=0.5,0.75,1.0`, `width=32..128:32`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import product
from math import prod
from typing import Any

from convcost.errors import UsageError
from convcost.quantity import parse_amount
from convcost.sources.yaml.scalars import plain_value
from convcost.text import quote

MOST = 100
"""Networks to build for one command."""

Variant = Mapping[str, Any]
"""The values of one of them, by the names of vars."""

_AMOUNT = re.compile(r"[0-9.]+ *[kMGT]")
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?", re.ASCII)
_HINT = "write alpha=0.5,0.75,1.0, or width=32..128:32 for every 32nd from 32 to 128"


def parse_variants(texts: Sequence[str]) -> list[Variant]:
    """Every combination of the values that `texts` give to their names, the last changing fastest.

    UsageError for what is no list of values, a name that is given twice, and more than `MOST`.
    """
    values = parse_values(texts, MOST)
    if prod(map(len, values.values())) > MOST:
        raise UsageError(f"--vary asks for more than {MOST} networks", hint="give fewer values")
    return [dict(zip(values, each, strict=True)) for each in product(*values.values())]


def parse_values(texts: Sequence[str], most: int) -> dict[str, Sequence[Any]]:
    """The values that `texts` give to their names, at most so many to one; UsageError for what is
    no list of values, and a name that is given twice."""
    values: dict[str, Sequence[Any]] = {}
    for text in texts:
        name, equals, listed = text.partition("=")
        name = name.strip()
        if not equals or not name or not listed.strip():
            raise UsageError(f'--vary cannot read "{quote(text)}"', hint=_HINT)
        if name in values:
            raise UsageError(
                f"--vary {quote(name)} is given twice", hint="put all of its values behind one"
            )
        values[name] = _values(name, listed, most)
    return values


def _values(name: str, listed: str, most: int) -> Sequence[Any]:
    try:
        found = _range(listed, most) if ".." in listed else list(map(_value, listed.split(",")))
    except (UsageError, ValueError) as error:
        raise UsageError(f"--vary {quote(name)}: {error}", hint=_HINT) from None
    if len(set(found)) < len(found):
        raise UsageError(f"--vary {quote(name)} has a value twice", hint="leave one of them out")
    return found


def _value(text: str) -> Any:
    text = text.strip()
    if not text:
        raise ValueError("a value is missing between two commas")
    return parse_amount(text) if _AMOUNT.fullmatch(text) else plain_value(text)


def _range(text: str, most: int) -> Sequence[int | float]:
    """`A..B:STEP`, both ends included, exactly; whole numbers stay such."""
    from decimal import Decimal

    ends, _, by = text.partition(":")
    written = [each.strip() for each in (*ends.split("..", 1), by or "1")]
    for each in written:
        if not (_NUMBER.fullmatch(each) or _AMOUNT.fullmatch(each)):
            raise ValueError(f'"{quote(each)}" is no number')
    first, last, step = (
        Decimal(each if _NUMBER.fullmatch(each) else parse_amount(each)) for each in written
    )
    if step <= 0 or last < first:
        raise ValueError("the first must not be above the last, and the step above 0")
    count = int((last - first) / step) + 1
    if count > most:
        raise ValueError(f"more than {most:,} values")
    fits = int if all(number == int(number) for number in (first, step)) else float
    return [fits(first + step * at) for at in range(count)]
