"""Low-rank factorizations: a kernel tensor as a product of thinner ones."""

from typing import Annotated

from convcost.kinds.convolution import along, conv
from convcost.kinds.fields import ONE, Bias, Dilation, FieldDoc, K, M, N, Pad, Stride
from convcost.kinds.letters import IN_BETWEEN, Letter, outputs_of
from convcost.kinds.registry import Stages, chain, kind
from convcost.kinds.tails import CHAIN

Rank = Annotated[int | None, FieldDoc("count", "channels in between, r; default m/4, at least 1")]


@kind(
    "low-rank",
    tail=CHAIN,
    formula="n·r·k² + r·m",
    own_letters=(IN_BETWEEN,),
    ratio="r/m + r/(n·k²)",
    mixing="all channels, through r",
    gives_up="filters beyond the span of r of them",
    source="Denton et al. 2014; Jaderberg et al. 2014",
)
def low_rank(
    n: N,
    m: M,
    k: K,
    stride: Stride = ONE,
    padding: Pad = "same",
    dilation: Dilation = ONE,
    bias: Bias = False,
    rank: Rank = None,
) -> Stages:
    """A k x k convolution to r channels, then a pointwise one to m."""
    r = rank or max(1, m // 4)
    return chain(
        conv(n, r, k, stride, padding, dilation, bias=bias),
        conv(r, m, (1,) * len(k), bias=bias),
    )


@kind(
    "cp",
    tail=CHAIN,
    formula="n·r + 2·k·r + r·m",
    own_letters=(IN_BETWEEN,),
    mixing="all channels, through r",
    gives_up="kernels beyond a sum of r outer products of four vectors",
    source="Lebedev et al. 2015",
)
def cp(
    n: N,
    m: M,
    k: K,
    stride: Stride = ONE,
    padding: Pad = "same",
    dilation: Dilation = ONE,
    bias: Bias = False,
    rank: Rank = None,
) -> Stages:
    """Pointwise to r channels, depthwise k x 1, depthwise 1 x k, pointwise to m."""
    r = rank or max(1, m // 4)
    ones = (1,) * len(k)
    return chain(
        conv(n, r, ones, bias=bias),
        *(
            conv(r, r, *along(axis, k, stride, padding, dilation), r, bias)
            for axis in range(len(k))
        ),
        conv(r, m, ones, bias=bias),
    )


@kind(
    "tucker",
    tail=CHAIN,
    formula="n·r3 + k²·r3·r4 + r4·m",
    own_letters=(
        Letter("r3", "channels before the core", outputs_of(0)),
        Letter("r4", "channels behind the core", outputs_of(1)),
    ),
    mixing="all channels, through r3 and r4",
    gives_up="kernels beyond r3 input and r4 output directions",
    source="Tucker-2, Kim et al. 2016",
)
def tucker(
    n: N,
    m: M,
    k: K,
    stride: Stride = ONE,
    padding: Pad = "same",
    dilation: Dilation = ONE,
    bias: Bias = False,
    r3: Annotated[
        int | None, FieldDoc("count", "channels before the core; default n/4, at least 1")
    ] = None,
    r4: Annotated[
        int | None, FieldDoc("count", "channels behind the core; default m/4, at least 1")
    ] = None,
) -> Stages:
    """Pointwise to r3 channels, a k x k core to r4, which takes the stride, pointwise to m."""
    before, behind = r3 or max(1, n // 4), r4 or max(1, m // 4)
    ones = (1,) * len(k)
    return chain(
        conv(n, before, ones, bias=bias),
        conv(before, behind, k, stride, padding, dilation, bias=bias),
        conv(behind, m, ones, bias=bias),
    )
