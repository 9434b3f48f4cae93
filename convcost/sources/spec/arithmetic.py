"""What `${...}` expressions can calculate with: operators and functions that stay small.

Every result is a finite number of at most 10^18, so no expression takes much time or memory;
what would not be, and every other failure, is a SpecError without a place. Whole numbers are
calculated without branches on their values, so that a sweep follows all of them at once.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from convcost.errors import SpecError
from convcost.text import quote

MAX_INTEGER = 10**18

_TEXT = "text, which can only be compared"
_Value = TypeVar("_Value")


def make_divisible(v: float, divisor: int = 8, min_value: int | None = None) -> int:
    """`v` channels rounded to the nearest multiple of `divisor`, but to no less than 90 % of `v`.

    The result is at least `min_value`, which is `divisor` unless given. ValueError for a divisor
    or minimum that is not a positive integer.

    Source: Sandler et al. 2018, "MobileNetV2", in the authors' reference implementation.
    """
    least = divisor if min_value is None else min_value
    for number in (divisor, least):
        if not isinstance(number, int) or number < 1:
            raise ValueError(f"{number} is not a positive integer")
    rounded: int = _max(least, math.trunc(v + divisor / 2) // divisor * divisor)
    return rounded + divisor * (rounded < 0.9 * v)


def bounded(value: _Value) -> _Value:
    """`value` itself, unless it is a number that no spec needs: SpecError for those."""
    if isinstance(value, complex) or (
        isinstance(value, float) and not -math.inf < value < math.inf
    ):
        raise SpecError("the result is no finite number")
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        raise SpecError("a number beyond 10^18")
    return value


def _calculation(function: Callable[..., Any], name: str = "") -> Callable[..., Any]:
    @wraps(function)
    def calculate(*operands: Any, **named: Any) -> Any:
        for operand in (*operands, *named.values()):
            if not isinstance(operand, int | float):
                what = "a shape, of which x[0] is a number" if _is_shape(operand) else _TEXT
                raise SpecError(f'"{quote(str(operand))}" is {what}')
        try:
            return bounded(function(*operands, **named))
        except ZeroDivisionError:
            raise SpecError("a division by zero") from None
        except OverflowError:
            raise SpecError("a number that is too large") from None
        except ValueError as error:
            raise SpecError(f"{name}: {error}") from None
        except TypeError:
            raise SpecError(f"{name} does not take these arguments") from None

    return calculate


def _is_shape(value: object) -> bool:
    return isinstance(value, tuple)


def _comparison(function: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def compare(left: Any, right: Any) -> bool:
        try:
            return bool(function(left, right))
        except TypeError:
            raise SpecError("text and numbers have no order") from None

    return compare


def power(base: float, exponent: float) -> Any:
    """`base**exponent`; OverflowError, before anything is worked out, where it is surely beyond
    all numbers of a spec."""
    if isinstance(base, int) and abs(base) > 1 and exponent > MAX_INTEGER.bit_length():
        raise OverflowError
    return base**exponent


def _prod(shape: tuple[int, ...]) -> int:
    if not _is_shape(shape) or any(map(_is_shape, shape)):
        raise SpecError("prod takes one shape, as in prod(outs[0])")
    return bounded(math.prod(shape))


def _len(shape: tuple[int, ...]) -> int:
    if not _is_shape(shape):
        raise SpecError("len takes a shape, as in len(ins[0])")
    return len(shape)


def _min(first: Any, *others: Any) -> Any:
    for other in others:
        first = _other_if(other < first, other, first)
    return first


def _max(first: Any, *others: Any) -> Any:
    for other in others:
        first = _other_if(other > first, other, first)
    return first


def _other_if(is_other: bool, other: Any, first: Any) -> Any:
    if isinstance(first, float | bool) or isinstance(other, float | bool):
        return other if is_other else first
    return first + (other - first) * is_other


def _round(number: float) -> int:
    # Python's own also takes a number of digits, and with it any amount of time.
    return round(number)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "ceil": math.ceil,
    "floor": math.floor,
    "int": math.trunc,
    "make_divisible": make_divisible,
    "max": _max,
    "min": _min,
    "round": _round,
}

# `round` rounds a half to the even neighbour, as Python does; it, `ceil`, `floor` and `int`
# (which cuts the fraction off) give integers.
FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    name: _calculation(function, name) for name, function in _FUNCTIONS.items()
}

ON_SHAPES: Mapping[str, Callable[..., Any]] = {**FUNCTIONS, "len": _len, "prod": _prod}
"""Those of expressions on shapes: how many numbers a shape has, and their product."""

OPERATORS: Mapping[type[ast.AST], Callable[..., Any]] = {
    ast.Add: _calculation(operator.add),
    ast.Sub: _calculation(operator.sub),
    ast.Mult: _calculation(operator.mul),
    ast.Div: _calculation(operator.truediv),
    ast.FloorDiv: _calculation(operator.floordiv),
    ast.Mod: _calculation(operator.mod),
    ast.Pow: _calculation(power),
    ast.UAdd: _calculation(operator.pos),
    ast.USub: _calculation(operator.neg),
    ast.Not: operator.not_,
    ast.Eq: _comparison(operator.eq),
    ast.NotEq: _comparison(operator.ne),
    ast.Lt: _comparison(operator.lt),
    ast.LtE: _comparison(operator.le),
    ast.Gt: _comparison(operator.gt),
    ast.GtE: _comparison(operator.ge),
}
