"""Text on several lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.kinds import REGISTRY
from convcost.views.wrapping import broken, folded


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("standard", ["standard"]),
        ("depthwise-separable", ["depthwise-separable"]),
        ("depthwise-spatial-separable", ["depthwise-spatial-", "  separable"]),
        ("depthwise-separable-channel-wise", ["depthwise-separable-", "  channel-wise"]),
        ("group[groups=16,shuffle=true]", ["group", "  [groups=16,shuffle=true]"]),
    ],
)
def test_names_break_behind_hyphens_and_before_brackets(name: str, lines: list[str]) -> None:
    assert broken(name).split("\n") == lines


@given(st.text("ab-[]= ,") | st.sampled_from(sorted(REGISTRY)))
def test_breaking_loses_nothing(name: str) -> None:
    assert broken(name).replace("\n  ", "") == name.replace("\n  ", "")


def test_folding_keeps_words_whole() -> None:
    assert folded("two groups do not divide", 12) == ["two groups", "do not", "divide"]
    assert folded("unbreakable", 4) == ["unbreakable"]
    assert folded("any length", None) == ["any length"]
    assert folded("  kept  apart or  not", 13) == ["  kept  apart", "or  not"]
    assert folded("宽 度 宽度", 4) == ["宽", "度", "宽度"], "each takes two columns"


def test_what_starts_a_line_now_is_no_command() -> None:
    assert broken("depthwise-separable-::error::x").split("\n")[1] == r"  \x3a:error::x"
