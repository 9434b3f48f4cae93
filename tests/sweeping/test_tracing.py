"""Numbers that note what is done with them."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from convcost.sweeping.tracing import Trace, is_traced


def numbers(*values: float) -> tuple[Trace, list[Any]]:
    trace = Trace()
    return trace, [trace.var(f"x{at}", value) for at, value in enumerate(values)]


def test_they_pass_for_the_type_that_they_are_of() -> None:
    _, (whole, part) = numbers(3, 0.5)
    assert isinstance(whole, int)
    assert not isinstance(whole, float)
    assert isinstance(part, float)
    assert isinstance(whole < 4, bool)
    assert is_traced(whole)
    assert not is_traced(3)


def test_arithmetic_relies_on_nothing() -> None:
    trace, (x, y) = numbers(7, 2.5)
    made = [x + y, 3 - x, x * x, -x, abs(x), round(y), math.trunc(y), math.ceil(y), math.floor(y)]
    made += [sum([x, x]), math.prod([x, x]), x / 2, x // 2, x % 4, x**2]
    assert all(map(is_traced, made))
    assert trace.guards == []
    assert [each.value for each in made[:4]] == [9.5, -4, 49, -7]


NEEDS: list[Callable[[Any], object]] = [
    bool,
    int,
    str,
    repr,
    float,
    range,
    operator.index,
    lambda x: f"{x:,}",
    lambda x: "abcdefghij"[x],
    lambda x: [0] * x,
    lambda x: divmod(x, 2),
    lambda x: x & 1,
    lambda x: x.bit_length(),
    lambda x: math.gcd(x, 4),
    lambda x: x + Fraction(1, 2),
    lambda x: x > 3 or None,
    lambda x: 1 // x,
]


@pytest.mark.parametrize("need", NEEDS)
def test_what_needs_a_value_is_relied_on(need: Callable[[Any], object]) -> None:
    trace, (x,) = numbers(7)
    assert need(x) == need(7)
    assert trace.guards


def test_equal_steps_are_one() -> None:
    trace, (x,) = numbers(7)
    before = [x * 2 + 1, x * 2 + 1]
    assert len({each.node for each in before}) == 1
    assert len({hash(each) for each in before}) == 1
    assert {x: "known"}[x] == "known"
    assert trace.guards == []


def test_numbers_of_another_trace_are_others() -> None:
    (_, (x,)), (_, (y,)) = numbers(7), numbers(7)
    assert (x == y) is False
    assert x != "7"
