"""What --vary says."""

from __future__ import annotations

from typing import Any

import pytest

from convcost.errors import UsageError
from convcost.sources.variants import parse_variants


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("x=0.5,0.75,1.0", [0.5, 0.75, 1.0]),
        ("x = 1, 2", [1, 2]),
        ("x=on,true,3x1", ["on", True, "3x1"]),
        ("x=1k,4.3M", [1000, 4_300_000]),
        ("x=7", [7]),
        ("x=1..4", [1, 2, 3, 4]),
        ("x=32..128:32", [32, 64, 96, 128]),
        ("x=1..10:4", [1, 5, 9]),
        ("x=0.1..0.5:0.1", [0.1, 0.2, 0.3, 0.4, 0.5]),
        ("x=-1..1", [-1, 0, 1]),
        ("x=1k..2k:500", [1000, 1500, 2000]),
        ("x=5..5", [5]),
    ],
)
def test_values_of_one_name(text: str, values: list[Any]) -> None:
    variants = parse_variants([text])
    assert [variant["x"] for variant in variants] == values
    assert [type(variant["x"]) for variant in variants] == list(map(type, values))


def test_several_names_are_combined() -> None:
    assert parse_variants(["a=1,2", "b=x,y"]) == [
        {"a": 1, "b": "x"},
        {"a": 1, "b": "y"},
        {"a": 2, "b": "x"},
        {"a": 2, "b": "y"},
    ]


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["alpha"], '--vary cannot read "alpha"'),
        (["alpha="], '--vary cannot read "alpha="'),
        (["=1"], '--vary cannot read "=1"'),
        (["x=1", "x=2"], "--vary x is given twice"),
        (["x=1,1"], "--vary x has a value twice"),
        (["x=1,,2"], "--vary x: a value is missing between two commas"),
        (["x=1.."], '--vary x: "" is no number'),
        (["x=1..2:z"], '--vary x: "z" is no number'),
        (["x=1..2:0"], "the first must not be above the last, and the step above 0"),
        (["x=2..1"], "the first must not be above the last, and the step above 0"),
        (["x=1..1000000000"], "--vary x: more than 100 values"),
        (["x=1..11", "y=1..11"], "--vary asks for more than 100 networks"),
        (["x=.inf"], "--vary x: .inf is not a number"),
    ],
)
def test_what_is_no_list_of_values(texts: list[str], message: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_variants(texts)
    assert message in str(error.value)
