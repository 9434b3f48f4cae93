"""Markdown that names cannot break out of."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.views.markdown import escape, table
from tests.views.samples import HOSTILE


def test_table() -> None:
    assert table(("kind", "params"), [["standard", "108"]], right=["params"]) == (
        "| kind | params |\n| --- | ---: |\n| standard | 108 |\n"
    )


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("layer1.0.conv_2", "layer1.0.conv_2"),
        ("a|b", "a&#124;b"),
        ("<b>", "&#60;b&#62;"),
        ("&lt;", "&#38;lt;"),
        ("*a* _b_ `c`", r"\*a\* \_b\_ \`c\`"),
        ("[x](y)", r"\[x\](y)"),
        ("a\nb", r"a\\nb"),
        ("@somebody", "@&#8203;somebody"),
    ],
)
def test_escape(text: str, escaped: str) -> None:
    assert escape(text) == escaped


@given(st.text() | st.sampled_from(HOSTILE))
def test_no_text_ends_its_cell_or_starts_anything(text: str) -> None:
    escaped = escape(text)
    assert escaped.isprintable()
    assert not set("|<>") & set(escaped)
    assert not re.search(r"(?<!\\)(?:\\\\)*[*`\[\]~$]", escaped)
