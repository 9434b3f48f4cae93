"""Transposed convolutions: the ones that upsample. Multiply-adds lie on the input grid."""

from typing import Annotated

from convcost.errors import LayerError
from convcost.kinds.convolution import conv
from convcost.kinds.fields import ONE, Bias, Dilation, FieldDoc, Groups, K, M, N, Padding, Stride
from convcost.kinds.registry import Stages, chain, kind
from convcost.kinds.tails import CHAIN
from convcost.ops.base import Pads, Sizes
from convcost.ops.conv import TransposedConv

OutputPadding = Annotated[
    Sizes | None,
    FieldDoc("offsets", "rows added to one side of the output, to settle an odd size"),
]
TransposedPad = Annotated[
    Padding,
    FieldDoc(
        "padding",
        "what is cut off the rim of the output: same gives input size x stride, valid cuts "
        "nothing, or a number, or one per dim",
    ),
]


@kind(
    "transposed",
    formula="n·m·k²",
    macs="n·m·k²·A_in",
    ratio="1",
    mixing="all channels",
    gives_up="nothing: at stride s it makes s² outputs of every input",
    source="Deconvolutional Networks, Zeiler et al. 2010; FCN, Long et al. 2015",
    compared=True,
)
def transposed(
    n: N,
    m: M,
    k: K,
    stride: Stride = ONE,
    padding: TransposedPad = "same",
    output_padding: OutputPadding = None,
    dilation: Dilation = ONE,
    groups: Groups = 1,
    bias: Bias = False,
) -> Stages:
    """One dense transposed k x k convolution."""
    return chain(transposed_conv(n, m, k, stride, padding, output_padding, dilation, groups, bias))


@kind(
    "depthwise-separable-transposed",
    tail=CHAIN,
    formula="n·k² + n·m",
    macs="n·k²·A_in + n·m·A",
    ratio="1/m + 1/k²",
    mixing="all channels, after the filter",
    gives_up="joint filters; its pointwise half runs at the full output size",
    source="after MobileNet, Howard et al. 2017",
    compared=True,
)
def depthwise_separable_transposed(
    n: N,
    m: M,
    k: K,
    stride: Stride = ONE,
    padding: TransposedPad = "same",
    output_padding: OutputPadding = None,
    dilation: Dilation = ONE,
    groups: Groups = 1,
    bias: Bias = False,
) -> Stages:
    """A depthwise transposed k x k convolution, then a pointwise one."""
    return chain(
        transposed_conv(n, n, k, stride, padding, output_padding, dilation, n, bias),
        conv(n, m, (1,) * len(k), groups=groups, bias=bias),
    )


def transposed_conv(
    n: int,
    m: int,
    k: Sizes,
    stride: Sizes,
    padding: Padding,
    output_padding: Sizes | None,
    dilation: Sizes,
    groups: int,
    bias: bool,
) -> TransposedConv:
    """A transposed convolution with its padding worked out."""
    zeros = (0,) * len(k)
    if padding == "valid":
        pads: Pads = tuple((0, 0) for _ in k)
        extra = output_padding or zeros
    elif isinstance(padding, str):
        if output_padding is not None:
            raise LayerError(f"padding {padding} sets the output padding itself")
        pads, extra = _keeping_size_times_stride(k, stride, dilation)
    else:
        pads, extra = padding, output_padding or zeros
    if any(
        more >= max(step, spread)
        for more, step, spread in zip(extra, stride, dilation, strict=True)
    ):
        raise LayerError("output_padding must be smaller than the stride or the dilation")
    return TransposedConv(n, m, k, stride, pads, dilation, extra, groups, bias)


def _keeping_size_times_stride(k: Sizes, stride: Sizes, dilation: Sizes) -> tuple[Pads, Sizes]:
    """Padding and output padding that turn a size H into H x stride, for any kernel."""
    pads, extra = [], []
    for side, step, spread in zip(k, stride, dilation, strict=True):
        surplus = spread * (side - 1) + 1 - step
        cut = max(0, -(-surplus // 2))
        more = 2 * cut - surplus
        if more < max(step, spread):
            pads.append((cut, cut))
            extra.append(more)
        else:  # no output padding may be that large, so one side is cut less than the other
            pads.append((surplus - cut, cut))
            extra.append(0)
    return tuple(pads), tuple(extra)
