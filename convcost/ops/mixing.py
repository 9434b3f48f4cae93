"""Which channels of its inputs an op makes a channel of its output from."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from convcost.ops.base import Op, Shape
from convcost.ops.conv import ChannelwiseConv, Conv, TransposedConv
from convcost.ops.joints import Add, Concat, Multiply
from convcost.ops.pooling import AdaptivePool, Pool, Upsample
from convcost.ops.structure import Activation, Crop, Identity, Norm, Shuffle, Slice

_EACH = (Activation, AdaptivePool, Add, Crop, Identity, Multiply, Pool, Upsample)
"""Ops that keep every channel to itself."""


def channels_seen(op: Op, channel: int, *shapes: Shape) -> tuple[Sequence[int], ...] | None:
    """The channels of each input, of these shapes, that `channel` of the output is made from; None
    where nothing tells."""
    first = shapes[0][0]
    match op:
        case Conv() | TransposedConv():
            width = first // op.groups
            start = channel // (op.m // op.groups) * width
            return (range(start, start + width), *(range(shape[0]) for shape in shapes[1:]))
        case ChannelwiseConv():
            start = channel % (op.n // op.stride) * op.stride - (op.taps - 1) // 2
            return (range(max(0, start), min(first, start + op.taps)),)
        case Slice(axis=0):
            return ((op.start + channel * op.step,),)
        case Shuffle():
            place, group = divmod(channel, op.groups)
            return ((group * (first // op.groups) + place,),)
        case Concat(axis=0):
            ends = accumulate(shape[0] for shape in shapes)
            places = [channel - end + shape[0] for end, shape in zip(ends, shapes, strict=True)]
            inside = zip(places, shapes, strict=True)
            return tuple((place,) if 0 <= place < shape[0] else () for place, shape in inside)
        case Activation(sort="softmax") | Norm(sort="layer"):
            return (range(first),)
        case Norm(sort="batch" | "instance"):
            return ((channel,),)
        case _ if isinstance(op, _EACH):
            return tuple((channel if shape[0] > 1 else 0,) for shape in shapes)
    return None
