"""Blueprint separable convolutions: mix first, filter after (Haase and Amthor 2020)."""

from typing import Annotated

from convcost.kinds.convolution import conv
from convcost.kinds.fields import ONE, Bias, Dilation, FieldDoc, K, M, N, Pad, Stride
from convcost.kinds.letters import IN_BETWEEN
from convcost.kinds.registry import Stages, chain, kind
from convcost.kinds.tails import CHAIN

SOURCE = "BSConv, Haase and Amthor 2020"


@kind(
    "bsconv-u",
    tail=CHAIN,
    formula="n·m + m·k²",
    ratio="1/k² + 1/n",
    mixing="all channels, before the filter",
    gives_up="joint filters; with a stride its pointwise half still runs at the input size",
    source=SOURCE,
)
def bsconv_u(
    n: N,
    m: M,
    k: K,
    stride: Stride = ONE,
    padding: Pad = "same",
    dilation: Dilation = ONE,
    bias: Bias = False,
) -> Stages:
    """A pointwise convolution, then a depthwise k x k one, which takes the stride."""
    return chain(
        conv(n, m, (1,) * len(k), bias=bias),
        conv(m, m, k, stride, padding, dilation, m, bias),
    )


@kind(
    "bsconv-s",
    tail=CHAIN,
    formula="n·r + r·m + m·k²",
    own_letters=(IN_BETWEEN,),
    mixing="all channels, through r, before the filter",
    gives_up="joint filters, and mixes beyond r directions",
    source=SOURCE,
)
def bsconv_s(
    n: N,
    m: M,
    k: K,
    stride: Stride = ONE,
    padding: Pad = "same",
    dilation: Dilation = ONE,
    bias: Bias = False,
    middle: Annotated[
        int | None, FieldDoc("count", "channels in between, r; default n/4, at least 4, at most n")
    ] = None,
) -> Stages:
    """Pointwise to r channels, pointwise to m, then a depthwise k x k convolution."""
    r = middle or min(n, max(4, -(-n // 4)))
    ones = (1,) * len(k)
    return chain(
        conv(n, r, ones, bias=bias),
        conv(r, m, ones, bias=bias),
        conv(m, m, k, stride, padding, dilation, m, bias),
    )
