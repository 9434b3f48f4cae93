"""One convolution, dense or sparse across channels: standard, group, depthwise, pointwise."""

from typing import Annotated

from convcost.errors import LayerError
from convcost.kinds.fields import (
    ONE,
    Bias,
    Dilation,
    FieldDoc,
    Groups,
    K,
    M,
    MaybeK,
    MaybeM,
    N,
    Pad,
    Padding,
    Stride,
    resolve_pads,
)
from convcost.kinds.letters import FILTERS
from convcost.kinds.registry import Stages, chain, kind
from convcost.ops.base import Sizes
from convcost.ops.conv import Conv

Multiplier = Annotated[int, FieldDoc("count", "filters for each input channel, r")]


def conv(
    n: int,
    m: int,
    k: Sizes,
    stride: Stride = (),
    padding: Pad = "same",
    dilation: Dilation = (),
    groups: int = 1,
    bias: bool = False,
) -> Conv:
    """A convolution with what a builder leaves out filled in: stride 1, no dilation."""
    ones = (1,) * len(k)
    dilation = dilation or ones
    pads = resolve_pads(padding, k, dilation)
    return Conv(n, m, k, stride or ones, pads, dilation, groups, bias, True)


def along(
    axis: int, k: Sizes, stride: Sizes, padding: Padding, dilation: Sizes
) -> tuple[Sizes, Sizes, Padding, Sizes]:
    """The share of a k x k filter that lies along one axis: kernel, stride, padding, dilation."""

    def only(sizes: Sizes) -> Sizes:
        return tuple(size if dim == axis else 1 for dim, size in enumerate(sizes))

    if not isinstance(padding, str):
        padding = tuple(pads if dim == axis else (0, 0) for dim, pads in enumerate(padding))
    return only(k), only(stride), padding, only(dilation)


@kind(
    "standard",
    formula="n·m·k²",
    ratio="1",
    mixing="all channels",
    gives_up="nothing: every output sees every input channel at every tap",
    source="LeNet, LeCun et al. 1989",
    compared=True,
)
def standard(
    n: N,
    m: M,
    k: K,
    stride: Stride = ONE,
    padding: Pad = "same",
    dilation: Dilation = ONE,
    groups: Groups = 1,
    bias: Bias = False,
) -> Stages:
    """One dense k x k convolution."""
    return chain(conv(n, m, k, stride, padding, dilation, groups, bias))


@kind(
    "group",
    formula="n·m·k²/g",
    ratio="1/g",
    mixing="within g groups",
    gives_up="mixing: a group never sees the others' channels, unless a shuffle follows",
    source="AlexNet, Krizhevsky et al. 2012; ResNeXt, Xie et al. 2017; shuffle: ShuffleNet, "
    "Zhang et al. 2018",
    grouped=True,
    compared=True,
)
def group(
    n: N,
    m: M,
    k: K,
    groups: Groups,
    stride: Stride = ONE,
    padding: Pad = "same",
    dilation: Dilation = ONE,
    bias: Bias = False,
    shuffle: Annotated[bool, FieldDoc("flag", "whether a channel shuffle follows")] = False,
) -> Stages:
    """A convolution in g groups of channels side by side."""
    grouped = conv(n, m, k, stride, padding, dilation, groups, bias)
    if not shuffle:
        return chain(grouped)
    from convcost.ops.structure import Shuffle  # seldom asked for, and a comparison is quick

    return chain(grouped, Shuffle(groups))


@kind(
    "depthwise",
    formula="n·r·k²",
    own_letters=(FILTERS,),
    ratio="r/m",
    mixing="none",
    gives_up="mixing: every output channel sees one input channel",
    source="Xception, Chollet 2017; MobileNet, Howard et al. 2017",
    compared=True,
)
def depthwise(
    n: N,
    k: K,
    m: MaybeM = None,
    stride: Stride = ONE,
    padding: Pad = "same",
    dilation: Dilation = ONE,
    bias: Bias = False,
    multiplier: Annotated[
        int | None, FieldDoc("count", "filters for each input channel, r = m/n; default 1")
    ] = None,
) -> Stages:
    """One k x k filter for each channel."""
    if m is not None and m % n:
        raise LayerError(
            f"depthwise gives a multiple of its n = {n} channels, not m = {m}",
            hint="leave m out, or add a pointwise convolution: kind depthwise-separable",
        )
    if m is not None and multiplier not in (None, m // n):
        raise LayerError(
            f"multiplier {multiplier} of n = {n} channels is not m = {m}",
            hint="give one of the two",
        )
    outputs = m or n * (multiplier or 1)
    return chain(conv(n, outputs, k, stride, padding, dilation, n, bias))


@kind(
    "pointwise",
    formula="n·m/g",
    ratio="1/(g·k²)",
    mixing="all channels",
    gives_up="reach: it sees one position",
    source="Network in Network, Lin et al. 2013",
    compared=True,
)
def pointwise(
    n: N,
    m: M,
    k: MaybeK = None,
    stride: Stride = ONE,
    groups: Groups = 1,
    bias: Bias = False,
) -> Stages:
    """A 1 x 1 convolution: mixes channels at one position."""
    if k is not None and any(side != 1 for side in k):
        raise LayerError("a pointwise convolution has a 1x1 kernel", hint="leave k out")
    return chain(conv(n, m, (1,) * len(stride), stride, groups=groups, bias=bias))


@kind(
    "pointwise-group",
    formula="n·m/g",
    ratio="1/(g·k²)",
    mixing="within g groups",
    gives_up="reach, as it sees one position; mixing across groups, unless a shuffle follows",
    source="ShuffleNet, Zhang et al. 2018",
    grouped=True,
)
def pointwise_group(n: N, m: M, groups: Groups, stride: Stride = ONE, bias: Bias = False) -> Stages:
    """A 1 x 1 convolution in g groups of channels side by side."""
    return chain(conv(n, m, (1,) * len(stride), stride, groups=groups, bias=bias))
