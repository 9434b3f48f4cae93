"""What the fields of a layer may hold, and what they become."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from convcost.errors import LayerError
from convcost.kinds import REGISTRY
from convcost.kinds.fields import Field, FieldDoc, check_field, normalise, per_dim, resolve_pads
from convcost.kinds.tails import TAIL

FIELDS = {
    "m": Field("m", FieldDoc("count", "")),
    "start": Field("start", FieldDoc("offset", "")),
    "k": Field("k", FieldDoc("sizes", "")),
    "output_padding": Field("output_padding", FieldDoc("offsets", "")),
    "padding": Field("padding", FieldDoc("padding", "")),
    "bias": Field("bias", FieldDoc("flag", "")),
    "alpha": Field("alpha", FieldDoc("share", "")),
    "act": Field("act", FieldDoc("word", "", ("none", "relu", "relu6"))),
    "shape": Field("shape", FieldDoc("shape", "")),
    "order": Field("order", FieldDoc("order", "")),
    "op": Field("op", FieldDoc("text", "")),
}


def test_these_are_all_the_sorts_there_are() -> None:
    used = {field.about.variety for kind in REGISTRY.values() for field in kind.fields.values()}
    assert {field.about.variety for field in FIELDS.values()} == used


@pytest.mark.parametrize(
    ("name", "value", "becomes"),
    [
        ("m", 64, 64),
        ("start", 0, 0),
        ("k", 3, (3, 3)),
        ("k", (3, 1), (3, 1)),
        ("k", [3, 1], (3, 1)),
        ("k", "3x1", (3, 1)),
        ("output_padding", 0, (0, 0)),
        ("output_padding", "0x1", (0, 1)),
        ("padding", "same", "same"),
        ("padding", "same-tf", "same-tf"),
        ("padding", "valid", "valid"),
        ("padding", 1, ((1, 1), (1, 1))),
        ("padding", (0, 1), ((0, 0), (1, 1))),
        ("padding", "0x1", ((0, 0), (1, 1))),
        ("padding", [[0, 1], [2, 3]], ((0, 1), (2, 3))),
        ("padding", [1, [2, 3]], ((1, 1), (2, 3))),
        ("bias", True, True),
        ("alpha", 0.1, Fraction(1, 10)),
        ("alpha", 1, Fraction(1)),
        ("alpha", Fraction(1, 3), Fraction(1, 3)),
        ("act", "relu6", "relu6"),
        ("shape", "64x49x96", (64, 49, 96)),
        ("shape", [64, 49], (64, 49)),
        ("shape", 64, (64,)),
        ("order", [2, 0, 1], (2, 0, 1)),
        ("order", "1x0", (1, 0)),
        ("op", "aten.roll", "aten.roll"),
        ("op", "x" * 60, "x" * 60),
        ("act", None, None),
    ],
)
def test_values_in_the_form_that_builders_take(name: str, value: Any, becomes: Any) -> None:
    assert normalise(FIELDS[name], value, dims=2) == becomes
    check_field(FIELDS[name], value)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("m", 0, "m must be at least 1, not 0"),
        ("m", 2.5, "m must be an integer, not 2.5"),
        ("m", [64], "m must be an integer, not [64]"),
        ("start", -1, "start must be at least 0, not -1"),
        ("k", "x", 'k cannot be "x"'),
        ("k", 0, "k must be at least 1, not 0"),
        ("k", [3, 0], "k must be at least 1, not 0"),
        ("k", {}, "k must be an integer, not {}"),
        ("output_padding", -1, "output_padding must be at least 0, not -1"),
        ("padding", "sam", "padding cannot be 'sam'"),
        ("padding", -1, "padding must be at least 0, not -1"),
        ("padding", [[0, -1], [0, 0]], "padding must be at least 0, not -1"),
        ("padding", [[0, 1, 2], [0, 0]], "padding has 3 numbers for 2 spatial dims"),
        ("bias", 1, "bias must be true or false, not 1"),
        ("bias", "yes", "bias must be true or false, not 'yes'"),
        ("alpha", True, "alpha must be a number, not True"),
        ("alpha", "half", "alpha must be a number, not 'half'"),
        ("alpha", 1.5, "alpha must lie between 0 and 1, not 1.5"),
        ("alpha", float("nan"), "alpha must lie between 0 and 1, not nan"),
        ("shape", [0, 3], "shape must be at least 1, not 0"),
        ("shape", [], "shape must have 1 to 16 numbers, not 0"),
        ("shape", [1] * 17, "shape must have 1 to 16 numbers, not 17"),
        ("order", [0, -1], "order must be at least 0, not -1"),
        ("op", "", "op must be a few words, not ''"),
        ("op", "x" * 61, "op must be a few words, not '" + "x" * 58 + "…"),
        ("op", 3, "op must be a few words, not 3"),
        ("act", "rleu", "act cannot be 'rleu'"),
        ("act", ["relu"], "act cannot be ['relu']"),
    ],
)
def test_values_that_cannot_be(name: str, value: Any, message: str) -> None:
    for check in (
        lambda: normalise(FIELDS[name], value, 2),
        lambda: check_field(FIELDS[name], value),
    ):
        with pytest.raises(LayerError) as caught:
            check()
        assert caught.value.problems[0].message == message


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("act", "rleu", 'did you mean "relu"?'),
        ("act", "zzz", "it may be none, relu, relu6"),
        ("padding", "sam", 'did you mean "same"?'),
        ("padding", "zzz", "it may be same, same-tf, valid, a number, or one number per dim"),
    ],
)
def test_a_word_that_cannot_be_comes_with_those_that_can(name: str, value: str, hint: str) -> None:
    with pytest.raises(LayerError) as caught:
        normalise(FIELDS[name], value, 2)
    assert caught.value.problems[0].hint == hint


@pytest.mark.parametrize(
    ("value", "dims", "message"),
    [
        ((3, 3, 3), 2, "k has 3 numbers for 2 spatial dims"),
        ((3,), 2, "k has 1 number for 2 spatial dims"),
        ("3x3", 1, "k has 2 numbers for 1 spatial dim"),
    ],
)
def test_a_number_for_each_dim(value: Any, dims: int, message: str) -> None:
    with pytest.raises(LayerError) as caught:
        per_dim("k", value, dims)
    assert caught.value.problems[0].message == message


def test_pairs_for_each_dim() -> None:
    with pytest.raises(LayerError, match="padding has 1 pairs for 2 spatial dims"):
        normalise(FIELDS["padding"], [[0, 1]], 2)


def test_a_field_may_be_checked_before_the_number_of_dims_is_known() -> None:
    for value in (3, "3x3x3", (3,), [3, 3]):
        check_field(FIELDS["k"], value)


@pytest.mark.parametrize(
    ("padding", "pads"),
    [
        ("same", ((1, 1), (1, 2))),
        ("valid", ((0, 0), (0, 0))),
        ("same-tf", "same-tf"),
        (((2, 0), (0, 2)), ((2, 0), (0, 2))),
    ],
)
def test_resolve_pads(padding: Any, pads: Any) -> None:
    assert resolve_pads(padding, (3, 4), (1, 1)) == pads


def test_a_flag_may_have_words_besides() -> None:
    field = TAIL["functional"]
    assert [normalise(field, value, 0) for value in (True, False, "method")] == [
        True,
        False,
        "method",
    ]
    with pytest.raises(LayerError, match="functional must be true, false or method, not 'yes'"):
        normalise(field, "yes", 0)
