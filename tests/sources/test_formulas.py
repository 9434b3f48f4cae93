"""Replacements and conditions as a command line writes them."""

from __future__ import annotations

from typing import Any

import pytest

from convcost.errors import UsageError
from convcost.network import Builder
from convcost.sites import Site, sites
from convcost.sources.formulas import Formula, condition, replacement, replacements


def site(**fields: Any) -> Site:
    builder = Builder("net", (64, 28, 14))
    builder.add("standard", {"m": 128, "k": 3, **fields})
    return sites(builder.network())[0]


def test_a_kind_by_another() -> None:
    assert replacement("standard=depthwise-separable")[:3] == (
        "standard",
        "depthwise-separable",
        {},
    )
    assert replacement(" standard = low-rank [ ] ")[:3] == ("standard", "low-rank", {})


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("standard=group[groups=4]", {"groups": 4}),
        ("standard=group[groups=4, shuffle=true]", {"groups": 4, "shuffle": True}),
        ("standard=octave[alpha=0.25]", {"alpha": 0.25}),
        ("pointwise=standard[k=3x1,padding=same-tf]", {"k": "3x1", "padding": "same-tf"}),
        ("standard=tucker[inner_norm=batch]", {"inner_norm": "batch"}),
    ],
)
def test_constant_options(text: str, options: dict[str, Any]) -> None:
    assert replacement(text).options == options


def test_options_that_are_worked_out() -> None:
    options = replacement("standard=tucker[r3=n//4,r4=max(8, m // k)]").options
    assert {name: value(site()) for name, value in options.items()} == {"r3": 16, "r4": 42}
    assert replacement("standard=tucker[r3=n//4]").label == "tucker[r3=n//4]"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("standard", "cannot read", "write standard=depthwise-separable"),
        ("standard=", "cannot read", "write standard"),
        ("standard=group[groups=4", "cannot read", "write standard"),
        ("standard=group[4]", 'cannot read "4"', "write standard"),
        ("standard=group[groups=]", "cannot read", "write standard"),
        ("standard=low-rank[rank={n}]", "cannot read", "write standard"),
        ("standrad=group", 'unknown kind "standrad"', 'did you mean "standard"?'),
        ("standard=linear", 'unknown kind "linear"', "it is no convolution"),
        ("standard=group[group=4]", "group takes no group", 'did you mean "groups"?'),
        ("standard=pointwise[q=4]", "pointwise takes no q", "it takes m, k, stride"),
        ("standard=group", "group needs groups", r"standard=group[groups=...]"),
        ("standard=group[groups=0]", "groups must be at least 1", ""),
        ("standard=group[shuffle=2,groups=2]", "shuffle must be true or false", ""),
        ("standard=tucker[act=rleu]", "act cannot be 'rleu'", ""),
        ("standard=tucker[r3=1e999]", "too large", ""),
        ("standard=mixed-depthwise[size=3]", "mixed-depthwise takes no size", ""),
    ],
)
def test_mistakes(text: str, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        replacement(text)
    (problem,) = caught.value.problems
    assert message in problem.message
    assert hint in problem.hint


def test_groups_come_along_from_a_kind_that_has_them() -> None:
    assert replacement("group=shufflenet").options == {}


def test_one_kind_is_replaced_by_one() -> None:
    both = replacements(["standard=low-rank", "pointwise=pointwise-group[groups=4]"])
    assert [each.old for each in both] == ["standard", "pointwise"]
    with pytest.raises(UsageError, match="standard is to be replaced by two kinds"):
        replacements(["standard=low-rank", "standard=cp"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("k > 1 and n >= 32", True),
        ("n * m > 10000", False),
        ("H == 28 and W == 14", True),
        ("stride == 2 or groups > 1", False),
    ],
)
def test_conditions(text: str, expected: bool) -> None:
    assert condition(text)(site()) is expected


def test_a_condition_on_what_is_not_there() -> None:
    with pytest.raises(UsageError, match=r'--where: in .*"rank" is not defined') as caught:
        condition("rank > 1")(site())
    assert caught.value.problems[0].hint == "defined here: n, H, W, m, k, stride, groups"


@pytest.mark.parametrize("text", ["", " ", "${n}", "}"])
def test_what_is_no_condition(text: str) -> None:
    with pytest.raises(UsageError, match="--where cannot be"):
        condition(text)


def test_a_formula_reads_as_it_was_written() -> None:
    assert str(Formula("n//4", "--replace r3")) == "n//4"
