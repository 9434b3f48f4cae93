"""Counts that explain themselves."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.count import ZERO, Count, Factor, product, total
from tests.arithmetic import explains_itself

M, N, K, G = Factor("m", 4), Factor("n", 6), Factor("k", 3), Factor("g", 2)

factors = st.builds(Factor, st.sampled_from("abc"), st.integers(0, 99))
counts = st.lists(st.lists(factors, max_size=3), max_size=3).map(
    lambda terms: Count(tuple(map(tuple, terms)))
)


def test_a_product_says_what_it_is() -> None:
    count = M * N * K * K
    assert int(count) == 216
    assert str(count) == "m·n·k·k = 4 × 6 × 3 × 3"
    assert repr(count) == "<Count m·n·k·k = 4 × 6 × 3 × 3 = 216>"


def test_bias_is_a_second_term() -> None:
    count = M * N + M
    assert int(count) == 28
    assert str(count) == "m·n + m = 4 × 6 + 4"


def test_a_sum_of_two_factors_is_a_count() -> None:
    assert str(M + N) == "m + n = 4 + 6"
    assert int(M + N * K) == 22


def test_a_sum_is_multiplied_term_by_term() -> None:
    assert str((M + N) * K) == "m·k + n·k = 4 × 3 + 6 × 3"
    assert str((M + N) * (K + G)) == "m·k + m·g + n·k + n·g = 4 × 3 + 4 × 2 + 6 × 3 + 6 × 2"


def test_a_quotient_shows_its_divisor() -> None:
    count = M * (N // G)
    assert int(count) == 12
    assert str(count) == "m·(n/g) = 4 × 3"


def test_a_quotient_by_one_needs_no_divisor() -> None:
    assert str(M * (N // Factor("g", 1))) == "m·n = 4 × 6"


def test_a_quotient_that_comes_to_one_is_left_out() -> None:
    depthwise = M * (N // Factor("g", 6)) * K
    assert int(depthwise) == 12
    assert str(depthwise) == "m·k = 4 × 3"


def test_a_quotient_on_its_own_is_never_left_out() -> None:
    assert str(product([N // Factor("g", 6)])) == "(n/g) = 1"


def test_nothing_is_zero_and_an_empty_product_is_one() -> None:
    assert (int(ZERO), str(ZERO), bool(ZERO)) == (0, "0 = 0", False)
    assert (int(product([])), str(product([])), bool(product([]))) == (1, "1 = 1", True)
    assert ZERO * M == ZERO
    assert product([]) * M == product([M])


def test_counts_with_the_same_terms_are_equal_and_hash_alike() -> None:
    assert product([M, N]) == M * N
    assert len({M * N, product([M, N]), N * M}) == 2
    assert product([M, N]) != M * N + M


def test_a_count_cannot_be_changed() -> None:
    count = M * N
    with pytest.raises(AttributeError):
        count.terms = ()  # type: ignore[misc]  # which is the point
    assert copy.deepcopy(count) == count


@given(counts, counts)
def test_arithmetic_is_that_of_integers(left: Count, right: Count) -> None:
    assert int(left + right) == int(left) + int(right)
    assert int(left * right) == int(left) * int(right)
    assert total([left, right, ZERO]) == left + right


@given(st.integers(1, 50), st.integers(1, 9), st.integers(1, 50))
def test_an_explanation_comes_to_its_number(share: int, groups: int, m: int) -> None:
    n, g = Factor("n", share * groups), Factor("g", groups)
    assert explains_itself(Factor("m", m) * (n // g) + Factor("m", m))
