"""Convolutional classification: what ChannelNets put in the place of pooling and linear."""

from convcost.errors import LayerError
from convcost.kinds.fields import Bias, M, N, Size
from convcost.kinds.registry import Stages, chain, kind
from convcost.ops.conv import Conv
from convcost.ops.structure import Reshape


@kind(
    "convolutional-classification",
    formula="a·(n - m + 1)",
    macs="a·(n - m + 1)·m",
    mixing="n - m + 1 neighbouring channels",
    gives_up="weights of its own for each class; it stands for global pooling and a linear layer",
    source="ChannelNets, Gao et al. 2018",
)
def convolutional_classification(n: N, m: M, size: Size, bias: Bias = False) -> Stages:
    """One 3-D kernel over all a = H x W positions and n - m + 1 channels gives m classes."""
    if m > n:
        raise LayerError(f"m = {m} classes need at least as many channels, not n = {n}")
    kernel = (n - m + 1, *size)
    ones = (1,) * len(kernel)
    pads = ((0, 0),) * len(kernel)
    return chain(
        Reshape((1, n, *size)),
        Conv(1, 1, kernel, ones, pads, ones, bias=bias),
        Reshape((m,)),
    )
