"""Markdown that names cannot break out of."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.views.markdown import Markdown, table
from tests.views.samples import HOSTILE


def test_table() -> None:
    assert table(
        ("kind", "params"), [[Markdown("standard"), Markdown("108")]], right=[False, True]
    ) == ("| kind | params |\n| --- | ---: |\n| standard | 108 |")


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
        ("#1 org/repo#2 GH-3 high-3", "#&#8203;1 org/repo#&#8203;2 GH-&#8203;3 high-3"),
        ("https://a.org www.a.org", "https:/&#8203;/a.org www&#8203;.a.org"),
        ("//a.org n//4", "/&#8203;/a.org n//4"),
        ("0123456789abcdef", "012345&#8203;6789ab&#8203;cdef"),
        (":x: a.yaml:12:31 a.yaml:100:5", ":&#8203;x: a.yaml:12:31 a.yaml:&#8203;100:5"),
        ("# a", r"\# a"),
        ("1. a", r"1\. a"),
        ("- a", r"\- a"),
        ("===", r"\==="),
        ("::error::a", r"\::&#8203;error::a"),
        ("  a ", "&#32; a&#32;"),
    ],
)
def test_escape(text: str, escaped: str) -> None:
    assert Markdown(text) == escaped


@given(st.text() | st.sampled_from(HOSTILE))
def test_no_text_ends_its_cell_or_starts_anything(text: str) -> None:
    escaped = Markdown(text)
    assert escaped.isprintable()
    assert not set("|<>") & set(escaped)
    assert not re.search(r"(?<!\\)(?:\\\\)*[*`\[\]~$]", escaped)
