"""User text in messages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.text import listed, quote


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kernal", "kernal"),
        ("3×3 convolução", "3×3 convolução"),
        ("a\nb\tc", r"a\nb\tc"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\u202eright to left", r"\u202eright to left"),
        ("\ud800", r"\ud800"),
        ("x" * 60, "x" * 60),
        ("x" * 61, "x" * 59 + "…"),
    ],
)
def test_shown(text: str, expected: str) -> None:
    assert quote(text) == expected


def test_shown_cuts_to_the_limit_asked_for() -> None:
    assert quote("standard", 4) == "sta…"


@given(st.text())
def test_shown_is_always_one_printable_line(text: str) -> None:
    assert quote(text).isprintable()


def test_few_names_are_listed_and_of_very_many_the_first() -> None:
    assert listed(["a", "b\n"]) == r"a, b\n"
    assert listed(dict.fromkeys(map(str, range(1040)))).endswith(", 38, 39 and 1,000 more")
