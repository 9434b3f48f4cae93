"""Where dims go of what is no convolution: pooled, resized, moved, mixed or joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import gcd

from convcost.metrics.motion import (
    ALL,
    Motion,
    Move,
    Moves,
    Rule,
    all_dims,
    along,
    conv,
    in_place,
    mixed,
    spread,
    zeros_before,
)
from convcost.metrics.windows import Bins, Sample, Slide, Taps
from convcost.ops.base import Op, Shape
from convcost.ops.dynamic import DeformableConv
from convcost.ops.joints import Concat, Matmul
from convcost.ops.pooling import AdaptivePool, Pool, Resize, Upsample
from convcost.ops.recurrent import Recurrent
from convcost.ops.structure import Activation, Crop, Flatten, Norm, Reshape, Slice
from convcost.ops.tensors import (
    Broadcast,
    Gather,
    LastNorm,
    Permute,
    Reduce,
    Transpose,
    Unknown,
    ZeroPad,
    is_softmax,
)
from convcost.status import COMPLETE, Status

_AROUND = {"nearest": 0, "linear": 1, "bilinear": 1, "bicubic": 2}


def _slice(op: Slice, ins: Sequence[Shape], out: Shape) -> Moves:
    moves = in_place(len(out))
    moves[op.axis] = Move((op.axis,), Slide(op.step, -op.start))
    return (tuple(moves),)


def _concat(op: Concat, ins: Sequence[Shape], out: Shape) -> Motion:
    found = []
    start = 0
    for shape in ins:
        moves = in_place(len(out))
        moves[op.axis] = Move((op.axis,), Slide(1, start))
        found.append(tuple(moves))
        start += shape[op.axis]
    doubt = Status("about", "positions are put behind each other") if op.axis else COMPLETE
    return Motion(tuple(found), doubt=doubt)


def _matmul(op: Matmul, ins: Sequence[Shape], out: Shape) -> Moves:
    leading = in_place(len(out) - 2)
    return (*leading, Move((len(out) - 2,)), ALL), (*leading, ALL, Move((len(out) - 1,)))


def _recurrent(op: Recurrent, ins: Sequence[Shape], out: Shape) -> Moves:
    return ((ALL, *in_place(len(out) - 1)[1:], *[ALL] * (len(out) > 1)),)


def _reshape(op: Op, ins: Sequence[Shape], out: Shape) -> Moves:
    """What stays in front and behind stays in place; between, one dim alone does."""
    (before,) = ins
    most = min(len(before), len(out))
    front = next((at for at in range(most) if before[at] != out[at]), most)
    back = next((at for at in range(most - front) if before[-1 - at] != out[-1 - at]), most - front)
    old = [at for at in range(front, len(before) - back) if before[at] > 1]
    new = tuple(at for at in range(front, len(out) - back) if out[at] > 1)
    folded = len(old) > 1 or len(new) > 1
    moves = [*in_place(front), *[ALL] * (len(before) - front - back)]
    moves += [Move((len(out) - back + at,)) for at in range(back)]
    for at in old:
        moves[at] = Move(new, folded=folded)
    return (tuple(moves),)


def _permute(op: Permute | Transpose, ins: Sequence[Shape], out: Shape) -> Moves:
    dims = len(out)
    order = op.order if isinstance(op, Permute) else (*range(dims - 2), dims - 1, dims - 2)
    return (tuple(Move((order.index(dim),)) for dim in range(dims)),)


def _broadcast(op: Broadcast, ins: Sequence[Shape], out: Shape) -> Moves:
    (shape,) = ins
    more = len(out) - len(shape)
    ends = out[more:]
    return (
        tuple(
            ALL if size == 1 < ends[dim] else Move((more + dim,)) for dim, size in enumerate(shape)
        ),
    )


def _reduce(op: Reduce, ins: Sequence[Shape], out: Shape) -> Moves:
    left = [dim for dim in range(len(ins[0])) if op.keep or dim not in op.dims]
    return (
        tuple(ALL if dim in op.dims else Move((left.index(dim),)) for dim in range(len(ins[0]))),
    )


def _picked(op: Gather | Unknown, ins: Sequence[Shape], out: Shape) -> Motion:
    doubt = Status("about", f"{op.sort} may move positions")
    if isinstance(op, Unknown):
        doubt = Status("at least", f"{op.sort} is not understood")
    moves = [
        spread([shape], out)[0] if len(shape) == len(out) else _reshape(op, [shape], out)[0]
        for shape in ins
    ]
    return Motion(tuple(moves), doubt=doubt)


def _softmax(op: Activation, ins: Sequence[Shape], out: Shape) -> Moves:
    return mixed(op, ins, out) if is_softmax(op) else spread(ins, out)


def _norm(op: Norm, ins: Sequence[Shape], out: Shape) -> Motion:
    return Motion(spread(ins, out), gates=() if op.sort == "batch" else all_dims(out))


def _last_norm(op: LastNorm, ins: Sequence[Shape], out: Shape) -> Motion:
    return Motion(spread(ins, out), gates=all_dims(out)[-len(op.sizes) :])


def _deformable(op: DeformableConv, ins: Sequence[Shape], out: Shape) -> Motion:
    doubt = Status("about", "the taps of a deformable convolution may lie anywhere")
    return conv(op, ins, out)._replace(doubt=doubt)


def _pool(op: Pool, ins: Sequence[Shape], out: Shape) -> Moves:
    sides = zip(op.stride, zeros_before(op, ins[0], out), op.kernel, strict=True)
    return (_kept([Slide(step, before, 1, side) for step, before, side in sides]),)


def _kept(taps: Sequence[Taps | None]) -> tuple[Move, ...]:
    """The same with the channels side by side."""
    return (Move((0,)), *along(taps)[1:])


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


RULES: Mapping[type, Rule] = {
    Activation: _softmax,
    AdaptivePool: _adaptive,
    Broadcast: _broadcast,
    Concat: _concat,
    Crop: _crop,
    DeformableConv: _deformable,
    Flatten: _reshape,
    Gather: _picked,
    LastNorm: _last_norm,
    Matmul: _matmul,
    Norm: _norm,
    Permute: _permute,
    Pool: _pool,
    Recurrent: _recurrent,
    Reduce: _reduce,
    Reshape: _reshape,
    Resize: _resize,
    Slice: _slice,
    Transpose: _permute,
    Unknown: _picked,
    Upsample: _resize,
    ZeroPad: _pad,
}
