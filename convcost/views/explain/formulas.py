"""The literature's formulas with numbers in the places of their symbols.

A kind's formula is text such as `n·k² + n·m`. It holds for a square kernel without a bias, and
for what else the paper took for granted, so it is shown with numbers only where they come to
the count that was made from the ops.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from math import prod

from convcost.comparison import Question, Row
from convcost.ops.conv import ChannelwiseConv, Conv, TransposedConv

SYMBOL = re.compile(r"[A-Za-z][A-Za-z_]*[0-9]*")
MEANINGS = {
    "n": "input channels",
    "m": "output channels",
    "k": "kernel size",
    "g": "groups",
    "r": "filters a channel, or channels in between",
    "b": "channels in between",
    "t": "times wider inside",
    "c": "channels that are filtered",
    "p": "channels computed in full",
    "s": "outputs for each of those",
    "d": "kernel size for the others",
    "r3": "channels before the core",
    "r4": "channels behind the core",
    "e1": "outputs of the 1 x 1 side",
    "e3": "outputs of the k x k side",
    "q": "shared kernels",
    "dc": "taps along the channels",
    "alpha": "share of channels at half the size",
    "a": "input positions",
    "A": "output positions",
    "A_in": "input positions",
}
"""The literature's symbols, in the order in which they are explained."""
_TOKEN = re.compile(r"\d+|[-+·/()²³]")
_POWERS = {"²": 2, "³": 3}


def symbols(asked: Question, row: Row) -> dict[str, int]:
    """What the literature's symbols stand for here, as far as the question and the ops tell.

    Kinds share the meanings of their letters; one with a letter of its own adds it here, or has
    its formula shown without numbers.
    """
    values = {"n": asked.n, "m": row.channels or asked.m, "k": asked.kernel[0]}
    if asked.size is not None and row.out is not None:
        values |= {"A": prod(row.out[1:]), "A_in": prod(asked.size), "a": prod(asked.size)}
    for stage in row.stages:
        if isinstance(stage.op, ChannelwiseConv):
            values |= {"q": stage.op.kernels, "dc": stage.op.taps}
    filters = [stage.op for stage in row.stages if isinstance(stage.op, (Conv, TransposedConv))]
    return values | _widths(filters, values["m"]) if filters else values


def _widths(filters: list[Conv | TransposedConv], m: int) -> dict[str, int]:
    """The letters for what lies between the first and the last convolution."""
    first, second, last = filters[0], filters[1 % len(filters)], filters[-1]
    middle = first.m
    is_depthwise = first.groups == first.n
    in_groups = [op.groups for op in filters if op.groups < op.n]
    return {
        "g": max(in_groups, default=first.groups),
        "r": middle // first.n if is_depthwise else middle,
        **dict.fromkeys("bcp", middle),
        "t": middle // first.n,
        "s": -(-m // middle),
        "d": last.kernel[0],
        "r3": middle,
        "r4": second.m,
        "e1": second.m,
        "e3": last.m,
    }


def put_in(formula: str, values: Mapping[str, int], result: int | Fraction) -> str:
    """`n·k² + n·m` as `3·3² + 3·4`, or nothing if that does not come to `result`."""
    numbers = SYMBOL.sub(lambda match: str(values.get(match[0], match[0])), formula)
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
