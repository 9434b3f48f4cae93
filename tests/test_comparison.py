"""Kinds side by side for one layer."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import Any

import pytest

from convcost.comparison import Choice, Row, at_half, compare
from convcost.errors import LayerError, UsageError
from convcost.kinds import Kind
from tests.strategies import CONVOLUTIONS


def rows(*args: Any, **kwargs: Any) -> dict[str, Row]:
    return {row.kind: row for row in compare(*args, **kwargs).rows}


def row(kind: str | Choice, *args: Any, **kwargs: Any) -> Row:
    (row,) = compare(*args, kinds=[kind], **kwargs).rows
    return row


def test_the_worked_example() -> None:
    params = {kind: row.params for kind, row in rows(3, 4, 3).items()}
    assert params == {
        "standard": 108,
        "group": None,
        "depthwise": 27,
        "pointwise": 12,
        "depthwise-separable": 39,
        "spatial-separable": 3 * 3 * 4 + 3 * 4 * 4,
        "depthwise-spatial-separable": 2 * 9 + 12,
        "channel-wise": 12,
        "depthwise-separable-channel-wise": 27 + 12,
        "transposed": 108,
        "depthwise-separable-transposed": 39,
    }


@pytest.mark.parametrize(
    ("padding", "standard", "separable", "out"),
    [("same", 2700, 975, (4, 5, 5)), ("valid", 972, 351, (4, 3, 3)), (0, 972, 351, (4, 3, 3))],
)
def test_with_a_size_multiply_adds_are_totals(
    padding: Any, standard: int, separable: int, out: tuple[int, ...]
) -> None:
    answer = rows(3, 4, 3, size=(5, 5), padding=padding, kinds=["standard", "depthwise-separable"])
    assert (answer["standard"].macs, answer["standard"].out) == (standard, out)
    assert (answer["depthwise-separable"].macs, answer["depthwise-separable"].out) == (
        separable,
        out,
    )


def test_without_a_size_they_are_for_one_position() -> None:
    answer = row("depthwise-separable", 3, 4, 3)
    assert (answer.macs, answer.out, answer.channels) == (None, None, 4)
    assert answer.macs_per_position == 39
    assert [stage.macs for stage in answer.stages] == [None, None]
    assert [stage.macs_per_position for stage in answer.stages] == [27, 12]


def test_ratios_are_to_a_standard_convolution() -> None:
    answer = rows(3, 4, 3)
    assert answer["standard"].params_ratio == answer["standard"].macs_ratio == 1
    separable = answer["depthwise-separable"]
    assert separable.params_ratio == separable.macs_ratio == Fraction(1, 4) + Fraction(1, 9)
    channelwise = row("channel-wise", 64, 64, 3)
    assert channelwise.params_ratio == Fraction(8, 64 * 64 * 9)
    assert channelwise.macs_ratio == Fraction(8 * 64, 64 * 64 * 9)


def test_a_row_that_cannot_be_keeps_its_reason() -> None:
    group = rows(3, 4, 3)["group"]
    assert group == Row("group", error="2 groups do not divide 3 input channels")
    assert rows(4, 4, 3)["group"].error == ""


def test_a_kernel_too_large_for_its_input_is_such_a_reason() -> None:
    answer = rows(
        3, 4, 3, size=(5, 5), padding="valid", kinds=["standard", Choice("ghost", {"d": 1})]
    )
    assert answer["ghost[d=1]"].macs == 3 * 2 * 81 + 2 * 9
    with pytest.raises(LayerError, match="a kernel of 7 is larger than its padded input of 5"):
        compare(3, 4, 7, size=(5, 5), padding="valid")


def test_when_no_row_can_be_that_is_an_error_with_all_reasons() -> None:
    with pytest.raises(LayerError) as caught:
        compare(3, 4, 3, kinds=["group", Choice("group", {"groups": 4})])
    assert [problem.message for problem in caught.value.problems] == [
        "group: 2 groups do not divide 3 input channels",
        "group[groups=4]: 4 groups do not divide 3 input channels",
    ]


def test_groups_go_to_the_kinds_that_are_made_of_them() -> None:
    answer = rows(8, 8, 3, groups=4)
    assert answer["group"].params == 8 * 8 * 9 // 4
    assert answer["channel-wise"].params == 4 * 8
    assert answer["standard"].params == 8 * 8 * 9
    assert rows(8, 8, 3)["group"].params == 8 * 8 * 9 // 2
    assert rows(8, 8, 3)["channel-wise"].params == 8


def test_a_choice_has_options_of_its_own() -> None:
    choices = [
        Choice("group"),
        Choice("group", {"groups": 4, "shuffle": True}),
        Choice("spatial-separable", {"rank": 2}),
    ]
    answer = rows(8, 8, 3, groups=2, kinds=choices)
    assert list(answer) == ["group", "group[groups=4,shuffle=true]", "spatial-separable[rank=2]"]
    assert [row.params for row in answer.values()] == [288, 144, 3 * 2 * 16]


def test_an_option_that_a_kind_does_not_take() -> None:
    answer = compare(8, 8, 3, kinds=["standard", Choice("standard", {"rank": 2})]).rows[1]
    assert answer.error == "standard takes no rank"


def test_depthwise_makes_what_it_can() -> None:
    answer = row("depthwise", 3, 4, 3, size=(5, 5))
    assert (answer.channels, answer.out, answer.params) == (3, (3, 5, 5), 27)
    assert answer.params_ratio == Fraction(1, 4)


def test_a_kind_that_cannot_do_what_is_asked_says_so() -> None:
    def error(**question: Any) -> str:
        return rows(8, 8, 3, kinds=["standard", "partial", "pointwise"], **question)[
            "partial"
        ].error

    assert error(padding="valid") == "partial takes no padding but same"
    assert error(dilation=2) == ""
    assert rows(8, 8, 3, kinds=["standard", "fire"], dilation=2)["fire"].error == (
        "fire takes no dilation"
    )


def test_padding_and_dilation_are_nothing_to_a_kernel_of_one_position() -> None:
    answer = rows(8, 8, 3, padding="valid", dilation=2)["pointwise"]
    assert (answer.error, answer.params) == ("", 64)


def test_a_strided_transposed_kernel_sees_a_share_of_its_taps() -> None:
    assert row("transposed", 4, 8, 4, stride=2).reach == (2, 2)
    assert row("transposed", 4, 8, 3, stride=2).reach == (2, 2)
    assert row("transposed", 4, 8, 3).reach == (3, 3)
    assert row("transposed", 4, 8, 3, stride=2, dilation=2).reach == (3, 3)


def test_a_kind_without_a_stride_cannot_have_one() -> None:
    answer = rows(8, 8, 3, stride=2)
    assert answer["channel-wise"].error == "channel-wise takes no stride"
    assert [kind for kind, row in answer.items() if row.error] == ["channel-wise"]
    assert rows(8, 8, 3, stride=(1, 1))["channel-wise"].error == ""


def test_where_ops_run_at_other_sizes_a_position_is_one_of_the_layers_output() -> None:
    separable = row("bsconv-u", 4, 8, 3, stride=2)
    assert [stage.macs_per_position for stage in separable.stages] == [4 * 8 * 4, 8 * 9]
    transposed = row("transposed", 4, 8, 4, stride=2)
    assert transposed.macs_per_position == Fraction(4 * 8 * 16, 4)
    both = row("depthwise-separable-transposed", 4, 8, 4, stride=2)
    assert [stage.macs_per_position for stage in both.stages] == [4 * 16 // 4, 4 * 8]


# A kind over all positions has no fewer of them on a small input, nor more on a large one.
GROWING = [kind for kind in CONVOLUTIONS if "size" not in kind.fields]


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kind", GROWING, ids=lambda kind: kind.name)
def test_a_large_input_comes_to_that_much_for_each_position(
    kind: Kind, stride: int, padding: str
) -> None:
    stride = stride if "stride" in kind.fields else 1
    padding = padding if "padding" in kind.fields else "same"
    question: dict[str, Any] = {"stride": stride, "padding": padding}
    per_position = row(kind.name, 4, 8, 3, **question).macs_per_position
    large = row(kind.name, 4, 8, 3, size=(6 * 10**6, 6 * 10**6), **question)
    assert large.macs is not None
    assert large.out is not None
    assert per_position is not None
    assert abs(Fraction(large.macs, prod(large.out[1:])) / per_position - 1) < Fraction(1, 10**5)


@pytest.mark.parametrize(
    ("k", "stated", "standard", "separable"),
    [
        (9, {"size": 100}, 8 * 4 * 9, 4 * 9 + 32),
        ((9,), {}, 8 * 4 * 9, 4 * 9 + 32),
        ((3, 1), {}, 8 * 4 * 3, 4 * 3 + 32),
        (3, {"stride": (1, 2)}, 8 * 4 * 9, 4 * 9 + 32),
        (3, {"dilation": (1, 2, 2)}, 8 * 4 * 27, 4 * 27 + 32),
        (3, {"padding": ((1, 1), (1, 1), (2, 0))}, 8 * 4 * 27, 4 * 27 + 32),
        (3, {"size": (9, 9, 9)}, 8 * 4 * 27, 4 * 27 + 32),
    ],
)
def test_any_number_of_dims(k: Any, stated: dict[str, Any], standard: int, separable: int) -> None:
    answer = rows(4, 8, k, **stated)
    assert answer["standard"].params == standard
    assert answer["depthwise-separable"].params == separable


def test_dims_must_agree() -> None:
    with pytest.raises(LayerError, match="k has 2 numbers for 3 spatial dims"):
        compare(4, 8, (3, 3), size=(100, 100, 100))


@pytest.mark.parametrize(
    ("kind", "k", "reach"),
    [
        ("standard", 3, (3, 3)),
        ("standard", (3, 1), (3, 1)),
        ("pointwise", 3, (1, 1)),
        ("channel-wise", 3, (1, 1)),
        ("spatial-separable", 5, (5, 5)),
        ("depthwise-spatial-separable", (3, 5), (3, 5)),
        ("depthwise-separable-channel-wise", 3, (3, 3)),
        ("mixed-depthwise", 3, (9, 9)),
        ("spatial-separable", (3, 5), (3, 5)),
        ("ghost", 3, (5, 5)),
    ],
)
def test_how_many_input_positions_an_output_sees(kind: str, k: Any, reach: tuple[int, ...]) -> None:
    assert row(kind, 8, 8, k).reach == reach


def test_taps_that_lie_apart_see_what_is_between() -> None:
    assert row("standard", 8, 8, 3, dilation=2).reach == (5, 5)
    assert row("octave", 8, 8, 3).reach == (6, 6)


def test_a_kernel_over_all_positions_sees_them_all() -> None:
    assert row("convolutional-classification", 8, 4, 1, size=(7, 6)).reach == (7, 6)


def test_bias_costs_parameters_alone() -> None:
    plain, biased = (row("depthwise-separable", 3, 4, 3, bias=bias) for bias in (False, True))
    assert biased.params == 39 + 3 + 4
    assert biased.macs_per_position == plain.macs_per_position == 39


def test_the_question_is_kept() -> None:
    question = compare(3, 4, (3, 1), size=(5, 5), groups=1).question
    assert (question.n, question.m, question.k, question.size) == (3, 4, (3, 1), (5, 5))
    assert (question.dims, question.kernel) == (2, (3, 1))
    assert (compare(3, 4, 3).question.dims, compare(3, 4, 3).question.kernel) == (2, (3, 3))


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ({"n": 0}, "n must be at least 1, not 0"),
        ({"m": -4}, "m must be at least 1, not -4"),
        ({"k": 0}, "k must be at least 1, not 0"),
        ({"k": 3.5}, "k must be an integer, not 3.5"),
        ({"groups": 0}, "groups must be at least 1, not 0"),
        ({"stride": 0}, "stride must be at least 1, not 0"),
        ({"dilation": 0}, "dilation must be at least 1, not 0"),
        ({"size": (5, 0)}, "size must be at least 1, not 0"),
        ({"padding": -1}, "padding must be at least 0, not -1"),
        ({"padding": "sam"}, "padding cannot be 'sam'"),
        ({"bias": 1}, "bias must be true or false, not 1"),
        ({"n": 10**30}, "n has more than 18 digits"),
    ],
)
def test_questions_that_cannot_be(question: dict[str, Any], message: str) -> None:
    with pytest.raises(LayerError) as caught:
        compare(**{"n": 3, "m": 4, "k": 3} | question)
    assert caught.value.problems[0].message == message


def test_an_unknown_kind() -> None:
    with pytest.raises(UsageError, match='unknown kind "depthwse"'):
        compare(3, 4, 3, kinds=["depthwse"])
    with pytest.raises(UsageError, match='unknown kind "linear"'):
        compare(3, 4, 3, kinds=["linear"])


def test_large_layers_are_counted_exactly() -> None:
    answer = row("standard", 10**9 + 7, 10**9 + 9, 3, size=(10**6 + 3,) * 2)
    assert answer.macs == (10**9 + 7) * (10**9 + 9) * 9 * (10**6 + 3) ** 2


def test_layers_too_large_to_count_are_refused() -> None:
    with pytest.raises(LayerError, match=r"10\^36 params or more cannot be counted"):
        compare(10**17, 10**17, 10**3)
    with pytest.raises(LayerError, match=r"10\^36 MACs or more cannot be counted"):
        compare(10**9, 10**9, 3, size=(10**9, 10**9))


def test_half_the_parameters_by_the_rank_where_a_kind_has_one() -> None:
    found = compare(64, 64, 3, kinds=["standard", Choice("spatial-separable", {"rank": 96})])
    standard, low_rank = found.rows
    assert at_half(found.question, standard) is None
    half = at_half(found.question, low_rank)
    assert half is not None
    assert half == (48, 48 * (3 * 64 + 3 * 64), Fraction(48 * (3 * 64 + 3 * 64), 64 * 64 * 9))
