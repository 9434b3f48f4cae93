"""Convolutions of which another layer makes a part: dynamic filters, experts, offsets of taps."""

from convcost.errors import LayerError
from convcost.kinds.convolution import conv
from convcost.kinds.deformable import OffsetGroups, moved
from convcost.kinds.fields import ONE, Bias, Dilation, Groups, Inputs, K, M, N, Pad, Stride
from convcost.kinds.registry import Draft, Stages, kind
from convcost.kinds.transposed import OutputPadding, TransposedPad, transposed_conv
from convcost.ops.conv import Conv, TransposedConv
from convcost.ops.dynamic import DynamicConv, DynamicTransposedConv

SOURCE = "Dynamic Filter Networks, De Brabandere et al. 2016; CondConv, Yang et al. 2019"


@kind("dynamic", group="joint", source=SOURCE)
def dynamic(
    inputs: Inputs,
    n: N,
    m: M,
    k: K,
    stride: Stride = ONE,
    padding: Pad = "same",
    dilation: Dilation = ONE,
    groups: Groups = 1,
) -> Stages:
    """A convolution of its first input, with its second as the weights."""
    return _of_two(inputs, conv(n, m, k, stride, padding, dilation, groups))


@kind("dynamic-transposed", group="joint", source=SOURCE)
def dynamic_transposed(
    inputs: Inputs,
    n: N,
    m: M,
    k: K,
    stride: Stride = ONE,
    padding: TransposedPad = "same",
    output_padding: OutputPadding = None,
    dilation: Dilation = ONE,
    groups: Groups = 1,
) -> Stages:
    """A transposed convolution of its first input, with its second as the weights."""
    op = transposed_conv(n, m, k, stride, padding, output_padding, dilation, groups, False)
    return _of_two(inputs, op)


@kind(
    "deform",
    group="joint",
    tail=("norm", "act", "functional", "weights"),
    source="Deformable Convolutional Networks, Dai et al. 2017; masks: v2, Zhu et al. 2019",
)
def deform(
    inputs: Inputs,
    n: N,
    m: M,
    k: K,
    stride: Stride = ONE,
    padding: Pad = "same",
    dilation: Dilation = ONE,
    groups: Groups = 1,
    bias: Bias = False,
    offset_groups: OffsetGroups = 1,
) -> Stages:
    """A convolution of its first input whose taps its second moves, and its third weighs."""
    if inputs not in (2, 3):
        raise LayerError(f"deform takes an input, offsets and maybe masks, not {inputs}")
    draft = Draft()
    op = moved(conv(n, m, k, stride, padding, dilation, groups, bias), offset_groups)
    draft.add(op, *range(-1, -inputs - 1, -1))
    return draft.stages()


def _of_two(inputs: int, op: Conv | TransposedConv) -> Stages:
    if inputs != 2:
        raise LayerError(f"a dynamic convolution takes an input and its weights, not {inputs}")
    sort = DynamicConv if isinstance(op, Conv) else DynamicTransposedConv
    draft = Draft()
    draft.add(sort(**(vars(op) | {"learned": False})), -1, -2)
    return draft.stages()
