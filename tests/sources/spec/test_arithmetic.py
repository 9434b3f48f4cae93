"""What expressions calculate with."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.errors import SpecError
from convcost.sources.spec.arithmetic import bounded, make_divisible


@pytest.mark.parametrize(
    ("v", "divisor", "expected"),
    [
        # The widths of MobileNetV2 at 0.35 and 1.4, as published.
        *[(32 * 0.35, 8, 16), (24 * 0.35, 8, 8), (96 * 0.35, 8, 32), (1280 * 1.4, 8, 1792)],
        (4, 8, 8),
        (36, 8, 40),
        (33, 1, 33),
    ],
)
def test_make_divisible(v: float, divisor: int, expected: int) -> None:
    assert make_divisible(v, divisor) == expected


def test_make_divisible_takes_a_minimum() -> None:
    assert make_divisible(4, 8, min_value=24) == 24


@given(st.floats(1, 10**6), st.integers(1, 64))
def test_make_divisible_is_near_and_never_below_nine_tenths(v: float, divisor: int) -> None:
    result = make_divisible(v, divisor)
    assert result % divisor == 0
    assert result >= 0.9 * v
    assert abs(result - v) <= 1.5 * divisor


@pytest.mark.parametrize("divisor", [0, -8, 1.5])
def test_make_divisible_by_nonsense(divisor: int) -> None:
    with pytest.raises(ValueError, match="is not a positive integer"):
        make_divisible(8, divisor)


@pytest.mark.parametrize("value", [10**18, -(10**18), 1e300, 0.0, True, "same"])
def test_bounded_gives_what_it_took(value: float | str) -> None:
    assert bounded(value) is value


@pytest.mark.parametrize("value", [10**18 + 1, math.inf, -math.inf, math.nan, 1j])
def test_out_of_bounds(value: complex) -> None:
    with pytest.raises(SpecError):
        bounded(value)
