"""The literature's formulas with numbers in the places of their letters.

A kind's formula is text such as `n·k² + n·m`. It holds for a square kernel without a bias, and
for what else the paper took for granted, so it is shown with numbers only where they come to
the count that was made from the ops.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from convcost.comparison import Question, Row
from convcost.kinds import Kind
from convcost.kinds.letters import LETTER, Built

_TOKEN = re.compile(r"\d+|[-+·/()²³]")
_POWERS = {"²": 2, "³": 3}


def numbers_of(kind: Kind, asked: Question, row: Row) -> dict[str, int]:
    """What the letters of the kind's formulas stand for here, as far as it can be read off."""
    given = {name: value for name, value in row.fields.items() if value is not None}
    layer = Built(
        asked.n,
        row.channels or asked.m,
        asked.kernel,
        {name: field.default for name, field in kind.fields.items()} | given,
        tuple(stage.op for stage in row.stages),
        asked.size,
        row.out and row.out[1:],
    )
    numbers = ((letter.name, letter.read and letter.read(layer)) for letter in kind.letters)
    return {name: number for name, number in numbers if number is not None}


def put_in(formula: str, values: Mapping[str, int], result: int | Fraction) -> str:
    """`n·k² + n·m` as `3·3² + 3·4`, or nothing if that does not come to `result`."""
    numbers = re.sub(LETTER, lambda match: str(values.get(match[0], match[0])), formula)
    try:
        return numbers if value(numbers) == result else ""
    except ValueError:
        return ""


def value(numbers: str) -> Fraction:
    """What a formula of numbers comes to; ValueError for one that is none."""
    tokens = _TOKEN.findall(numbers)
    if "".join(tokens) != numbers.replace(" ", ""):
        raise ValueError(numbers)
    result = _sum(tokens)
    if tokens:
        raise ValueError(numbers)
    return result


def _sum(tokens: list[str]) -> Fraction:
    result = _product(tokens)
    while tokens and tokens[0] in "+-":
        sign = 1 if tokens.pop(0) == "+" else -1
        result += sign * _product(tokens)
    return result


def _product(tokens: list[str]) -> Fraction:
    result = _power(tokens)
    while tokens and tokens[0] in "·/":
        divides = tokens.pop(0) == "/"
        factor = _power(tokens)
        if divides and not factor:
            raise ValueError("division by nothing")
        result = result / factor if divides else result * factor
    return result


def _power(tokens: list[str]) -> Fraction:
    if not tokens:
        raise ValueError("a formula ends early")
    first = tokens.pop(0)
    if first == "(":
        result = _sum(tokens)
        if tokens[:1] != [")"]:
            raise ValueError("a bracket is left open")
        tokens.pop(0)
    elif first.isdecimal():
        result = Fraction(first)
    else:
        raise ValueError(first)
    return result ** _POWERS[tokens.pop(0)] if tokens and tokens[0] in _POWERS else result
