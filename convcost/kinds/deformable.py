"""A convolution that computes where its taps lie."""

from typing import Annotated

from convcost.kinds.convolution import conv
from convcost.kinds.fields import ONE, Bias, Dilation, FieldDoc, Groups, K, M, N, Pad, Stride
from convcost.kinds.registry import INPUT, OUTER, Draft, Stages, kind
from convcost.ops.conv import Conv
from convcost.ops.dynamic import DeformableConv
from convcost.ops.structure import Activation, Slice

OffsetGroups = Annotated[int, FieldDoc("count", "groups of channels with offsets of their own")]


@kind(
    "deformable",
    tail=OUTER,
    formula="n·m·k² + 2·n·k²·k²",
    ratio="1 + 2·k²/m",
    mixing="all channels",
    gives_up="a fixed grid: a second convolution says where each tap lies, between positions",
    source="Deformable Convolutional Networks, Dai et al. 2017; modulated: v2, Zhu et al. 2019",
)
def deformable(
    n: N,
    m: M,
    k: K,
    stride: Stride = ONE,
    padding: Pad = "same",
    dilation: Dilation = ONE,
    groups: Groups = 1,
    bias: Bias = False,
    offset_groups: OffsetGroups = 1,
    modulated: Annotated[bool, FieldDoc("flag", "whether taps are weighed as well")] = False,
) -> Stages:
    """A convolution to the offsets of every tap, and one whose taps they move."""
    op = moved(conv(n, m, k, stride, padding, dilation, groups, bias), offset_groups)
    offsets = len(k) * op.taps
    draft = Draft()
    numbers = offsets + op.taps if modulated else offsets
    made = draft.add(conv(n, numbers, k, stride, padding, dilation, bias=bias))
    if not modulated:
        draft.add(op, INPUT, made)
        return draft.stages()
    places = draft.add(Slice(0, offsets), made)
    masks = draft.add(Activation("sigmoid"), draft.add(Slice(offsets, numbers), made))
    draft.add(op, INPUT, places, masks)
    return draft.stages()


def moved(op: Conv, offset_groups: int) -> DeformableConv:
    """The convolution with taps that are moved."""
    return DeformableConv(**vars(op), offset_groups=offset_groups)
