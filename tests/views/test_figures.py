"""Numbers and shapes as people read them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.views import figures


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (4231976, "4,231,976"), (Fraction(8), "8"), (Fraction(27, 4), "6.75"), (None, "")],
)
def test_number(value: int | Fraction | None, text: str) -> None:
    assert figures.number(value) == text


@pytest.mark.parametrize(
    ("value", "machine"),
    [(3, 3), (Fraction(6, 2), 3), (Fraction(27, 4), 6.75), (Fraction(10**40 + 1, 2), 10**40 // 2)],
)
def test_plain_is_an_integer_where_it_is_whole(value: int | Fraction, machine: float) -> None:
    assert figures.plain(value) == machine
    assert type(figures.plain(value)) is type(machine)


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (Fraction(13, 36), "0.36×"),
        (Fraction(1), "1.00×"),
        (Fraction(4, 3), "1.33×"),
        (Fraction(1, 128), "0.008×"),
        (Fraction(1, 5000), "<0.001×"),
        (Fraction(0), "0×"),
        (Fraction(123456), "123,456×"),
        (None, ""),
    ],
)
def test_ratio_never_rounds_something_to_nothing(share: Fraction | None, text: str) -> None:
    assert figures.ratio(share) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(1, 3, "33.3%"), (1, 10_000, "<0.1%"), (0, 10, "0.0%"), (5, 5, "100.0%"), (0, 0, "")],
)
def test_percent(part: int, whole: int, text: str) -> None:
    assert figures.percent(part, whole) == text


def test_bars_grow_by_half_columns() -> None:
    assert [figures.bar(eighth, 8, 4) for eighth in range(9)] == [
        "",
        "╸",
        "━",
        "━╸",
        "━━",
        "━━╸",
        "━━━",
        "━━━╸",
        "━━━━",
    ]


@given(st.integers(0, 10**30), st.integers(0, 10**30))
def test_a_bar_is_there_for_something_and_never_too_long(value: int, full: int) -> None:
    bar = figures.bar(min(value, full), full)
    assert bool(bar) == (min(value, full) > 0)
    assert len(bar) <= figures.BAR


@pytest.mark.parametrize(
    ("macs", "text"),
    [
        (568740352, "568,740,352 MACs (569 M; 1.14 GFLOPs = 2 × MACs)"),
        (108, "108 MACs (216 FLOPs = 2 × MACs)"),
        (0, "0 MACs (0 FLOPs = 2 × MACs)"),
    ],
)
def test_flops_stand_only_beside_what_they_are(macs: int, text: str) -> None:
    assert figures.in_words(macs) == text


def test_arrow_counts_equal_inputs_and_names_different_ones() -> None:
    image, thin = (64, 8, 8), (32, 8, 8)
    assert figures.arrow([image], thin) == "64×8×8 → 32×8×8"
    assert figures.arrow([image, image], image) == "2 of 64×8×8 → 64×8×8"
    assert figures.arrow([image, thin], (96, 8, 8)) == "64×8×8 + 32×8×8 → 96×8×8"
