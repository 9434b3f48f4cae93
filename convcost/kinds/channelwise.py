"""Channel-wise convolutions: 1-D kernels shared along the channel axis (ChannelNets 2018)."""

from math import gcd
from typing import Annotated

from convcost.errors import LayerError
from convcost.kinds.convolution import conv
from convcost.kinds.fields import ONE, Bias, Dilation, FieldDoc, Groups, K, M, N, Pad, Stride
from convcost.kinds.letters import Letter
from convcost.kinds.registry import Stages, chain, kind
from convcost.kinds.tails import CHAIN
from convcost.ops.conv import ChannelwiseConv

Taps = Annotated[
    int | None, FieldDoc("count", "taps of the kernel along the channel axis; default min(8, n)")
]
LETTERS = (
    Letter("q", "shared kernels", lambda layer: layer.channelwise.kernels),
    Letter("dc", "taps along the channels", lambda layer: layer.channelwise.taps),
)
SOURCE = "ChannelNets, Gao et al. 2018"


def channelwise(n: int, m: int, dc: int | None, groups: int, bias: bool) -> ChannelwiseConv:
    """The sparsest channel-wise convolution from n to m channels: with d = gcd(n, m), g·m/d
    kernels at stride g·n/d, so that m = n takes g kernels of dc weights."""
    shared = gcd(n, m)
    if shared % groups:
        raise LayerError(f"{groups} groups do not divide both {n} and {m} channels")
    kernels, stride = groups * m // shared, groups * n // shared
    return ChannelwiseConv(n, m, kernels, dc or min(8, n), stride, bias)


@kind(
    "channel-wise",
    formula="q·dc",
    own_letters=LETTERS,
    macs="dc·m·A",
    ratio="q·dc/(n·m·k²)",
    mixing="dc neighbouring channels",
    gives_up="reach, as it sees one position; weights of its own for each output channel",
    source=SOURCE,
    grouped=True,
    compared=True,
)
def channel_wise(n: N, m: M, dc: Taps = None, groups: Groups = 1, bias: Bias = False) -> Stages:
    """q shared kernels of dc taps slide along the channels; g of them: group channel-wise."""
    return chain(channelwise(n, m, dc, groups, bias))


@kind(
    "depthwise-separable-channel-wise",
    tail=CHAIN,
    formula="n·k² + q·dc",
    own_letters=LETTERS,
    macs="(n·k² + dc·m)·A",
    ratio="1/m + q·dc/(n·m·k²)",
    mixing="dc neighbouring channels, after the filter",
    gives_up="mixing beyond dc neighbours; weights of its own for each output channel",
    source=SOURCE,
    grouped=True,
    compared=True,
)
def depthwise_separable_channel_wise(
    n: N,
    m: M,
    k: K,
    stride: Stride = ONE,
    padding: Pad = "same",
    dilation: Dilation = ONE,
    dc: Taps = None,
    groups: Groups = 1,
    bias: Bias = False,
) -> Stages:
    """A depthwise k x k convolution, then a channel-wise one in the place of the pointwise."""
    return chain(
        conv(n, n, k, stride, padding, dilation, n, bias),
        channelwise(n, m, dc, groups, bias),
    )
