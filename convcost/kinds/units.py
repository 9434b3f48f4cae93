"""The convolutions inside well-known building blocks, as one layer each: without the shortcut,
which costs nothing, and with norms and activations only where asked for."""

from typing import Annotated

from convcost.errors import LayerError
from convcost.kinds.convolution import conv
from convcost.kinds.fields import (
    ONE,
    Bias,
    Dilation,
    FieldDoc,
    Groups,
    K,
    M,
    MaybeM,
    N,
    Pad,
    Stride,
)
from convcost.kinds.letters import FILTERED, Letter, outputs_of, value_of
from convcost.kinds.registry import INPUT, Draft, Stages, chain, kind
from convcost.kinds.tails import BRANCHED, CHAIN
from convcost.ops.joints import Concat
from convcost.ops.structure import Shuffle, Slice

Width = Annotated[int | None, FieldDoc("count", "channels in between, b; default m/4, at least 1")]
WIDTH = Letter("b", "channels in between", outputs_of(0))


@kind(
    "bottleneck",
    tail=CHAIN,
    formula="n·b + k²·b²/g + b·m",
    own_letters=(WIDTH,),
    mixing="all channels, through b",
    gives_up="width: the k x k filter works on b channels",
    source="ResNet, He et al. 2016; with groups: ResNeXt, Xie et al. 2017",
)
def bottleneck(
    n: N,
    m: M,
    k: K,
    stride: Stride = ONE,
    padding: Pad = "same",
    dilation: Dilation = ONE,
    groups: Groups = 1,
    bias: Bias = False,
    width: Width = None,
) -> Stages:
    """Pointwise down to b channels, k x k (in groups, with the stride), pointwise up to m."""
    b = width or max(1, m // 4)
    ones = (1,) * len(k)
    return chain(
        conv(n, b, ones, bias=bias),
        conv(b, b, k, stride, padding, dilation, groups, bias),
        conv(b, m, ones, bias=bias),
    )


@kind(
    "inverted-residual",
    tail=CHAIN,
    formula="t·n·(n + k² + m)",
    own_letters=(Letter("t", "times wider inside", value_of("t")),),
    mixing="all channels, through t·n",
    gives_up="joint filters; with a stride its first pointwise part runs at the input size",
    source="MobileNetV2, Sandler et al. 2018",
)
def inverted_residual(
    n: N,
    m: M,
    k: K,
    stride: Stride = ONE,
    padding: Pad = "same",
    dilation: Dilation = ONE,
    bias: Bias = False,
    t: Annotated[int, FieldDoc("count", "how many times wider it is inside")] = 6,
) -> Stages:
    """Pointwise up to t n channels, depthwise k x k, pointwise down to m."""
    wide = t * n
    ones = (1,) * len(k)
    return chain(
        conv(n, wide, ones, bias=bias),
        conv(wide, wide, k, stride, padding, dilation, wide, bias),
        conv(wide, m, ones, bias=bias),
    )


@kind(
    "fire",
    tail=BRANCHED,
    formula="n·b + b·e1 + k²·b·e3",
    own_letters=(
        WIDTH,
        Letter("e1", "outputs of the 1 x 1 side", outputs_of(1)),
        Letter("e3", "outputs of the k x k side", outputs_of(2)),
    ),
    mixing="all channels, through b",
    gives_up="width before the filter; a part e1 of the outputs sees one position",
    source="SqueezeNet, Iandola et al. 2016",
)
def fire(
    n: N,
    m: M,
    k: K,
    bias: Bias = False,
    squeeze: Annotated[
        int | None, FieldDoc("count", "channels in between, b; default m/8, at least 1")
    ] = None,
    e1: Annotated[int | None, FieldDoc("count", "outputs of the 1 x 1 side; default m/2")] = None,
) -> Stages:
    """Pointwise down to b channels, then 1 x 1 to e1 and k x k to e3 = m - e1, side by side."""
    b, pointwise_outputs = squeeze or max(1, m // 8), e1 or m // 2
    if not 0 < pointwise_outputs < m:
        raise LayerError(f"e1 = {pointwise_outputs} leaves nothing of m = {m} for one of the sides")
    ones = (1,) * len(k)
    draft = Draft()
    squeezed = draft.add(conv(n, b, ones, bias=bias), INPUT)
    left = draft.add(conv(b, pointwise_outputs, ones, bias=bias), squeezed)
    right = draft.add(conv(b, m - pointwise_outputs, k, bias=bias), squeezed)
    draft.add(Concat(), left, right)
    return draft.stages()


@kind(
    "shufflenet",
    tail=CHAIN,
    formula="n·b/g + k²·b + b·m/g",
    own_letters=(WIDTH,),
    mixing="within g groups, and across them by the shuffle",
    gives_up="joint filters, and dense mixing",
    source="ShuffleNet, Zhang et al. 2018",
    grouped=True,
)
def shufflenet(
    n: N,
    m: M,
    k: K,
    groups: Groups,
    stride: Stride = ONE,
    padding: Pad = "same",
    dilation: Dilation = ONE,
    bias: Bias = False,
    width: Width = None,
) -> Stages:
    """Grouped pointwise to b channels, shuffle, depthwise k x k, grouped pointwise to m."""
    b = width or max(1, m // 4)
    ones = (1,) * len(k)
    return chain(
        conv(n, b, ones, groups=groups, bias=bias),
        Shuffle(groups),
        conv(b, b, k, stride, padding, dilation, b, bias),
        conv(b, m, ones, groups=groups, bias=bias),
    )


@kind(
    "shufflenet-v2",
    tail=BRANCHED,
    formula="2·c² + k²·c",
    own_letters=(FILTERED,),
    mixing="all of one half of the channels; the shuffle brings the halves together",
    gives_up="filters on the other half, which passes untouched",
    source="ShuffleNet V2, Ma et al. 2018",
)
def shufflenet_v2(
    n: N,
    k: K,
    m: MaybeM = None,
    dilation: Dilation = ONE,
    bias: Bias = False,
) -> Stages:
    """One half of the channels through 1 x 1, depthwise k x k, 1 x 1; then a shuffle of both."""
    if n % 2 or m not in (None, n):
        raise LayerError(f"shufflenet-v2 keeps an even number of channels, not {n} to {m or n}")
    half, ones = n // 2, (1,) * len(k)
    draft = Draft()
    kept = draft.add(Slice(0, half), INPUT)
    end = draft.add(Slice(half, n), INPUT)
    for op in (
        conv(half, half, ones, bias=bias),
        conv(half, half, k, dilation=dilation, groups=half, bias=bias),
        conv(half, half, ones, bias=bias),
    ):
        end = draft.add(op, end)
    draft.add(Shuffle(2), draft.add(Concat(), kept, end))
    return draft.stages()
