"""Where the positions of an op's inputs go: along which dim of its output, and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import gcd

from convcost.metrics.movement import ALL, RULES, Motion, Move, Moves, Rule, all_dims, spread
from convcost.metrics.windows import Bins, Sample, Slide, Spread, Taps
from convcost.ops.base import Op, Shape
from convcost.ops.conv import SAME_TF, Conv, TransposedConv
from convcost.ops.dynamic import DeformableConv
from convcost.ops.pooling import AdaptivePool, Pool, Resize, Upsample
from convcost.ops.structure import Crop
from convcost.ops.tensors import (
    ZeroPad,
)
from convcost.status import COMPLETE, Status

_AROUND = {"nearest": 0, "linear": 1, "bilinear": 1, "bicubic": 2}


def motion(op: Op, ins: Sequence[Shape], out: Shape) -> Motion:
    """Where the dims of the inputs of an op go; of one without a rule, to their own place."""
    for sort in type(op).__mro__:
        if rule := _RULES.get(sort):
            found = rule(op, ins, out)
            return found if isinstance(found, Motion) else Motion(found)
    return Motion(spread(ins, out))


def _along(taps: Sequence[Taps | None]) -> tuple[Move, ...]:
    """An input whose channels are mixed, and whose spatial dims are read by `taps`."""
    return (ALL, *(Move((dim,), each) for dim, each in enumerate(taps, 1)))


def _conv(op: Conv, ins: Sequence[Shape], out: Shape) -> Motion:
    taps = [
        Slide(step, before, spread, side)
        for step, before, spread, side in zip(
            op.stride, _before(op, ins[0], out), op.dilation, op.kernel, strict=True
        )
    ]
    doubt = COMPLETE
    if isinstance(op, DeformableConv):
        doubt = Status("about", "the taps of a deformable convolution may lie anywhere")
    beside = tuple(_hidden(shape) for shape in ins[1:])
    return Motion((_along(taps), *beside), gates=all_dims(out) if beside else (), doubt=doubt)


def _hidden(shape: Shape) -> tuple[Move, ...]:
    """An input that makes weights or offsets: it hides nothing, and only gates."""
    return (ALL,) * len(shape)


def _before(op: Conv | Pool, shape: Shape, out: Shape) -> list[int]:
    """Zeros in front, which TensorFlow makes of the sizes."""
    if op.padding != SAME_TF:
        return [before for before, _ in op.padding]
    dilation = op.dilation if isinstance(op, Conv) else (1,) * len(op.kernel)
    return [
        max(0, (after - 1) * step + spread * (side - 1) + 1 - size) // 2
        for size, after, step, spread, side in zip(
            shape[1:], out[1:], op.stride, dilation, op.kernel, strict=True
        )
    ]


def _transposed(op: TransposedConv, ins: Sequence[Shape], out: Shape) -> Motion:
    taps = [
        Spread(step, before, spread, side)
        for step, (before, _), spread, side in zip(
            op.stride, op.padding, op.dilation, op.kernel, strict=True
        )
    ]
    beside = tuple(_hidden(shape) for shape in ins[1:])
    return Motion((_along(taps), *beside), gates=all_dims(out) if beside else ())


def _pool(op: Pool, ins: Sequence[Shape], out: Shape) -> Moves:
    sides = zip(op.stride, _before(op, ins[0], out), op.kernel, strict=True)
    return (_kept([Slide(step, before, 1, side) for step, before, side in sides]),)


def _kept(taps: Sequence[Taps | None]) -> tuple[Move, ...]:
    """The same with the channels side by side."""
    return (Move((0,)), *_along(taps)[1:])


def _adaptive(op: AdaptivePool, ins: Sequence[Shape], out: Shape) -> Moves:
    spatial = (
        ALL if after == 1 else Move((dim,), Bins(*_ratio(before, after)))
        for dim, (before, after) in enumerate(zip(ins[0][1:], op.size, strict=True), 1)
    )
    return ((Move((0,)), *spatial),)


def _resize(op: Upsample | Resize, ins: Sequence[Shape], out: Shape) -> Moves:
    sides = zip(ins[0][1:], out[1:], strict=True)
    around = _AROUND[op.mode]
    return (_kept([Sample(*_ratio(before, after), around) for before, after in sides]),)


def _ratio(before: int, after: int) -> tuple[int, int]:
    common = gcd(before, after)
    return before // common, after // common


def _moved(before: Sequence[int]) -> tuple[Move, ...]:
    """Positions that have so many more in front of them."""
    return _kept([Slide(1, each) for each in before])


def _crop(op: Crop, ins: Sequence[Shape], out: Shape) -> Moves:
    cut = zip(ins[0][1:], out[1:], strict=True)
    return (_moved([-((before - after) // 2) for before, after in cut]),)


def _pad(op: ZeroPad, ins: Sequence[Shape], out: Shape) -> Moves:
    return (_moved([before for before, _ in op.pads]),)


_RULES: Mapping[type, Rule] = {
    **RULES,
    AdaptivePool: _adaptive,
    Conv: _conv,
    Crop: _crop,
    Pool: _pool,
    Resize: _resize,
    TransposedConv: _transposed,
    Upsample: _resize,
    ZeroPad: _pad,
}
