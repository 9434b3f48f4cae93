"""Whatever the operands of a step are, what comes of them lies within its bounds."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from convcost.sweeping.bounds import bounds_at
from convcost.sweeping.tracing import Node

WHOLE = st.integers(-4, 4) | st.integers(-(10**20), 10**20)
DECIMALS = st.integers(-16, 16).map(lambda each: each / 4) | st.floats(-1e300, 1e300)
TWO = ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "lt", "le", "gt", "ge", "eq", "ne"]
ONE: dict[str, Callable[[Any], Any]] = {
    "neg": operator.neg,
    "abs": abs,
    "trunc": math.trunc,
    "floor": math.floor,
    "ceil": math.ceil,
    "round": round,
}


@st.composite
def within(draw: st.DrawFn) -> tuple[Any, tuple[Any, Any]]:
    """A number and the bounds of the values that a var of its type has."""
    kind: st.SearchStrategy[Any] = WHOLE if draw(st.booleans()) else DECIMALS
    numbers = draw(st.lists(kind, min_size=1, max_size=3))
    low, number, high = min(numbers), numbers[0], max(numbers)
    return number, (low, high)


@pytest.mark.parametrize("op", TWO)
@settings(max_examples=500)
@given(left=within(), right=within())
def test_of_two_operands(op: str, left: Any, right: Any) -> None:
    assume(op != "pow" or abs(right[0]) < 100)
    try:
        found = getattr(operator, op)(left[0], right[0])
    except (ArithmeticError, ValueError):
        return
    assume(not isinstance(found, complex))
    low, high = bounds_at(Node(op, (0, 1), type(found)), [left[1], right[1]], {})
    assert low <= found <= high


@pytest.mark.parametrize("op", ONE)
@given(value=within())
def test_of_one_operand(op: str, value: Any) -> None:
    low, high = bounds_at(Node(op, (0,), int), [value[1]], {})
    assert low <= ONE[op](value[0]) <= high


def test_a_remainder_of_decimals_is_less_than_the_divisor_and_not_a_whole_number_less() -> None:
    assert bounds_at(Node("mod", (0, 1), float), [(0.0, 0.5), (1, 1)], {}) == (0, 0.5)
    assert bounds_at(Node("mod", (0, 1), int), [(0, 9), (4, 4)], {}) == (0, 3)
