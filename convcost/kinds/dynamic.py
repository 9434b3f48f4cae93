"""Convolutions whose weights another layer makes: dynamic filters, hypernetworks, experts."""

from convcost.errors import LayerError
from convcost.kinds.convolution import conv
from convcost.kinds.fields import ONE, Dilation, Groups, Inputs, K, M, N, Pad, Stride
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


def _of_two(inputs: int, op: Conv | TransposedConv) -> Stages:
    if inputs != 2:
        raise LayerError(f"a dynamic convolution takes an input and its weights, not {inputs}")
    sort = DynamicConv if isinstance(op, Conv) else DynamicTransposedConv
    draft = Draft()
    draft.add(sort(**(vars(op) | {"learned": False})), -1, -2)
    return draft.stages()
