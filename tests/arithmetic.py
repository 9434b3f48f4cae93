"""Formulas as the project prints them (`n·k² + n·m`, `4 × 3 + 4`), worked out exactly."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Mapping
from fractions import Fraction

from convcost.count import Count

OPERATIONS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


def value_of(formula: str, symbols: Mapping[str, int | Fraction] = {}) -> Fraction:
    """What `formula` comes to where its symbols have these values."""
    python = formula.replace("·", "*").replace("×", "*").replace("²", "**2")

    def work_out(node: ast.expr) -> Fraction:
        match node:
            case ast.Constant(int(number)):
                return Fraction(number)
            case ast.Name(name):
                return Fraction(symbols[name])
            case ast.BinOp(left, operation, right):
                result: Fraction = OPERATIONS[type(operation)](work_out(left), work_out(right))
                return result
        raise AssertionError(f"{formula} is more than arithmetic")

    return work_out(ast.parse(python, mode="eval").body)


def symbols_of(count: Count) -> dict[str, int]:
    """The value behind each symbol of a count; a symbol with two values is a mistake."""
    values: dict[str, int] = {}
    for factor in (factor for term in count.terms for factor in term):
        if one_less := re.fullmatch(r"\((\w+) - 1\)", factor.symbol):
            pairs = [(one_less[1], factor.value + 1)]
        elif factor.over:
            divisor = factor.over.value
            pairs = [(factor.symbol, factor.value * divisor), (factor.over.symbol, divisor)]
        else:
            pairs = [(factor.symbol, factor.value)]
        for symbol, value in pairs:
            assert values.setdefault(symbol, value) == value, f"{symbol} has two values in {count}"
    return values


def explains_itself(count: Count) -> bool:
    """Whether formula and numbers, as printed, both come to the count."""
    by_symbols = value_of(count.formula, symbols_of(count))
    return str(count) == f"{count.formula} = {count.numbers}" and (
        by_symbols == value_of(count.numbers) == int(count)
    )
