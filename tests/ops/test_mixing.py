"""Which channels an op makes a channel from, worked by hand; `tests/torch` has the gradient."""

from __future__ import annotations

import pytest

from convcost.ops.base import Op
from convcost.ops.conv import ChannelwiseConv, Conv, Linear, TransposedConv
from convcost.ops.dynamic import DynamicConv
from convcost.ops.joints import Add, Concat, Multiply
from convcost.ops.mixing import channels_seen
from convcost.ops.pooling import Pool
from convcost.ops.structure import Activation, Flatten, Norm, Shuffle, Slice

ONE, NO_PADS = (1, 1), ((0, 0), (0, 0))
IMAGE = (6, 4, 4)


def conv(n: int, m: int, groups: int = 1) -> Conv:
    return Conv(n, m, ONE, ONE, NO_PADS, ONE, groups)


@pytest.mark.parametrize(
    ("op", "channel", "seen"),
    [
        pytest.param(conv(6, 4), 3, [0, 1, 2, 3, 4, 5], id="all of them"),
        pytest.param(conv(6, 4, groups=2), 1, [0, 1, 2], id="the first of two groups"),
        pytest.param(conv(6, 4, groups=2), 2, [3, 4, 5], id="the second"),
        pytest.param(conv(6, 12, groups=6), 7, [3], id="depthwise, two outputs a channel"),
        pytest.param(
            TransposedConv(6, 6, ONE, ONE, NO_PADS, ONE, (0, 0), 3), 5, [4, 5], id="transposed"
        ),
        pytest.param(ChannelwiseConv(6, 6, 1, 3, 1), 0, [0, 1], id="at the rim"),
        pytest.param(ChannelwiseConv(6, 6, 1, 3, 1), 2, [1, 2, 3], id="a window"),
        pytest.param(ChannelwiseConv(6, 6, 2, 3, 2), 5, [3, 4, 5], id="the second kernel's last"),
        pytest.param(Slice(2, 6, step=2), 1, [4], id="every second from the third on"),
        # (2, 3) transposed: 0 3 1 4 2 5.
        pytest.param(Shuffle(2), 1, [3], id="shuffled"),
        pytest.param(Shuffle(2), 4, [2], id="shuffled further"),
        pytest.param(Activation("relu"), 4, [4], id="each to itself"),
        pytest.param(Activation("softmax"), 4, [0, 1, 2, 3, 4, 5], id="over all channels"),
        pytest.param(Pool("max", ONE, ONE, NO_PADS), 5, [5], id="pooled"),
        pytest.param(Norm("batch", 6), 5, [5], id="normed by itself"),
        pytest.param(Norm("layer", 6), 5, [0, 1, 2, 3, 4, 5], id="normed by all"),
    ],
)
def test_what_a_channel_is_made_from(op: Op, channel: int, seen: list[int]) -> None:
    assert [*map(list, channels_seen(op, channel, IMAGE) or ())] == [seen]


@pytest.mark.parametrize("op", [Slice(0, 2, axis=1), Concat(axis=1), Linear(4, 2), Flatten()])
def test_what_cannot_be_told(op: Op) -> None:
    assert channels_seen(op, 0, IMAGE) is None


def test_what_it_is_made_from_of_several_tensors() -> None:
    gate = (6, 1, 1)
    assert channels_seen(Add(), 4, IMAGE, IMAGE) == ((4,), (4,))
    assert channels_seen(Multiply(), 4, IMAGE, gate) == ((4,), (4,))
    assert channels_seen(Multiply(), 4, IMAGE, (1, 4, 4)) == ((4,), (0,))
    assert channels_seen(Concat(), 7, IMAGE, (3, 4, 4)) == ((), (1,))
    weights = (2, 6, 1, 1)
    moving = DynamicConv(6, 2, ONE, ONE, NO_PADS, ONE)
    assert channels_seen(moving, 1, IMAGE, weights) == (range(6), range(2))
