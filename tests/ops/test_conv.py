"""Convolutions and the linear layer: shapes worked by hand, params and multiply-adds."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from convcost.errors import LayerError
from convcost.ops.base import Shape, Weighted
from convcost.ops.conv import (
    SAME_TF,
    ChannelwiseConv,
    Conv,
    Linear,
    TransposedConv,
    same_pads,
    window,
)


def conv(n: int, m: int, k: int, **fields: Any) -> Conv:
    """A square 2-D convolution."""
    square = {"stride": 1, "dilation": 1} | fields
    pad = square.pop("padding", 0)
    return Conv(
        n,
        m,
        (k, k),
        (square.pop("stride"),) * 2,
        pad if pad == SAME_TF else ((pad, pad),) * 2,
        (square.pop("dilation"),) * 2,
        **square,
    )


def transposed(k: int, stride: int, padding: int, extra: int = 0, **fields: Any) -> TransposedConv:
    """A square 2-D transposed convolution from 3 channels to 2."""
    pads = ((padding, padding),) * 2
    return TransposedConv(3, 2, (k, k), (stride,) * 2, pads, (1, 1), (extra,) * 2, **fields)


@pytest.mark.parametrize(
    ("op", "size", "out"),
    [
        pytest.param(conv(3, 96, 11, stride=4), 227, 55, id="AlexNet conv1"),
        pytest.param(conv(3, 64, 11, stride=4, padding=2), 224, 55, id="torchvision AlexNet"),
        pytest.param(conv(3, 64, 7, stride=2, padding=3), 224, 112, id="ResNet stem"),
        pytest.param(conv(3, 96, 7, stride=2), 224, 109, id="SqueezeNet conv1"),
        pytest.param(conv(3, 4, 3), 5, 3, id="valid"),
        pytest.param(conv(3, 4, 3, padding=1), 5, 5, id="same"),
        pytest.param(conv(3, 4, 3, dilation=2), 5, 1, id="dilated to five"),
        pytest.param(conv(3, 4, 3, stride=2, padding=SAME_TF), 5, 3, id="TensorFlow"),
        pytest.param(conv(3, 4, 7, stride=4, padding=SAME_TF), 2, 1, id="TensorFlow, larger"),
    ],
)
def test_output_sizes(op: Conv, size: int, out: int) -> None:
    assert op.out((3, size, size)) == (op.m, out, out)


def test_the_worked_example() -> None:
    op = conv(3, 4, 3, padding=1)
    assert str(op.params()) == "m·n·kh·kw = 4 × 3 × 3 × 3"
    assert str(op.macs((3, 5, 5))) == "m·n·kh·kw·Hout·Wout = 4 × 3 × 3 × 3 × 5 × 5"
    assert (int(op.params()), int(op.macs((3, 5, 5)))) == (108, 2700)


def test_without_padding_there_are_fewer_positions() -> None:
    assert int(conv(3, 4, 3).macs((3, 5, 5))) == 972


def test_bias_is_a_parameter_and_no_multiply_add() -> None:
    op = conv(3, 4, 3, padding=1, bias=True)
    assert int(op.params()) == 112
    assert int(op.macs((3, 5, 5))) == 2700
    assert {name: str(count) for name, count in op.other((3, 5, 5)).items()} == {
        "bias": "m·H·W = 4 × 5 × 5"
    }
    assert conv(3, 4, 3).other((3, 5, 5)) == {}


def test_groups_share_the_input_channels_out() -> None:
    op = conv(96, 256, 5, padding=2, groups=2)
    assert str(op.params()) == "m·(n/g)·kh·kw = 256 × 48 × 5 × 5"
    assert int(op.macs((96, 27, 27))) == 307_200 * 27 * 27


def test_depthwise_is_as_many_groups_as_channels() -> None:
    op = conv(32, 32, 3, padding=1, groups=32)
    assert str(op.params()) == "m·kh·kw = 32 × 3 × 3"


def test_dilation_costs_nothing() -> None:
    near, far = conv(3, 4, 3, padding=1), conv(3, 4, 3, padding=2, dilation=2)
    assert near.macs((3, 9, 9)) == far.macs((3, 9, 9))


def test_one_and_three_dims() -> None:
    audio = Conv(1, 16, (80,), (4,), ((0, 0),), (1,))
    assert audio.out((1, 16_000)) == (16, 3981)
    assert str(audio.macs((1, 16_000))) == "m·n·k·Lout = 16 × 1 × 80 × 3981"
    video = Conv(3, 64, (3, 7, 7), (1, 2, 2), ((1, 1), (3, 3), (3, 3)), (1, 1, 1))
    assert video.out((3, 16, 112, 112)) == (64, 16, 56, 56)
    assert int(video.params()) == 64 * 3 * 3 * 7 * 7


def test_pads_may_differ_before_and_behind() -> None:
    causal = Conv(1, 1, (3,), (1,), ((2, 0),), (1,))
    assert causal.out((1, 10)) == (1, 10)


@pytest.mark.parametrize(
    ("op", "size", "out"),
    [
        pytest.param(transposed(4, 2, 1), 5, 10, id="k4 s2 p1 doubles"),
        pytest.param(transposed(2, 2, 0), 5, 10, id="U-Net's up-convolution doubles"),
        pytest.param(transposed(4, 1, 0), 1, 4, id="DCGAN's first layer"),
        pytest.param(transposed(3, 2, 1), 5, 9, id="k3 s2 p1 falls one short"),
        pytest.param(transposed(3, 2, 1, extra=1), 5, 10, id="which output padding settles"),
        pytest.param(transposed(3, 1, 0), 5, 7, id="full"),
        pytest.param(transposed(3, 1, 1), 1, 1, id="a single position"),
        pytest.param(transposed(1, 3, 0), 2, 4, id="a stride leaves holes"),
    ],
)
def test_transposed_sizes(op: TransposedConv, size: int, out: int) -> None:
    assert op.out((3, size, size)) == (2, out, out)


def test_a_transposed_convolution_counts_on_its_input_grid() -> None:
    op = transposed(4, 2, 1)
    assert str(op.macs((3, 5, 5))) == "m·n·kh·kw·Hin·Win = 2 × 3 × 4 × 4 × 5 × 5"
    assert op.works_on == "in"


def test_a_transposed_convolutions_bias_lies_on_its_output() -> None:
    op = transposed(4, 2, 1, bias=True)
    assert int(op.params()) == 98
    assert int(op.other((3, 5, 5))["bias"]) == 200


def test_output_positions_for_each_input_position() -> None:
    assert conv(3, 4, 3, stride=2).scale() == Fraction(1, 4)
    assert transposed(4, 2, 1).scale() == 4
    assert Linear(3, 4).scale() == 1


def test_padding_must_leave_something_of_a_transposed_convolution() -> None:
    with pytest.raises(LayerError, match="3x1x5 would become 2x0x4"):
        transposed(2, 1, 1).out((3, 1, 5))


def test_channelwise_kernels_are_shared() -> None:
    op = ChannelwiseConv(512, 512, kernels=2, taps=8, stride=2, bias=True)
    assert op.out((512, 14, 14)) == (512, 14, 14)
    assert str(op.params()) == "q·dc + m = 2 × 8 + 512"
    assert str(op.macs((512, 14, 14))) == "dc·m·Hout·Wout = 8 × 512 × 14 × 14"


def test_linear_works_on_the_last_dim() -> None:
    op = Linear(768, 3072, bias=True)
    assert (op.out((768,)), op.out((197, 768))) == ((3072,), (197, 3072))
    assert str(op.params()) == "m·n + m = 3072 × 768 + 3072"
    assert str(Linear(768, 3072).params()) == "m·n = 3072 × 768"
    assert int(op.macs((768,))) == 3072 * 768
    assert str(op.macs((197, 768))) == "m·n·T1 = 3072 × 768 × 197"


@pytest.mark.parametrize(
    ("kernel", "dilation", "pads"),
    [(3, 1, (1, 1)), (2, 1, (0, 1)), (4, 1, (1, 2)), (1, 1, (0, 0)), (3, 2, (2, 2))],
)
def test_same_pads_keep_the_size(kernel: int, dilation: int, pads: tuple[int, int]) -> None:
    assert same_pads((kernel,), (dilation,)) == (pads,)
    assert window((9,), (kernel,), (1,), (pads,), (dilation,)) == (9,)


@pytest.mark.parametrize(
    ("op", "shape", "message"),
    [
        (conv(3, 4, 3), (4, 5, 5), "convolution takes 3 channels, and 4x5x5 arrived"),
        (conv(3, 4, 3), (3, 5), "a 2-D convolution needs 2 spatial dims, and 3x5 arrived"),
        (conv(3, 4, 7), (3, 5, 5), "a kernel of 7 is larger than its padded input of 5"),
        (
            conv(3, 4, 3, dilation=3, padding=0),
            (3, 5, 5),
            "a kernel of 3 (dilated by 3 to 7) is larger than its padded input of 5",
        ),
        (
            transposed(3, 1, 0),
            (4, 5, 5),
            "transposed convolution takes 3 channels, and 4x5x5 arrived",
        ),
        (
            ChannelwiseConv(4, 4, 1, 3, 1),
            (3, 5, 5),
            "channel-wise convolution takes 4 channels, and 3x5x5 arrived",
        ),
        (Linear(4, 2), (5,), "linear takes 4 features, and 5 arrived"),
    ],
)
def test_shapes_that_do_not_fit(op: Weighted, shape: Shape, message: str) -> None:
    with pytest.raises(LayerError) as caught:
        op.out(shape)
    assert caught.value.problems[0].message == message


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"n": 0}, "n must be at least 1, not 0"),
        ({"m": -1}, "m must be at least 1, not -1"),
        ({"k": 0}, "k must be at least 1, not 0"),
        ({"stride": 0}, "stride must be at least 1, not 0"),
        ({"dilation": 0}, "dilation must be at least 1, not 0"),
        ({"groups": 0}, "groups must be at least 1, not 0"),
        ({"n": 3, "groups": 2}, "2 groups do not divide 3 input channels"),
        ({"m": 3, "groups": 2}, "2 groups do not divide 3 output channels"),
    ],
)
def test_convolutions_that_cannot_be(fields: dict[str, int], message: str) -> None:
    with pytest.raises(LayerError) as caught:
        conv(**{"n": 4, "m": 4, "k": 3} | fields)
    assert caught.value.problems[0].message == message


def test_more_taps_than_channels() -> None:
    with pytest.raises(LayerError, match="dc = 9 taps are more than the n = 8 channels"):
        ChannelwiseConv(8, 8, 1, 9, 1)


def test_a_linear_layer_needs_features() -> None:
    with pytest.raises(LayerError, match="m must be at least 1, not 0"):
        Linear(8, 0)
