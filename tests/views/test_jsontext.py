"""JSON documents."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from convcost.views.jsontext import document, packed

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(
    st.dictionaries(
        st.text(), values | st.lists(st.dictionaries(st.text(), values, max_size=3), max_size=3)
    ),
    st.integers(0, 3),
)
def test_layout_changes_nothing(body: dict[str, Any], depth: int) -> None:
    body.pop("schema", None)
    text = document("eval/1", body, depth)
    assert json.loads(text) == {"schema": "convcost.eval/1"} | body
    assert text.isascii()


def test_a_row_is_a_line() -> None:
    assert document("x/1", {"rows": [{"a": 1}, {"a": 2}], "none": []}) == (
        '{\n  "schema": "convcost.x/1",\n'
        '  "rows": [\n    {"a": 1},\n    {"a": 2}\n  ],\n  "none": []\n}\n'
    )


def test_packed_json_breaks_only_the_lines_that_are_too_long() -> None:
    value = {"short": [1, 2, 3], "long": ["a" * 10, {"b": "·"}, "c" * 10]}
    lines = packed(value, columns=30).split("\n")
    assert json.loads("\n".join(lines)) == value
    assert lines[1] == '  "short": [1, 2, 3],'
    assert lines[4] == '    {"b": "\\u00b7"},'
    assert max(map(len, lines)) <= 30
