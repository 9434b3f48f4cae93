"""Changes to the text of a spec."""

from __future__ import annotations

import re
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.emit.edits import Edits, written
from convcost.errors import SpecError
from convcost.sources.spec.validation import plain
from convcost.sources.yaml.reader import read_text
from convcost.sources.yaml.tree import Document, Node


def layer(document: Document) -> Node:
    """The first entry of `layers`."""
    assert isinstance(document.root.value, dict)
    entries = document.root.value["layers"].value
    assert isinstance(entries, tuple)
    return entries[0]


def changed(text: str, **values: str | None) -> str:
    document = read_text(dedent(text), "a.yaml")
    edits = Edits(document)
    edits.change(layer(document), values)
    return edits.applied()


@pytest.mark.parametrize(
    ("before", "values", "after"),
    [
        ("{kind: a, m: 4}", {"kind": "b"}, "{kind: b, m: 4}"),
        (
            "{kind: a, m: 4}",
            {"kind": "b", "k": "3", "act": "relu"},
            "{kind: b, m: 4, k: 3, act: relu}",
        ),
        ("{kind: a, m: 4, }", {"k": "3"}, "{kind: a, m: 4, k: 3, }"),
        ("{kind: a, m: 4, k: 3}", {"m": None}, "{kind: a, k: 3}"),
        ("{kind: a, m: 4, k: 3}", {"k": None}, "{kind: a, m: 4}"),
        ("{kind: a, m: 4, k: 3}", {"kind": None, "m": None}, "{k: 3}"),
        ("{kind: a, m: 4, k: 3}", {"m": None, "k": None, "r": "2"}, "{kind: a, r: 2}"),
        ("{m: 4, kind: a, k: 3, s: 1}", {"m": None, "k": None}, "{kind: a, s: 1}"),
        ("{kind: \"a\", m: '4'}", {"kind": '"${b}"', "m": None}, '{kind: "${b}"}'),
        ("&x {kind: a, m: 4}", {"kind": "b", "k": "3"}, "&x {kind: b, m: 4, k: 3}"),
        ("{kind: a, m: 4}", {}, "{kind: a, m: 4}"),
    ],
)
def test_in_braces(before: str, values: dict[str, str | None], after: str) -> None:
    assert changed(f"layers: [{before}] # end\n", **values) == f"layers: [{after}] # end\n"


def test_in_braces_over_several_lines() -> None:
    text = """\
        layers:
          - {kind: a, # which
             m: 4,    # how many
             k: 3     # how large
            }
        """
    after = """\
        layers:
          - {kind: b, # which
             m: 4,    # how many
             k: 3, s: 2     # how large
            }
        """
    assert changed(text, kind="b", s="2") == dedent(after)


def test_on_lines_of_their_own() -> None:
    text = """\
        layers:
          # the first
          - name: one
            kind: a  # which
            # how many
            m: 4
            k: 3
          - {kind: c}
        """
    after = """\
        layers:
          # the first
          - name: one
            kind: b  # which
            groups: 2
            # how many
            m: 8
          - {kind: c}
        """
    assert changed(text, kind="b", groups="2", m="8", k=None) == dedent(after)


def test_the_entry_behind_the_dash_can_go() -> None:
    text = "layers:\n  - rank: 4\n    kind: a\n    m: 4\n"
    assert changed(text, rank=None, kind="b") == "layers:\n  - kind: b\n    m: 4\n"


def test_a_new_key_stands_below_the_first_that_stays() -> None:
    text = "layers:\n- rank: 4\n  kind: a"
    assert changed(text, rank=None, k="3") == "layers:\n- kind: a\n  k: 3"


def test_line_ends_stay_as_they_are() -> None:
    text = "layers:\r\n  - kind: a\r\n    m: 4\r\n"
    assert changed(text, kind="b", k="3", m=None) == "layers:\r\n  - kind: b\r\n    k: 3\r\n"


def test_an_alias_is_replaced_where_it_stands() -> None:
    text = "layers:\n- {kind: a, m: *w, k: *w}\n"
    head = "vars: {w: &w 4}\n"
    assert changed(head + text, m="8", r="1") == head + "layers:\n- {kind: a, m: 8, k: *w, r: 1}\n"
    assert changed(head + text, k=None) == head + "layers:\n- {kind: a, m: *w}\n"


@pytest.mark.parametrize("value", ["&x 4", "|\n      4", ">-\n      4", ""])
def test_values_that_cannot_be_rewritten(value: str) -> None:
    with pytest.raises(SpecError) as caught:
        changed(f"layers:\n  - kind: a\n    m: {value}\n    k: 3\n", m="8")
    (problem,) = caught.value.problems
    assert str(problem.place) == "a.yaml:3:5"
    assert "m cannot be rewritten" in problem.message


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (4, "4"),
        (0.5, "0.5"),
        (True, "true"),
        ("none", "none"),
        ("depthwise-separable", "depthwise-separable"),
        ("true", '"true"'),
        ("3x1", '"3x1"'),
        ("", '""'),
        ("${n // 4}", '"${n // 4}"'),
        ("${'a' if n > 3 else 'b'}", "\"${'a' if n > 3 else 'b'}\""),
        ('a "quoted" it\'s', "'a \"quoted\" it''s'"),
        ((3, 1), "[3, 1]"),
        (((0, 1), (1, 0)), "[[0, 1], [1, 0]]"),
    ],
)
def test_written_values(value: Any, text: str) -> None:
    assert written(value) == text
    (read,) = plain(read_text(f"[{text}]", "a.yaml").root)
    assert read == (
        list(map(list, value)) if text[:2] == "[[" else list(value) if text[0] == "[" else value
    )


KEYS = ["kind", "m", "k", "stride", "groups", "bias", "act"]
VALUES = st.sampled_from(["1", "relu", '"${n // 4}"', "[3, 1]", "'it''s'"])
LAYOUTS = {
    "braces": "layers:\n  # above\n  - {{{pairs}}}  # beside\n  - {{kind: last}}  # below\n",
    "lines": "layers:\n  # above\n  - {lines}  # beside\n  - {{kind: last}}  # below\n",
}


@given(
    st.dictionaries(st.sampled_from(KEYS), VALUES, min_size=1),
    st.dictionaries(st.sampled_from(KEYS), VALUES | st.none()),
    st.sampled_from(["braces", "lines"]),
)
def test_only_what_changes_changes(
    before: dict[str, str], values: dict[str, str | None], layout: str
) -> None:
    pairs = [f"{key}: {text}" for key, text in before.items()]
    text = LAYOUTS[layout].format(pairs=", ".join(pairs), lines="\n    ".join(pairs))
    values = {key: text for key, text in values.items() if text is not None or key in before}
    if before.keys() <= {key for key, text in values.items() if text is None}:
        values.pop(next(iter(before)))
    after = changed(text, **values)
    wanted = {**before, **values}
    found = plain(layer(read_text(after, "a.yaml")))
    assert found == {
        key: plain(read_text(f"[{text}]", "a.yaml").root)[0]
        for key, text in wanted.items()
        if text is not None
    }
    assert re.findall("# above|# below|kind: last", after) == ["# above", "kind: last", "# below"]
    assert ("# beside" in after) or layout == "lines"
