"""The kinds of convolution: what each refuses, and choices that figures do not show."""

from __future__ import annotations

from typing import Any

import pytest

from convcost.cost import LayerCost, evaluate
from convcost.errors import LayerError
from convcost.network import Builder
from convcost.ops.base import Shape


def layer(kind: str, shape: Shape, **fields: Any) -> LayerCost:
    builder = Builder("one layer", shape)
    builder.add(kind, fields)
    return evaluate(builder.network()).layers[0]


def test_the_worked_example() -> None:
    assert layer("standard", (3, 5, 5), m=4, k=3).params == 108
    assert layer("depthwise", (3, 5, 5), k=3).params == 27
    assert layer("pointwise", (3, 5, 5), m=4).params == 12
    separable = layer("depthwise-separable", (3, 5, 5), m=4, k=3)
    assert (separable.params, separable.macs) == (39, 975)
    assert [int(stage.params) for stage in separable.stages] == [27, 12]
    assert str(separable.explained_params) == "m·kh·kw + m·n·kh·kw = 3 × 3 × 3 + 4 × 3 × 1 × 1"


def test_a_three_by_three_kernel_in_six_multiplications() -> None:
    split = layer("spatial-separable", (1, 5, 5), m=1, k=3)
    assert split.params == 6
    assert [stage.out for stage in split.stages] == [(1, 5, 5), (1, 5, 5)]


@pytest.mark.parametrize(("n", "m", "saves"), [(8, 8, True), (8, 16, False), (16, 8, True)])
def test_spatial_separable_saves_only_below_a_rank(n: int, m: int, saves: bool) -> None:
    standard, split = (
        layer(kind, (n, 9, 9), m=m, k=3).params for kind in ("standard", "spatial-separable")
    )
    assert (split < standard) == saves
    at_the_break_even = 3 * n * m // (n + m)
    assert (
        layer("spatial-separable", (n, 9, 9), m=m, k=3, rank=at_the_break_even).params <= standard
    )


def test_stride_is_shared_out_along_the_axes() -> None:
    split = layer("spatial-separable", (2, 8, 8), m=4, k=3, stride=2)
    assert [stage.out for stage in split.stages] == [(4, 4, 8), (4, 4, 4)]
    split = layer("depthwise-spatial-separable", (2, 8, 8), m=4, k=3, stride=2)
    assert [stage.out for stage in split.stages] == [(2, 8, 4), (2, 4, 4), (4, 4, 4)]


def test_padding_is_shared_out_along_the_axes() -> None:
    split = layer("spatial-separable", (2, 8, 8), m=4, k=3, padding="valid")
    assert [stage.out for stage in split.stages] == [(4, 6, 8), (4, 6, 6)]
    split = layer("spatial-separable", (2, 8, 8), m=4, k=(3, 5), padding=((1, 1), (2, 0)))
    assert split.out == (4, 8, 6)


def test_in_one_dim_there_is_nothing_to_separate_in_space() -> None:
    whole = layer("standard", (2, 9), m=4, k=3)
    assert layer("spatial-separable", (2, 9), m=4, k=3).params == whole.params


def test_in_three_dims_there_are_three_parts() -> None:
    assert layer("spatial-separable", (2, 4, 4, 4), m=4, k=3).params == 3 * (2 * 4 + 4 * 4 + 4 * 4)
    assert layer("depthwise-separable", (2, 4, 4, 4), m=4, k=3).params == 2 * 27 + 2 * 4


@pytest.mark.parametrize(
    ("fields", "out"), [({}, 6), ({"m": 12}, 12), ({"multiplier": 2}, 12), ({"m": 6}, 6)]
)
def test_depthwise_makes_a_multiple_of_its_channels(fields: dict[str, int], out: int) -> None:
    assert layer("depthwise", (6, 5, 5), k=3, **fields).out == (out, 5, 5)


def test_one_shared_channelwise_kernel_is_a_pointwise_convolution_of_its_own_kind() -> None:
    assert layer("channel-wise", (64, 5, 5), m=64).params == 8
    assert layer("channel-wise", (3, 5, 5), m=4, dc=3).params == 12
    assert layer("channel-wise", (3, 5, 5), m=4, dc=3).macs == 300


@pytest.mark.parametrize(
    ("k", "stride", "dilation"),
    [(1, 1, 1), (2, 1, 1), (4, 1, 1), (3, 2, 1), (4, 2, 1), (2, 3, 1), (3, 1, 2), (2, 1, 3)],
)
def test_transposed_same_multiplies_the_size_by_the_stride(
    k: int, stride: int, dilation: int
) -> None:
    made = layer("transposed", (2, 5, 5), m=3, k=k, stride=stride, dilation=dilation)
    assert made.out == (3, 5 * stride, 5 * stride)


def test_the_same_padding_of_a_transposed_convolution_is_that_of_the_frameworks() -> None:
    same, written_out = (
        layer("transposed", (2, 5, 5), m=3, k=3, stride=2, **padding).stages
        for padding in ({}, {"padding": 1, "output_padding": 1})
    )
    assert same == written_out


