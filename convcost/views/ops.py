"""An op in a few words, `depthwise conv 3×3, stride 2`."""

from __future__ import annotations

from convcost.ops.base import Op, Sizes
from convcost.ops.conv import ChannelwiseConv, Conv, TransposedConv
from convcost.ops.pooling import AdaptivePool, Pool, Upsample
from convcost.ops.recurrent import Recurrent
from convcost.ops.structure import Activation, Norm, Shuffle
from convcost.views.figures import sizes


def describe(op: Op) -> str:
    """What the op is, and its kernel, stride, dilation and groups where they are not the usual."""
    match op:
        case Conv() | TransposedConv():
            depthwise = op.groups == op.n > 1
            groups = "" if depthwise or op.groups == 1 else f", {op.groups} groups"
            return (
                f"{'depthwise ' * depthwise}{op.name} {sizes(op.kernel)}"
                f"{_unless_one('stride', op.stride)}{_unless_one('dilation', op.dilation)}{groups}"
            )
        case ChannelwiseConv():
            kernels = f"{op.kernels} kernel{'s' * (op.kernels != 1)} of {op.taps} taps"
            return f"{op.name}, {kernels}{_unless_one('stride', (op.stride,))}"
        case Pool():
            return f"{op.sort}-pool {sizes(op.kernel)}{_unless_one('stride', op.stride)}"
        case AdaptivePool():
            return f"adaptive {op.sort}-pool to {sizes(op.size)}"
        case Norm():
            return f"{op.sort} {op.name}"
        case Activation():
            return op.sort
        case Upsample():
            return f"{op.name} {sizes(op.factor)}"
        case Recurrent():
            stacked = f", {op.layers} layers" if op.layers > 1 else ""
            projected = f", projected to {op.projection}" if op.projection else ""
            return f"{op.sort}{stacked}{', both ways' * op.bidirectional}{projected}"
        case Shuffle():
            return f"{op.name}, {op.groups} groups"
    return op.name


def _unless_one(what: str, values: Sizes) -> str:
    if all(value == 1 for value in values):
        return ""
    return f", {what} {values[0] if len(set(values)) == 1 else sizes(values)}"
