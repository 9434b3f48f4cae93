"""Names from specs, made safe to print."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.views.text import label
from tests.views.samples import HOSTILE


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("layer1.0.conv1", "layer1.0.conv1"),
        ("model::conv1", "model::conv1"),
        ("::error::x", r"\x3a:error::x"),
        ("a ::error::x", r"a \x3a:error::x"),
        ("##[error]x", r"\x23#[error]x"),
        ("\x1b[31m", r"\x1b[31m"),
    ],
)
def test_label(name: str, text: str) -> None:
    assert label(name) == text


@given(st.text() | st.sampled_from(HOSTILE))
def test_no_word_of_a_label_is_a_command(name: str) -> None:
    assert label(name).isprintable()
    assert not any(word.startswith("::") for word in label(name).split())
