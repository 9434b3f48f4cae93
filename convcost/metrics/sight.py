"""What the positions of tensors see of the network's input, which `reach` tells of networks, and a
comparison of single layers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from convcost.status import COMPLETE, Status

if TYPE_CHECKING:  # the table is made before any network is read
    from convcost.cost import Report, StageCost
    from convcost.metrics.flow import Flow
    from convcost.metrics.motion import Motion, Move
    from convcost.metrics.windows import Axis
    from convcost.ops.base import Shape


class Sight(NamedTuple):
    """What the positions of a tensor see: of each axis of the input, and the axes that each of its
    dims stands for.

    `gated`: something that sees the whole input, such as a squeeze-and-excite, scales or shifts it
    besides, and is left out.
    """

    dims: tuple[tuple[int, ...], ...]
    axes: tuple[Axis, ...]
    gated: bool = False

    @property
    def size(self) -> int:
        """Positions that one sees along the axis of which it sees most, before it sees all."""
        return max((axis.size for axis in self.axes), default=0)

    @property
    def doubt(self) -> Status:
        """How far that is to be believed."""
        return next((axis.doubt for axis in self.axes if axis.doubt != COMPLETE), COMPLETE)


def sights(flow: Flow) -> list[Sight]:
    """What every tensor of a network sees, by its number."""
    from convcost.metrics.motion import motion
    from convcost.metrics.windows import Axis

    found: list[Sight | None] = [None] * len(flow.shapes)
    for tensor in flow.inputs:
        dims = len(flow.shapes[tensor])
        if tensor in flow.others:
            found[tensor] = Sight(((),) * dims, ())
            continue
        at = ((), *((axis,) for axis in range(dims - 1))) if dims > 1 else ((),)
        found[tensor] = Sight(at, (Axis(),) * (dims - 1))
    known: dict[int, Motion | None] = {}
    for step in flow.steps:
        stage = step.stage
        if id(stage) not in known:
            made = motion(stage.op, stage.ins, stage.out)
            known[id(stage)] = None if step.ins and made.is_still else made
        carried = known[id(stage)]
        if carried is None:
            found[step.out] = found[step.ins[0]]
            continue
        arriving = [each for tensor in step.ins if (each := found[tensor])]
        found[step.out] = _through(
            carried, tuple(arriving), len(stage.out), type(stage.op).__name__
        )
    return [each for each in found if each]


def of_layers(report: Report) -> list[Sight]:
    """What the output of every layer sees."""
    from convcost.metrics.flow import flow_of

    flow = flow_of(report)
    found = sights(flow)
    return [found[tensor] for tensor in flow.outs]


def of_stages(stages: tuple[StageCost, ...], given: Shape) -> Sight:
    """What the output of a layer sees of its input, which has the shape `given`."""
    from convcost.metrics.flow import Flow, Step

    shapes = (given, *(stage.out for stage in stages))
    steps = []
    for at, stage in enumerate(stages, 1):
        reads = stage.sources if stage.op.has_inputs else ()
        steps.append(Step(0, stage, tuple([source + 1 for source in reads]), at))
    return sights(Flow(tuple(steps), shapes, (0,), (len(stages),)))[-1]


@lru_cache(maxsize=256)
def _through(motion: Motion, ins: tuple[Sight, ...], dims: int, op: str) -> Sight:
    """What the output of an op of that class sees; by the class, taps of equal numbers differ.

    Kinds side by side see alike, whatever their channels, so that each way is followed once.
    """
    from convcost.metrics.windows import joined

    moved = [_moved(each, moves, dims) for each, moves in zip(ins, motion.moves, strict=False)]
    moved = [each for each in moved if each.axes]
    if not moved:
        return Sight(((),) * dims, ())
    if len(moved) == 1:
        made = moved[0]
    else:
        carried = tuple(
            tuple(dict.fromkeys(axis for each in moved for axis in each.dims[dim]))
            for dim in range(dims)
        )
        columns = list(zip(*(each.axes for each in moved), strict=True))
        hidden = any(len({axis.whole for axis in column}) > 1 for column in columns)
        gated = hidden or any(each.gated for each in moved)
        made = Sight(carried, tuple(map(joined, columns)), gated)
    if motion.doubt != COMPLETE:
        made = made._replace(axes=tuple(_doubted(each, motion.doubt) for each in made.axes))
    gated = made.gated or any(made.dims[dim] for dim in motion.gates)
    return made._replace(gated=True) if gated else made


def _doubted(axis: Axis, doubt: Status) -> Axis:
    return axis if axis.is_lost else axis._replace(doubt=doubt)


def _moved(sight: Sight, moves: Sequence[Move], dims: int) -> Sight:
    """What an input has seen, where its positions go."""
    axes = list(sight.axes)
    carried: list[list[int]] = [[] for _ in range(dims)]
    for at, move in zip(sight.dims, moves, strict=True):
        for axis in at:
            before = axes[axis]
            if not move.to:
                axes[axis] = before._replace(whole=True)
            elif len(move.to) > 1 or (move.taps and len(at) > 1):
                axes[axis] = before.lost()
            elif move.taps:
                axes[axis] = before.through(move.taps)
            for dim in move.to:
                carried[dim].append(axis)
    return sight._replace(dims=tuple(map(tuple, carried)), axes=tuple(axes))
