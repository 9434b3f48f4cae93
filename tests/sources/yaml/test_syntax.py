"""Broken YAML, and what is said about it: the same by both of PyYAML's parsers."""

from __future__ import annotations

import pytest
import yaml

from convcost.errors import Problem, SpecError
from convcost.sources.yaml import reader
from convcost.sources.yaml.syntax import syntax_problem
from convcost.sources.yaml.tree import Source


def problem_of(text: str) -> Problem:
    with pytest.raises(SpecError) as caught:
        reader.read_text(text, "a.yaml")
    (problem,) = caught.value.problems
    return problem


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # brackets
        ("a: [1, 2\n", "a.yaml:2:1: a [ or { is not closed"),
        ("a: {b: 1\nc: 2\n", 'a.yaml:2:2: unexpected ":" between brackets'),
        ("a: [\n", "a.yaml:2:1: a [ or { is not closed"),
        ("{a: 1 b: 2}", 'a.yaml:1:8: unexpected ":" between brackets'),
        ("a: {b: [1, 2}\n", 'a.yaml:1:13: unexpected "}" between brackets'),
        ("[a, , b]", 'a.yaml:1:5: unexpected "," between brackets'),
        ("a: [1]]\n", 'a.yaml:1:7: unexpected "]"'),
        ("a: {m: ${round(64)}}\n", "a.yaml:1:9: an expression between brackets needs quotes"),
        ("a: [${alpha}]\n", "a.yaml:1:6: an expression between brackets needs quotes"),
        # indentation
        ("a:\n\tb: 1\n", "a.yaml:2:1: a tab where only spaces may indent"),
        ("- a\n\t- b\n", "a.yaml:2:1: a tab where only spaces may indent"),
        ("a:\n  - b\n c: 1\n", "a.yaml:3:2: this line does not belong to the lines above"),
        ("- a\nb: 1\n", "a.yaml:2:1: this line does not belong to the lines above"),
        ("a: 1\n- b\n", "a.yaml:2:1: this line does not belong to the lines above"),
        # keys
        ("a: b: c\n", 'a.yaml:1:5: unexpected ":"'),
        ("- kind: x\n   m: 3\n", 'a.yaml:2:5: unexpected ":"'),
        ("a: 1\nb 2\nc: 3\n", 'a.yaml:2:1: expected ": " after this key'),
        # text
        ("a: 'b\nc: 1\n", "a.yaml:1:4: this quote is never closed"),
        ('a: "b\n', "a.yaml:1:4: this quote is never closed"),
        ('a: "\\xyz"\n', "a.yaml:1:7: unknown escape in a quoted text"),
        ('a: "b" c\n', 'a.yaml:1:8: unexpected "c"'),
        ("a: @b\n", 'a.yaml:1:4: a value cannot start with "@"'),
        ("a: `b`\n", 'a.yaml:1:4: a value cannot start with "`"'),
        ("a: ,\n", 'a.yaml:1:4: unexpected ","'),
        ("a: {b:, c: 1}\n", 'a.yaml:1:6: unexpected ":"'),
        ("a: {b:} c\n", 'a.yaml:1:6: unexpected ":"'),
        ("a: b\tc: d\n", 'a.yaml:1:7: unexpected ":"'),
        ("- {a: 1} - {b: 2}\n", 'a.yaml:1:10: unexpected "-"'),
        # documents
        ("[a] b\n", 'a.yaml:1:5: unexpected "b": the document has ended'),
        ("a: 1\n...\nb: 2\n", 'a.yaml:3:1: unexpected "b:": the document has ended'),
        # what a spec hardly ever holds
        ("a: !x!y z\n", "a.yaml:1:4: not valid YAML: while parsing a node found undefined tag"),
        ("a: *\n", 'a.yaml:1:5: a name is missing behind "*"'),
        ("a: & b\n", 'a.yaml:1:5: a name is missing behind "&"'),
    ],
)
def test_message_and_place(text: str, expected: str) -> None:
    problem = problem_of(text)
    assert f"{problem.place}: {problem.message}".startswith(expected)
    assert problem.hint or "not valid YAML" in problem.message


def test_unknown_escape() -> None:
    problem = problem_of('a: "\\q"\n')
    assert problem.message == "unknown escape in a quoted text"
    assert problem.place is not None
    assert problem.place.line == 1  # one parser points at the backslash, the other behind it


@pytest.mark.parametrize("escape", ["\\U00200000", "\\UFFFFFFFF"])
def test_escape_beyond_unicode(escape: str) -> None:
    assert "escape" in problem_of(f'a: "{escape}"').message


def test_an_unclosed_bracket_is_shown() -> None:
    ((message, place),) = problem_of("layers: [1,\n  2\n").notes
    assert f"{place}: {message}" == "a.yaml:1:9: opened here"


def test_the_list_that_a_line_falls_out_of_is_shown() -> None:
    ((message, place),) = problem_of("layers:\n  - a\n  b: 1\n").notes
    assert message == "the list or mapping it would continue starts here"
    assert str(place) == "a.yaml:2:3"


def test_error_without_a_mark() -> None:
    problem = syntax_problem(yaml.MarkedYAMLError(problem="odd"), Source("a.yaml", ""))
    assert str(problem) == "a.yaml: not valid YAML: odd"
