"""YAML text as a tree with places."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from convcost.errors import Place, Problem, SpecError
from convcost.sources.yaml import reader
from convcost.sources.yaml.reader import read_file, read_text
from convcost.sources.yaml.tree import Node

SPEC = """\
name: tiny
layers:
  - {kind: standard, "m": 64}
  - kind: linear

    m: 10
"""


def plain(node: Node) -> Any:
    """What `node` says, without places."""
    match node.value:
        case dict():
            return {key: plain(value) for key, value in node.value.items()}
        case tuple():
            return [plain(item) for item in node.value]
        case scalar:
            return scalar


def said(text: str) -> Any:
    return plain(read_text(text, "a.yaml").root)


def problems(text: str | bytes) -> tuple[Problem, ...]:
    with pytest.raises(SpecError) as caught:
        read_text(text, "a.yaml")
    return caught.value.problems


def messages(text: str | bytes) -> list[str]:
    return [f"{problem.place}: {problem.message}" for problem in problems(text)]


def at(node: Any, *path: str | int) -> Any:
    for step in path:
        node = node.value[step]
    return node


def span(node: Node) -> tuple[int, int, int, int]:
    return node.span


# What a document says


def test_a_spec() -> None:
    assert said(SPEC) == {
        "name": "tiny",
        "layers": [{"kind": "standard", "m": 64}, {"kind": "linear", "m": 10}],
    }


def test_quotes_make_text() -> None:
    assert said("[\"1\", '2', true, 'true', \"\", ]") == ["1", "2", True, "true", ""]


def test_block_text() -> None:
    assert said("a: |\n  1\n  2\nb: >-\n  x\n  y\n") == {"a": "1\n2\n", "b": "x y"}


def test_keys_may_look_like_other_things_when_quoted() -> None:
    assert said('{"1": a, "<<": b, "": c, no: d}') == {"1": "a", "<<": "b", "": "c", "no": "d"}


def test_a_scalar_alone_is_a_document() -> None:
    assert said("--- 3\n...\n") == 3


def test_byte_order_mark_is_no_part_of_the_text() -> None:
    document = read_text("\ufeffm: 4".encode(), "a.yaml")
    assert document.text == "m: 4"
    assert document.root.key("m").col == 1


def test_aliases_share_the_node_they_name() -> None:
    root = read_text("a: &x {m: 4}\nb: *x\nc: [*x]\n", "a.yaml").root
    assert at(root, "b") is at(root, "a")
    assert at(root, "c", 0) is at(root, "a")


def test_an_anchor_may_be_given_again_and_stand_at_a_key() -> None:
    assert said("&x a: &y 1\nb: &y 2\nc: *y\nd: *x\n") == {"a": 1, "b": 2, "c": 2, "d": "a"}


def test_file(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(SPEC)
    document = read_file(path)
    assert document.path == str(path)
    assert plain(document.root) == said(SPEC)


# Where it says it


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ((), (1, 1, 6, 10)),
        (("name",), (1, 7, 1, 11)),
        (("layers",), (3, 3, 6, 10)),
        (("layers", 0), (3, 5, 3, 30)),
        (("layers", 0, "m"), (3, 27, 3, 29)),
        (("layers", 1), (4, 5, 6, 10)),
    ],
)
def test_places_of_values(path: tuple[str | int, ...], expected: tuple[int, ...]) -> None:
    assert span(at(read_text(SPEC, "a.yaml").root, *path)) == expected


def test_places_of_keys() -> None:
    root = read_text(SPEC, "a.yaml").root
    assert span(root.key("layers")) == (2, 1, 2, 7)
    assert span(at(root, "layers", 0).key("m")) == (3, 22, 3, 25)
    assert span(at(root, "layers", 1).key("m")) == (6, 5, 6, 6)


def test_no_such_key() -> None:
    root = read_text(SPEC, "a.yaml").root
    with pytest.raises(KeyError):
        root.key("kernel")
    with pytest.raises(KeyError):
        at(root, "name").key("kernel")


def test_place_shows_the_source_line() -> None:
    document = read_text(SPEC, "a.yaml")
    place = document.place(at(document.root, "layers", 0).key("m"))
    assert place == Place("a.yaml", 3, 22, 3, 25, '  - {kind: standard, "m": 64}')


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_places_with_every_line_end(end: str) -> None:
    document = read_text(f"a: 1{end}{end}b: 2{end}", "a.yaml")
    assert document.place(document.root.key("b")) == Place("a.yaml", 3, 1, 3, 2, "b: 2")


def test_columns_count_characters() -> None:
    document = read_text('{"größe 😀": 1}', "a.yaml")
    assert span(at(document.root, "größe 😀")) == (1, 13, 1, 14)


def test_lines_too_long_to_show_are_left_out() -> None:
    document = read_text(f"a: {'x' * 20_000}\n", "a.yaml")
    assert document.place(document.root.key("a")) == Place("a.yaml", 1, 1, 1, 2)


def test_line_past_the_end_is_empty() -> None:
    assert read_text("a: 1", "a.yaml").line(2) == ""


# What is refused


def test_duplicate_key_cites_the_first() -> None:
    (problem,) = problems("m: 4\nk: 3\nm: 8\n")
    assert problem.message == 'duplicate key "m"'
    assert problem.place == Place("a.yaml", 3, 1, 3, 2, "m: 8")
    assert problem.notes == (("first given here", Place("a.yaml", 1, 1, 1, 2, "m: 4")),)
    assert problem.hint


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: {1: x}", "a.yaml:1:5: a key must be text, not a number"),
        ("2.5: x", "a.yaml:1:1: a key must be text, not a number"),
        ("true: x", "a.yaml:1:1: a key must be text, not true or false"),
        ("~: x", "a.yaml:1:1: a key must be text, not nothing"),
        ("[a, b]: x", "a.yaml:1:1: a key must be text, not a list"),
        ("{a: b}: x", "a.yaml:1:1: a key must be text, not a mapping"),
        ("a: &x 1\n*x : 2", "a.yaml:2:1: a key must be text, not a number"),
        ("a: {<<: {m: 4}}", "a.yaml:1:5: merge keys are not used here"),
        ("a: !!int 3", "a.yaml:1:4: tags such as !!int are not used here"),
        ("a: !x [3]", "a.yaml:1:4: tags such as !x are not used here"),
        ("a: !!python/name:os.system 1", "a.yaml:1:4: tags such as !!python/name:os.system are"),
        ("a: *b", "a.yaml:1:4: no &b comes before *b"),
        ("a: &a [*a]", "a.yaml:1:8: *a stands inside what it repeats"),
        ("a: 1\n---\nb: 2\n", "a.yaml:2:1: a second document starts here"),
        ("# nothing\n", "a.yaml: there is nothing in this file"),
        ("", "a.yaml: there is nothing in this file"),
        ("%YAML 1.2\n---\na: 1\n", "a.yaml:1:1: a line that starts with % is a YAML directive"),
        ("# x\n%TAG ! x\n", "a.yaml:2:1: a line that starts with % is a YAML directive"),
        ("a: .nan", "a.yaml:1:4: .nan is not a number that can be counted with"),
        ("a: 1\nb: \x1b[0m", "a.yaml:2:4: U+001B is a character that YAML does not allow"),
        ("a: 1\nb: x\ud800", "a.yaml:2:5: U+D800 is a character that YAML does not allow"),
    ],
)
def test_refused(text: str, expected: str) -> None:
    (problem,) = problems(text)
    assert f"{problem.place}: {problem.message}".startswith(expected)


def test_unknown_alias_close_to_an_anchor() -> None:
    (problem,) = problems("a: &stem {m: 4}\nb: *stm\n")
    assert problem.hint == 'did you mean "stem"?'


def test_not_utf8() -> None:
    assert messages(b"a: \xff") == ["a.yaml:1: this file is not UTF-8: byte 3 is 0xff"]


def test_every_problem_is_told_and_the_syntax_error_last() -> None:
    assert messages("a: 1\na: 2\nb: !x 3\n4: *c\n}") == [
        'a.yaml:2:1: duplicate key "a"',
        "a.yaml:3:4: tags such as !x are not used here",
        "a.yaml:4:1: a key must be text, not a number",
        "a.yaml:4:4: no &c comes before *c",
        'a.yaml:5:1: unexpected "}"',
    ]


def test_problems_without_end_come_to_an_end() -> None:
    assert len(problems("a: 1\n" * 1000)) == 100


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[" * 200_000, "1:65"),
        ("{" * 200_000, "1:65"),
        ("- " * 200_000, "1:129"),
        ("? " * 200_000, "1:129"),
        ("[" * 999 + "]" * 999, "1:65"),
        ("[" * 5_000 + "]" * 5_000, "1:65"),
        ("[{" * 5_000, "1:65"),
        ("[\n" * 5_000, "65:1"),
        ("[ " * 5_000, "1:129"),
        ("{a: " * 5_000, "1:257"),
        ("{? " * 5_000, "1:193"),
        ("[? " * 5_000, "1:97"),
        ("[a, " * 5_000, "1:257"),
        ("- ? " * 5_000, "1:129"),
        ("&a [" * 5_000, "1:257"),
        ("!a [" * 5_000, "1:257"),
        ("é: {x: [" + "{" * 5_000, "1:70"),
        ("a:\n  - " + "[" * 5_000, "2:67"),
        ("a: 1\nb: # [[\n  - '[[' \n  - " + "[" * 5_000, "4:67"),
        ("{" + "[" * 5_000 + "]" * 5_000 + ": 1}", "1:65"),
        ("? " + "[" * 5_000, "1:66"),
        ("a: 1\n" + "[" * 300 + "]" * 300 + ": 1", "2:64"),
        ("\n".join(" " * level + "a:" for level in range(1_500)), "65:65"),
        ("\n".join(" " * level + "-" for level in range(1_500)), "65:65"),
        ("\ufeff" + "[" * 5_000, "1:65"),
    ],
)
def test_hostile_nesting(text: str, place: str) -> None:
    assert messages(text)[-1] == f"a.yaml:{place}: nested more than 64 deep"


def test_hostile_nesting_behind_something_wrong() -> None:
    """A key must be short, so these brackets are none, and not a value either."""
    assert messages("a: 1\na: 2\n" + "[" * 5_000) == [
        'a.yaml:2:1: duplicate key "a"',
        'a.yaml:3:1: expected ": " after this key',
    ]


def test_deepest_nesting_that_is_read() -> None:
    assert said("[" * 64 + "]" * 64)
    assert messages("[" * 65 + "]" * 65) == ["a.yaml:1:65: nested more than 64 deep"]


def test_nesting_by_alias_counts() -> None:
    nested = f"a: &a {'[' * 40}{']' * 40}\nb: "
    assert said(nested + "[[*a]]\n")
    assert messages(f"{nested}{'[' * 40}*a{']' * 40}\n") == [
        "a.yaml:2:44: nested more than 64 deep"
    ]


def test_alias_bomb() -> None:
    first = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
    others = (f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
    (problem,) = problems(first + "".join(others))
    assert problem.message == "aliases repeat more than 100,000 values"


def test_too_much_text() -> None:
    assert messages("x" * (16 * 2**20 + 1)) == ["a.yaml: more than 16 MiB of text"]


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("a:\r\n" * 1_000_001, "1,000,000"),
        ("[" + "1,  " * 1_000_001, "1,000,000"),
        ("[" + "1," * 1_000_000, "666,667"),
        ("- \n" * 400_000, "400,000"),
        ("-\n" * 100_001, "200,000"),
    ],
)
def test_too_many_values(text: str, most: str) -> None:
    (message,) = messages(text)
    assert message.endswith(f"lines and values, more than the {most} that can be read")


def test_a_file_just_large_enough_is_not_counted_twice_for_its_line_ends() -> None:
    assert said("# x\r\n" * 999_999 + "m: 4") == {"m": 4}
    assert said("\n" * 200_000 + "m: 4") == {"m": 4}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"? {'k' * 1_000_000}\n: 1\n? {'k' * 1_000_000}\n: 1\n", 'duplicate key "kkkk'),
        (f"a: *{'k' * 1_000_000}", "no &kkkk"),
        (f"a: !{'k' * 1_000_000} x", "tags such as !kkkk"),
        (f"{'k' * 1_000_000}: 1", 'unexpected ":"'),
        (f"a: [1 {{{'k' * 1_000_000}", 'unexpected "{kkkk'),
    ],
)
def test_long_texts_are_cut_in_messages(text: str, shown: str) -> None:
    (problem,) = problems(text)
    assert problem.message.startswith(shown)
    assert len(str(problem)) < 400


def test_a_hundred_thousand_anchors() -> None:
    text = "".join(f"- &a{number} {number}\n" for number in range(100_000)) + "- *a99999\n"
    assert said(text)[-1] == 99_999


# Any text at all

TEXT = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]))
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
)
TREES = st.recursive(
    SCALARS, lambda trees: st.lists(trees) | st.dictionaries(TEXT, trees), max_leaves=20
)


@given(TREES)
def test_reads_json(tree: object) -> None:
    assert said(json.dumps(tree, ensure_ascii=False)) == tree


def outcome(text: str | bytes) -> Node | tuple[Problem, ...]:
    """The tree that `text` holds, or presentable problems."""
    try:
        return read_text(text, "a.yaml").root
    except SpecError as error:
        found = error.problems
    for problem in found:
        assert problem.message.isprintable()
        assert problem.place is not None
        assert problem.place.path == "a.yaml"
    return found


@given(st.text("ab01 \n\t-:,[]{}&*!|>?'\"#%@`~<.$\\\r\ufeff\x85\u2028\0é", max_size=40) | st.text())
@example("a:\n- &a {b: *a}")
@example('""')
@example("a: 1\n...\n \n}")
def test_any_text_is_read_or_refused(text: str) -> None:
    assert outcome(text)


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    assert outcome(raw)


def spread(node: Node) -> object:
    """All that a node says, and where."""
    value: object = node.value
    if isinstance(value, tuple):
        value = tuple(map(spread, value))
    elif isinstance(value, dict):
        value = {key: spread(each) for key, each in value.items()}
    return (value, node.span, [key.span for key in node.keys])


@pytest.mark.skipif(not hasattr(yaml, "CSafeLoader"), reason="this PyYAML has no parser in C")
def test_both_parsers_read_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = SPEC + "tabs: [a\tb,\t{c:\td}]\t# here\nfolded: a \t\n  b\tc\n"
    one = read_text(text, "a.yaml")
    assert plain(one.root)["tabs"] == ["a\tb", {"c": "d"}]
    assert plain(one.root)["folded"] == "a b\tc"
    refused = messages("a: 1\na: 2\nb: \x01")
    monkeypatch.setattr(reader, "LOADER", yaml.CSafeLoader)
    assert spread(read_text(text, "a.yaml").root) == spread(one.root)
    assert messages("a: 1\na: 2\nb: \x01")[-1] == refused[-1]
