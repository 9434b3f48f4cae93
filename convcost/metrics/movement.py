"""Where dims go that an op only moves, mixes or joins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from convcost.metrics.windows import Slide, Taps
from convcost.ops.base import Op, Shape
from convcost.ops.conv import ChannelwiseConv, Linear
from convcost.ops.joints import Concat, Matmul
from convcost.ops.recurrent import Recurrent
from convcost.ops.structure import Activation, Flatten, Norm, Reshape, Slice
from convcost.ops.tensors import (
    Broadcast,
    Gather,
    LastNorm,
    Permute,
    Reduce,
    Transpose,
    Unknown,
    is_softmax,
)
from convcost.status import COMPLETE, Status


class Move(NamedTuple):
    """Where one dim of an input goes: to dims of the output, none if every position there sees all
    of it.

    `taps` are which positions are read, None if the same. Dims that are `folded` into others, or
    cut up, leave no positions to follow.
    """

    to: tuple[int, ...] = ()
    taps: Taps | None = None
    folded: bool = False


class Motion(NamedTuple):
    """Of each input, where each of its dims goes.

    `gates` are dims of the output along which something of the whole input is used besides, such as
    its mean. `doubt` is how far this is to be believed.
    """

    moves: tuple[tuple[Move, ...], ...]
    gates: tuple[int, ...] = ()
    doubt: Status = COMPLETE

    @property
    def is_still(self) -> bool:
        """Whether an op of one input leaves all of it in place."""
        stays = [move == ((dim,), None, False) for dim, move in enumerate(sum(self.moves[:1], ()))]
        return len(self.moves) == 1 and all(stays) and not self.gates and self.doubt == COMPLETE


ALL = Move()


Moves = tuple[tuple[Move, ...], ...]


def _same(dims: int) -> list[Move]:
    return [Move((dim,)) for dim in range(dims)]


def spread(ins: Sequence[Shape], out: Shape) -> Moves:
    """Dims in their own place, but for those of size 1 that are spread over more."""
    return tuple(
        tuple(
            ALL if size == 1 and dim < len(out) and out[dim] > 1 else Move((dim,))
            for dim, size in enumerate(shape)
        )
        for shape in ins
    )


def all_dims(shape: Shape) -> tuple[int, ...]:
    """The numbers of all dims."""
    return tuple(range(len(shape)))


def _slice(op: Slice, ins: Sequence[Shape], out: Shape) -> Moves:
    moves = _same(len(out))
    moves[op.axis] = Move((op.axis,), Slide(op.step, -op.start))
    return (tuple(moves),)


def _concat(op: Concat, ins: Sequence[Shape], out: Shape) -> Motion:
    found = []
    start = 0
    for shape in ins:
        moves = _same(len(out))
        moves[op.axis] = Move((op.axis,), Slide(1, start))
        found.append(tuple(moves))
        start += shape[op.axis]
    doubt = Status("about", "positions are put behind each other") if op.axis else COMPLETE
    return Motion(tuple(found), doubt=doubt)


def _linear(op: Op, ins: Sequence[Shape], out: Shape) -> Moves:
    return ((*_same(len(out) - 1), ALL),)


def _mixed(op: Op, ins: Sequence[Shape], out: Shape) -> Moves:
    """All channels at each position."""
    return ((ALL, *_same(len(out))[1:]),)


def _matmul(op: Matmul, ins: Sequence[Shape], out: Shape) -> Moves:
    leading = _same(len(out) - 2)
    return (*leading, Move((len(out) - 2,)), ALL), (*leading, ALL, Move((len(out) - 1,)))


def _recurrent(op: Recurrent, ins: Sequence[Shape], out: Shape) -> Moves:
    return ((ALL, *_same(len(out) - 1)[1:], *[ALL] * (len(out) > 1)),)


def _reshape(op: Op, ins: Sequence[Shape], out: Shape) -> Moves:
    """What stays in front and behind stays in place; between, one dim alone does."""
    (before,) = ins
    most = min(len(before), len(out))
    front = next((at for at in range(most) if before[at] != out[at]), most)
    back = next((at for at in range(most - front) if before[-1 - at] != out[-1 - at]), most - front)
    old = [at for at in range(front, len(before) - back) if before[at] > 1]
    new = tuple(at for at in range(front, len(out) - back) if out[at] > 1)
    folded = len(old) > 1 or len(new) > 1
    moves = [*_same(front), *[ALL] * (len(before) - front - back)]
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
    return _mixed(op, ins, out) if is_softmax(op) else spread(ins, out)


def _norm(op: Norm, ins: Sequence[Shape], out: Shape) -> Motion:
    return Motion(spread(ins, out), gates=() if op.sort == "batch" else all_dims(out))


def _last_norm(op: LastNorm, ins: Sequence[Shape], out: Shape) -> Motion:
    return Motion(spread(ins, out), gates=all_dims(out)[-len(op.sizes) :])


Rule = Callable[[Any, Sequence[Shape], Shape], Motion | Moves]
RULES: Mapping[type, Rule] = {
    Activation: _softmax,
    Broadcast: _broadcast,
    ChannelwiseConv: _mixed,
    Concat: _concat,
    Flatten: _reshape,
    Gather: _picked,
    LastNorm: _last_norm,
    Linear: _linear,
    Matmul: _matmul,
    Norm: _norm,
    Permute: _permute,
    Recurrent: _recurrent,
    Reduce: _reduce,
    Reshape: _reshape,
    Slice: _slice,
    Transpose: _permute,
    Unknown: _picked,
}
