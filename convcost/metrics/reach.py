"""Receptive fields: which part of the network's input each layer sees (Araujo, Norris and Sim 2019,
"Computing receptive fields of convolutional neural networks")."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from convcost.errors import UsageError
from convcost.metrics.base import Metric, refuse_saved, register
from convcost.spelling import did_you_mean
from convcost.status import COMPLETE, Status
from convcost.text import listed, quote

if TYPE_CHECKING:  # the table is made before any network is read
    from convcost.cost import Report, StageCost
    from convcost.metrics.flow import Flow, Step
    from convcost.metrics.movement import Motion, Move
    from convcost.metrics.windows import Axis
    from convcost.ops.base import Shape

MOST_PLACES = 100_000
"""Positions of an axis that are gone through one by one."""


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


class Span(NamedTuple):
    """Of one axis of the input, which has `size` positions, the first and the last one seen."""

    first: int
    last: int
    size: int


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
        found[step.out] = _through(carried, arriving, len(stage.out))
    return [each for each in found if each]


def of_layers(report: Report) -> list[Sight]:
    """What the output of every layer sees."""
    from convcost.metrics.flow import flow_of

    flow = flow_of(report)
    found = sights(flow)
    return [found[tensor] for tensor in flow.outs]


def of_stages(stages: tuple[StageCost, ...], given: Shape) -> Sight:
    """What the output of a layer sees of its input, which has the shape `given`."""
    from convcost.cost import LayerCost, Report

    alone = LayerCost("", "", (given,), stages[-1].out, stages, 0, 0, 0)
    return of_layers(Report("", None, (alone,), 0, 0, 0))[0]


class Reach(NamedTuple):
    """What each layer of a report sees, and of one output that was asked about what that sees: a
    layer, its position, and the span of every axis of the input (none if it reads zeros alone)."""

    report: Report
    sights: tuple[Sight, ...]
    at: str = ""
    position: tuple[int, ...] = ()
    spans: tuple[Span, ...] = ()


def reach(report: Report, at: str = "", position: Sequence[int] | None = None) -> Reach:
    """What the layers of a report see and, `at` a layer, one output; in the middle unless told.

    UsageError for a layer or a position that is not there, SpecError for a report that was saved.
    """
    from convcost.metrics.flow import flow_of

    refuse_saved(report, "receptive fields")
    flow = flow_of(report)
    found = sights(flow)
    made = Reach(report, tuple(found[tensor] for tensor in flow.outs))
    if not at:
        return made
    names = [layer.name for layer in report.layers]
    if at not in names:
        hint = did_you_mean(at, names) or f"the layers are {listed(names)}"
        raise UsageError(f'there is no layer "{quote(at)}"', hint=hint)
    tensor = flow.outs[names.index(at)]
    shape = flow.shapes[tensor]
    sizes = [size for size, axes in zip(shape, found[tensor].dims, strict=True) if axes]
    place = tuple(size // 2 for size in sizes) if position is None else tuple(position)
    if len(place) != len(sizes) or any(
        not 0 <= each < size for each, size in zip(place, sizes, strict=True)
    ):
        said = ",".join(map(str, place))
        raise UsageError(
            f"{quote(at)} has no position {said or 'without numbers'}: its output is "
            f"{'x'.join(map(str, shape))}",
            hint=f"write a number below {' and one below '.join(map(str, sizes))}, from 0 on"
            if sizes
            else "a vector has one position, without numbers",
        )
    return made._replace(at=at, position=place, spans=tuple(window(flow, tensor, place)))


def _through(motion: Motion, ins: Sequence[Sight], dims: int) -> Sight:
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


def window(flow: Flow, tensor: int, position: Sequence[int]) -> list[Span]:
    """What one position of a tensor sees of each axis of the input, rims and all; nothing if it
    reads zeros alone.

    `position` has a number for each dim that stands for some axis. What only gates is left out, as
    in `sights`, and what cannot be followed is seen whole.
    """
    seen = sights(flow)
    numbers = iter(position)
    wanted = {tensor: [{next(numbers)} if axes else set() for axes in seen[tensor].dims]}
    for step in reversed(flow.steps):
        if places := wanted.pop(step.out, None):
            for source, read in _reads(step, places, seen):
                before = wanted.get(source, [set() for _ in read])
                wanted[source] = [a | b for a, b in zip(before, read, strict=True)]
    return [
        Span(min(places), max(places), size)
        for each in flow.inputs
        if each in wanted and each not in flow.others
        for places, size in zip(wanted[each][1:], flow.shapes[each][1:], strict=True)
    ]


def _reads(
    step: Step, places: Sequence[set[int]], seen: Sequence[Sight]
) -> Iterator[tuple[int, list[set[int]]]]:
    """The places of its inputs that an op reads for `places` of its output."""
    from convcost.metrics.motion import motion

    stage = step.stage
    moves = motion(stage.op, stage.ins, stage.out).moves
    hides = not all(axis.whole for axis in seen[step.out].axes)
    for source, shape, each in zip(step.ins, stage.ins, moves, strict=False):
        sight = seen[source]
        if hides and all(axis.whole for axis in sight.axes):
            continue
        read = [
            _places(move, size, places) if axes else set()
            for axes, move, size in zip(sight.dims, each, shape, strict=True)
        ]
        if all(bool(found) == bool(axes) for found, axes in zip(read, sight.dims, strict=True)):
            yield source, read


def _places(move: Move, size: int, places: Sequence[set[int]]) -> set[int]:
    from convcost.metrics.windows import inside

    if not move.to or move.folded:
        return _few(range(size))
    at = places[move.to[0]]
    if move.taps is None:
        return at
    found: set[int] = set()
    for each in at:
        found |= _few(inside(move.taps.at(each), size))
    return found


def _few(places: Sequence[int]) -> set[int]:
    """The places, if there are not too many to go through; UsageError if there are."""
    if len(places) > MOST_PLACES:
        raise UsageError(
            f"one output reads more than {MOST_PLACES:,} positions along an axis",
            hint="ask about a layer nearer to the input, or take a smaller input",
        )
    return set(places)


def _terms(report: Report) -> str:
    from convcost.metrics.widening import terms

    return terms(report)


register(
    Metric(
        "receptive_field",
        "receptive field",
        "positions",
        "input positions that one output sees along an axis, before it sees all of them",
        lambda report: [sight.size for sight in of_layers(report)],
        total=lambda figures: max(figures, default=0),
        judged=lambda report: [(sight.size, sight.doubt) for sight in of_layers(report)],
        terms=_terms,
    )
)
