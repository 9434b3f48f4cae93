"""Problems as a person reads them."""

from __future__ import annotations

import re
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.errors import Place, Problem
from convcost.views.problems import COLUMNS, render
from convcost.views.sheet import record
from convcost.views.text import columns

LINE = "  - {kind: standard, kernal: 3}"
PLACE = Place("specs/a.yaml", 12, 22, 12, 28, LINE)
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def test_everything_a_problem_can_hold() -> None:
    problem = Problem(
        'unexpected key "kernal" in a layer',
        PLACE,
        hint='did you mean "kernel"?',
        notes=(("first given here", Place("specs/a.yaml", 10, 9)),),
    )
    assert render([problem]) == dedent("""\
        specs/a.yaml:12:22: error: unexpected key "kernal" in a layer
           |
        12 |   - {kind: standard, kernal: 3}
           |                      ^~~~~~
        hint: did you mean "kernel"?
        note: first given here: specs/a.yaml:10:9
        """)


def test_problem_without_a_place() -> None:
    assert render([Problem("groups must divide n")]) == "error: groups must divide n\n"


def test_problem_with_a_file_only() -> None:
    problem = Problem("the file is empty", Place("a.yaml"))
    assert render([problem]) == "a.yaml: error: the file is empty\n"


def test_line_without_a_column_has_no_caret() -> None:
    problem = Problem("too long", Place("a.yaml", 3, source="name: x"))
    assert render([problem]) == "a.yaml:3: error: too long\n  |\n3 | name: x\n"


def test_no_problems_are_no_text() -> None:
    assert render([]) == ""


def test_problems_that_show_source_stand_apart() -> None:
    assert "\n\nerror: second\n" in render([Problem("first", PLACE), Problem("second")])


def test_only_the_first_fifty_are_shown() -> None:
    lines = render([Problem(f"number {i}") for i in range(173)]).splitlines()
    assert lines[0] == "error: number 0"
    assert lines[49:] == ["error: number 49", "and 123 more"]


def underlined(source: str, col: int, end_col: int, width: int | None = None) -> list[str]:
    """The line and its caret, without the gutter."""
    place = Place("a.yaml", 1, col, 1, end_col, source)
    _, _, line, caret = render([Problem("wrong", place)], width=width).splitlines()
    return [line[4:], caret[4:]]


@pytest.mark.parametrize(
    ("source", "col", "end_col", "shown"),
    [
        ("k: 3", 1, 2, ["k: 3", "^"]),
        ("k: 3", 4, 0, ["k: 3", "   ^"]),
        ("k: 3", 5, 5, ["k: 3", "    ^"]),
        ("k: 3", 99, 100, ["k: 3", "    ^"]),
        ("k: 3\n", 4, 99, ["k: 3", "   ^"]),
        ("\tk:\t3", 5, 6, ["    k:    3", "          ^"]),
        ("名: 畳み込み", 4, 8, ["名: 畳み込み", "    ^~~~~~~~"]),
        ("cafe\u0301: 3", 8, 9, ["cafe\u0301: 3", "      ^"]),
        ("a: \x1b[31m", 4, 5, ["a: \\x1b[31m", "   ^~~~"]),
    ],
)
def test_caret_stands_under_the_span(source: str, col: int, end_col: int, shown: list[str]) -> None:
    assert underlined(source, col, end_col) == shown


def test_span_of_several_lines_is_underlined_to_the_end_of_the_first() -> None:
    place = Place("a.yaml", 1, 4, 3, 2, "k: [1,")
    assert render([Problem("wrong", place)]).splitlines()[-1] == "  |    ^~~"


@pytest.mark.parametrize("col", [1, 120, 240, 241])
def test_long_line_is_cut_around_the_span(col: int) -> None:
    source = "x" * (col - 1) + "Y" * 4 + "x" * (240 - col)
    line, caret = underlined(source[:244], col, col + 4, width=60)
    assert len(line) <= 60 - len("1 | ")
    assert line[caret.index("^") : len(caret)] == "YYYY"
    assert line.startswith("...") == (col > 1)
    assert line.endswith("...") == (col < 240)


@given(
    source=st.text(max_size=200),
    col=st.integers(0, 220),
    length=st.integers(0, 50),
    width=st.none() | st.integers(1, 100),
)
def test_no_line_is_too_wide_and_none_is_lost(
    source: str, col: int, length: int, width: int | None
) -> None:
    place = Place("a.yaml", 7, col, 7, col + length, source)
    text = render([Problem("wrong", place)], width=width)
    lines = text.splitlines()
    assert text.count("\n") == len(lines) == (1 if not source else 4 if col else 3)
    limit = max(width or 120, 24)
    # A caret may stand one past the end of its line.
    assert all(columns(line) <= limit + 1 for line in lines[1:])


HOSTILE = st.text(alphabet=st.sampled_from("\x1b\x00\n\r\t\x9b\u202e[31mab") | st.characters())


@given(message=HOSTILE, path=HOSTILE, source=HOSTILE, hint=HOSTILE, note=HOSTILE)
def test_nothing_in_a_problem_reaches_the_terminal(
    message: str, path: str, source: str, hint: str, note: str
) -> None:
    place = Place(path, 1, 2, 1, 4, source)
    problem = Problem(message, place, hint, ((note, place),))
    plain = render([problem])
    assert plain.replace("\n", "").isprintable()
    assert ANSI.sub("", render([problem], color=True)) == plain


def test_color_only_when_told() -> None:
    assert "\x1b[1;31merror:\x1b[0m" in render([Problem("wrong", PLACE)], color=True)
    assert "\x1b" not in render([Problem("wrong", PLACE)])


def test_markup_is_text() -> None:
    assert render([Problem("[bold]name[/]")]) == "error: [bold]name[/]\n"


def test_machines_are_told_where() -> None:
    problem = Problem("bad", Place("a.yaml", 3, 7), hint="better")
    assert record(COLUMNS, problem) == {
        "path": "a.yaml",
        "line": 3,
        "col": 7,
        "message": "bad",
        "hint": "better",
    }
    assert record(COLUMNS, Problem("bad")) == dict.fromkeys(("path", "line", "col", "hint")) | {
        "message": "bad"
    }