def test_a_transposed_convolution_costs_the_same_however_far_it_spreads() -> None:
    assert layer("transposed", (2, 5, 5), m=3, k=4, stride=2).macs == 2 * 3 * 16 * 25
    assert layer("transposed", (2, 5, 5), m=3, k=4, stride=1, padding="valid").macs == 2400


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("low-rank", {"rank": 32}),
        ("cp", {"rank": 32}),
        ("tucker", {"r3": 16, "r4": 32}),
        ("bsconv-s", {"middle": 16}),
        ("bottleneck", {"width": 32}),
        ("shufflenet", {"width": 32, "groups": 4}),
        ("fire", {"squeeze": 16, "e1": 64}),
        ("inverted-residual", {"t": 6}),
        ("ghost", {"s": 2, "d": 3}),
        ("spatial-separable", {"rank": 128}),
        ("depthwise-separable", {"multiplier": 1}),
        ("channel-wise", {"dc": 8}),
    ],
)
def test_what_is_left_out_has_the_literatures_value(kind: str, fields: dict[str, int]) -> None:
    kernel = {} if kind == "channel-wise" else {"k": 3}
    groups = {name: fields[name] for name in ("groups",) if name in fields}
    given, left_out = (
        layer(kind, (64, 8, 8), m=128, **kernel, **more) for more in (fields, groups)
    )
    assert given.stages == left_out.stages


def test_a_ghosts_last_copy_may_be_cut() -> None:
    made = layer("ghost", (4, 5, 5), m=5, k=1)
    assert made.out == (5, 5, 5)
    assert made.params == 4 * 3 + 3 * 9


def test_a_ghost_of_one_is_a_convolution() -> None:
    assert layer("ghost", (4, 5, 5), m=5, k=3, s=1).stages == (
        layer("standard", (4, 5, 5), m=5, k=3).stages
    )


def test_the_first_part_of_mixed_kernels_takes_what_is_left_over() -> None:
    made = layer("mixed-depthwise", (7, 9, 9), k=3, parts=2)
    assert made.out == (7, 9, 9)
    assert made.params == 4 * 9 + 3 * 25


def test_a_partial_convolution_of_everything_is_a_convolution() -> None:
    assert layer("partial", (4, 5, 5), k=3, r=1).stages == (
        layer("standard", (4, 5, 5), m=4, k=3).stages
    )


def test_an_octave_without_a_low_half_is_a_convolution() -> None:
    standard = layer("standard", (4, 6, 6), m=6, k=3)
    assert layer("octave", (4, 6, 6), m=6, k=3, alpha=0).macs == standard.macs
    assert layer("octave", (4, 6, 6), m=6, k=3, alpha=1).macs == standard.macs // 4


def test_an_octave_may_keep_its_few_channels_at_full_size() -> None:
    assert layer("octave", (1, 6, 6), m=2, k=3).out == (2, 6, 6)
    assert layer("octave", (2, 6, 6), m=1, k=3).out == (1, 6, 6)


@pytest.mark.parametrize(
    ("kind", "shape", "fields", "message"),
    [
        ("group", (3, 5, 5), {"m": 4, "k": 3}, "group needs groups"),
        (
            "group",
            (3, 5, 5),
            {"m": 4, "k": 3, "groups": 2},
            "2 groups do not divide 3 input channels",
        ),
        (
            "depthwise",
            (3, 5, 5),
            {"m": 4, "k": 3},
            "depthwise gives a multiple of its n = 3 channels, not m = 4",
        ),
        (
            "depthwise",
            (2, 5, 5),
            {"m": 4, "k": 3, "multiplier": 3},
            "multiplier 3 of n = 2 channels is not m = 4",
        ),
        ("pointwise", (3, 5, 5), {"m": 4, "k": 3}, "a pointwise convolution has a 1x1 kernel"),
        (
            "depthwise-separable",
            (3, 5, 5),
            {"m": 4, "k": 3, "groups": 2},
            "2 groups do not divide 3 input channels",
        ),
        (
            "channel-wise",
            (3, 5, 5),
            {"m": 4, "groups": 2},
            "2 groups do not divide both 3 and 4 channels",
        ),
        (
            "channel-wise",
            (3, 5, 5),
            {"m": 4, "dc": 4},
            "dc = 4 taps are more than the n = 3 channels",
        ),
        (
            "transposed",
            (3, 5, 5),
            {"m": 4, "k": 3, "padding": "same", "output_padding": 0},
            "padding same sets the output padding itself",
        ),
        (
            "transposed",
            (3, 5, 5),
            {"m": 4, "k": 3, "padding": 1, "stride": 2, "output_padding": 2},
            "output_padding must be smaller than the stride or the dilation",
        ),
        ("mixed-depthwise", (3, 5, 5), {"k": 3}, "3 channels cannot make 4 parts"),
        (
            "partial",
            (8, 5, 5),
            {"k": 3, "m": 4},
            "partial keeps its n = 8 channels, so m cannot be 4",
        ),
        ("partial", (3, 5, 5), {"k": 3, "r": 4}, "3 channels have no 4th part"),
        (
            "octave",
            (4, 5, 5),
            {"m": 4, "k": 3},
            "add needs equal shapes, and 2x5x5 and 2x4x4 arrived",
        ),
        (
            "fire",
            (4, 5, 5),
            {"m": 1, "k": 3},
            "e1 = 0 leaves nothing of m = 1 for one of the sides",
        ),
        (
            "fire",
            (4, 5, 5),
            {"m": 4, "k": 3, "e1": 4},
            "e1 = 4 leaves nothing of m = 4 for one of the sides",
        ),
        (
            "shufflenet-v2",
            (3, 5, 5),
            {"k": 3},
            "shufflenet-v2 keeps an even number of channels, not 3 to 3",
        ),
        (
            "shufflenet-v2",
            (4, 5, 5),
            {"k": 3, "m": 6},
            "shufflenet-v2 keeps an even number of channels, not 4 to 6",
        ),
        (
            "convolutional-classification",
            (3, 5, 5),
            {"m": 4},
            "m = 4 classes need at least as many channels, not n = 3",
        ),
    ],
)
def test_layers_that_cannot_be(
    kind: str, shape: Shape, fields: dict[str, Any], message: str
) -> None:
    with pytest.raises(LayerError) as caught:
        layer(kind, shape, **fields)
    assert caught.value.problems[0].message == message
