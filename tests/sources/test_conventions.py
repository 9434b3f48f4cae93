"""Conventions of the user's own, in YAML."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.conventions import CONVENTIONS
from convcost.errors import SpecError
from convcost.sources.conventions import parse_convention, read_convention

OURS = """\
name: ours
summary: what our accelerator cannot fold away
weights:
  conv: 1
  linear: 1
  relu functional: 1/2
  batch-norm: 0.1
  max-pool taps: 2.0
params: {batch-norm: 0}
"""


def problems(text: str) -> list[tuple[str, int, int, str]]:
    """Message, line, column and hint of everything that is wrong."""
    with pytest.raises(SpecError) as caught:
        parse_convention(text, "ours.yaml")
    return [
        (problem.message, problem.place.line, problem.place.col, problem.hint)
        for problem in caught.value.problems
        if problem.place
    ]


def test_a_convention() -> None:
    convention = parse_convention(OURS)
    assert (convention.name, convention.summary) == (
        "ours",
        "what our accelerator cannot fold away",
    )
    assert convention.weights == {
        "conv": 1,
        "linear": 1,
        "relu functional": Fraction(1, 2),
        "batch-norm": Fraction(1, 10),
        "max-pool taps": 2,
    }
    assert convention.params == {"batch-norm": 0}
    assert (convention.each, convention.unit, convention.mistakes) == (1, "MACs", ())


def test_a_convention_like_another() -> None:
    convention = parse_convention("{name: ours, like: thop, weights: {batch-norm: 0}}")
    assert convention.weights == {**CONVENTIONS["thop"].weights, "batch-norm": 0}
    assert convention.params == CONVENTIONS["thop"].params


def test_a_file(tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text(OURS, encoding="utf-8")
    assert read_convention(tmp_path / "ours.yaml") == parse_convention(OURS)
    with pytest.raises(SpecError, match="no such file"):
        read_convention(tmp_path / "theirs.yaml")


def test_every_problem_is_told_with_its_place() -> None:
    assert problems(
        "name: fvcore\n"
        "sumary: x\n"
        "like: paper\n"
        "weights: {conv: 1, relv: 1, linear: -1, bias: true, matmul: 1/0, add: 1e9}\n"
        "params: {relu: 0, linear: [1]}\n"
    ) == [
        ('unexpected key "sumary" in a convention', 2, 1, 'did you mean "summary"?'),
        ("fvcore is a convention that ships", 1, 7, "call it otherwise"),
        ("like must be a convention that ships", 3, 7, 'did you mean "papers"?'),
        ('unknown class of work "relv" in weights', 4, 20, 'did you mean "relu"?'),
        *(
            (
                f"{name} must be a number from 0 to 1,000,000, or a fraction",
                4,
                column,
                "such as 2, 0.5 or 1/2",
            )
            for name, column in (("linear", 37), ("bias", 47), ("matmul", 61), ("add", 71))
        ),
        ('unknown class of work "relu" in params', 5, 10, problems("params: {relu: 0}")[0][3]),
        (
            "linear must be a number from 0 to 1,000,000, or a fraction",
            5,
            27,
            "such as 2, 0.5 or 1/2",
        ),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a", "a convention must be a mapping"),
        ("weights: {conv: 1}", "a convention needs name"),
        ("name: 3", "name must be text of 1 to 40 characters"),
        ("name: ''", "name must be text of 1 to 40 characters"),
        (f"name: {'x' * 41}", "name must be text of 1 to 40 characters"),
        ("{name: ours, summary: [x]}", "summary must be text of 1 to 400 characters"),
        ("{name: ours, like: [papers]}", "like must be a convention that ships"),
        ("{name: ours, weights: 3}", "weights must be a mapping"),
        ("{name: ours, name: theirs}", "duplicate"),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        parse_convention(text)


@pytest.mark.parametrize("number", ["1e999999999", "9" * 5000, "1/999999999999", ".inf", "~", "''"])
def test_a_hostile_weight_is_refused_at_once(number: str) -> None:
    with pytest.raises(SpecError):
        parse_convention(f"{{name: ours, weights: {{conv: {number}}}}}")


@given(st.text())
def test_any_text_is_a_convention_or_refused(text: str) -> None:
    with suppress(SpecError):
        parse_convention(text)


@pytest.mark.parametrize("head", ["", "weights:\n", "params:\n"])
def test_no_more_is_said_than_anyone_will_read(head: str) -> None:
    entries = "".join(f"  key{number}: 1\n" for number in range(1000))
    assert (
        len(problems(f"name: ours\n{head}{entries if head else entries.replace('  ', '')}")) == 100
    )
