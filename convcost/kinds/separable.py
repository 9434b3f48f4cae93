"""Convolutions taken apart: across channels (depthwise), across space (spatial), or both."""

from typing import Annotated

from convcost.kinds.convolution import Multiplier, along, conv
from convcost.kinds.fields import ONE, Bias, Dilation, FieldDoc, Groups, K, M, N, Pad, Stride
from convcost.kinds.letters import IN_BETWEEN
from convcost.kinds.registry import Stages, chain, kind
from convcost.kinds.tails import CHAIN


@kind(
    "depthwise-separable",
    tail=CHAIN,
    formula="n·k² + n·m",
    ratio="1/m + 1/k²",
    mixing="all channels, after the filter",
    gives_up="joint filters: space is filtered first, a channel at a time, and mixed after",
    source="MobileNet, Howard et al. 2017; Xception, Chollet 2017",
    compared=True,
)
def depthwise_separable(
    n: N,
    m: M,
    k: K,
    stride: Stride = ONE,
    padding: Pad = "same",
    dilation: Dilation = ONE,
    groups: Groups = 1,
    bias: Bias = False,
    multiplier: Multiplier = 1,
) -> Stages:
    """A depthwise k x k convolution, then a pointwise one (in groups, if asked for)."""
    middle = n * multiplier
    return chain(
        conv(n, middle, k, stride, padding, dilation, n, bias),
        conv(middle, m, (1,) * len(k), groups=groups, bias=bias),
    )


@kind(
    "spatial-separable",
    tail=CHAIN,
    formula="k·r·n + k·r·m",
    own_letters=(IN_BETWEEN,),
    ratio="r·(n + m)/(n·m·k)",
    mixing="all channels",
    gives_up="filters that are not a k x 1 times a 1 x k; saves only when r < k·n·m/(n + m)",
    source="Jaderberg et al. 2014; Inception v3, Szegedy et al. 2016",
    compared=True,
)
def spatial_separable(
    n: N,
    m: M,
    k: K,
    stride: Stride = ONE,
    padding: Pad = "same",
    dilation: Dilation = ONE,
    groups: Groups = 1,
    bias: Bias = False,
    rank: Annotated[int | None, FieldDoc("count", "channels in between, r; default m")] = None,
) -> Stages:
    """A k x 1 convolution to r channels, then a 1 x k one to m."""
    widths = [n, *[rank or m] * (len(k) - 1), m]
    return chain(
        *(
            conv(
                widths[axis],
                widths[axis + 1],
                *along(axis, k, stride, padding, dilation),
                groups,
                bias,
            )
            for axis in range(len(k))
        )
    )


@kind(
    "depthwise-spatial-separable",
    tail=CHAIN,
    formula="2·k·n + n·m",
    ratio="1/m·2/k + 1/k²",
    mixing="all channels, after the filters",
    gives_up="joint filters, and every filter that is not a 1 x k times a k x 1",
    source="EffNet, Freeman et al. 2018",
    compared=True,
)
def depthwise_spatial_separable(
    n: N,
    m: M,
    k: K,
    stride: Stride = ONE,
    padding: Pad = "same",
    dilation: Dilation = ONE,
    groups: Groups = 1,
    bias: Bias = False,
) -> Stages:
    """A depthwise 1 x k convolution, a depthwise k x 1 one, then a pointwise one."""
    return chain(
        *(
            conv(n, n, *along(axis, k, stride, padding, dilation), n, bias)
            for axis in reversed(range(len(k)))
        ),
        conv(n, m, (1,) * len(k), groups=groups, bias=bias),
    )
