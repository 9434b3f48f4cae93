"""Where the positions of an op's inputs go: along which dim of its output, and how."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from convcost.metrics.windows import Slide, Spread, Taps
from convcost.ops.base import Op, Shape
from convcost.ops.conv import SAME_TF, ChannelwiseConv, Conv, Linear, TransposedConv
from convcost.status import COMPLETE, Status

if TYPE_CHECKING:  # a comparison of convolutions has no pools
    from convcost.ops.pooling import Pool


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
Rule = Callable[[Any, Sequence[Shape], Shape], Motion | Moves]


def motion(op: Op, ins: Sequence[Shape], out: Shape) -> Motion:
    """Where the dims of the inputs of an op go; of one without a rule, to their own place."""
    for sort in type(op).__mro__:
        if rule := _OF_CONVOLUTIONS.get(sort) or _of_others(sort):
            found = rule(op, ins, out)
            return found if isinstance(found, Motion) else Motion(found)
    return Motion(spread(ins, out))


def _of_others(sort: type) -> Rule | None:
    """The rule of what is no convolution, if there is one: a comparison asks for none."""
    from convcost.metrics.movement import RULES

    return RULES.get(sort)


def in_place(dims: int) -> list[Move]:
    """So many dims, each of which stays where it is."""
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


def along(taps: Sequence[Taps | None]) -> tuple[Move, ...]:
    """An input whose channels are mixed, and whose spatial dims are read by `taps`."""
    return (ALL, *(Move((dim,), each) for dim, each in enumerate(taps, 1)))


def conv(op: Conv, ins: Sequence[Shape], out: Shape) -> Motion:
    """A convolution; further inputs make its weights, or move its taps."""
    taps = [
        Slide(step, before, spread, side)
        for step, before, spread, side in zip(
            op.stride, zeros_before(op, ins[0], out), op.dilation, op.kernel, strict=True
        )
    ]
    beside = tuple(_hidden(shape) for shape in ins[1:])
    return Motion((along(taps), *beside), gates=all_dims(out) if beside else ())


def _hidden(shape: Shape) -> tuple[Move, ...]:
    """An input that makes weights or offsets: it hides nothing, and only gates."""
    return (ALL,) * len(shape)


def zeros_before(op: Conv | Pool, shape: Shape, out: Shape) -> list[int]:
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
    return Motion((along(taps), *beside), gates=all_dims(out) if beside else ())


def _linear(op: Op, ins: Sequence[Shape], out: Shape) -> Moves:
    return ((*in_place(len(out) - 1), ALL),)


def mixed(op: Op, ins: Sequence[Shape], out: Shape) -> Moves:
    """All channels at each position."""
    return ((ALL, *in_place(len(out))[1:]),)


_OF_CONVOLUTIONS: Mapping[type, Rule] = {
    ChannelwiseConv: mixed,
    Conv: conv,
    Linear: _linear,
    TransposedConv: _transposed,
}
