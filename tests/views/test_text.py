"""Names from specs, made safe to print."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.views.text import Printable, columns
from tests.views.samples import HOSTILE


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("layer1.0.conv1", "layer1.0.conv1"),
        ("model::conv1", "model::conv1"),
        ("::error::x", r"\x3a:error::x"),
        ("a ::error::x", r"a \x3a:error::x"),
        ("##[error]x", r"\x23#[error]x"),
        ("##vso[task.setvariable]x", r"\x23#vso[task.setvariable]x"),
        ("a##teamcity[x]", r"a\x23#teamcity[x]"),
        ("###[x]", r"#\x23#[x]"),
        ("section_start:1:x", r"\x73ection_start:1:x"),
        ("\ufe0f:\u034f:error::", "\ufe0f\\x3a\u034f:error::"),
        ("## title [x]", "## title [x]"),
        ("\x1b[31m", r"\x1b[31m"),
    ],
)
def test_printable(name: str, text: str) -> None:
    assert Printable(name) == text


@given(st.text() | st.sampled_from(HOSTILE))
def test_no_word_of_a_label_is_a_command(name: str) -> None:
    assert Printable(name).isprintable()
    assert not any(word.startswith("::") for word in Printable(name).split())


@given(st.text() | st.sampled_from(HOSTILE))
def test_escaping_again_changes_nothing(name: str) -> None:
    assert Printable(str(Printable(name))) == Printable(name)


def test_parts_are_escaped_and_the_program_s_own_words_are_not() -> None:
    text = Printable.of("::{} {:>4}\n", "\n::x", 7)
    assert text == "::\\n::x    7\n"
    assert Printable.of("\n").join(["\n", text]) == f"\\n\n{text}"


def test_text_of_letters_and_lines_is_as_wide_as_unicode_tells() -> None:
    """Behind a wide character each is looked up."""
    for code in (*range(0x300), *range(0x2190, 0x2300), *range(0x2500, 0x25A0)):
        assert columns(chr(code)) == columns(f"漢{chr(code)}") - 2 == 1
