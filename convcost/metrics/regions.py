"""Layers that can run patch by patch, and which part of each tensor a patch needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from convcost.metrics.flow import Flow, Step
from convcost.metrics.motion import Move, motion
from convcost.metrics.windows import Taps, inside
from convcost.ops.base import Sizes
from convcost.status import COMPLETE

Windows = Mapping[int, tuple[Sizes, ...]]
"""Of each tensor of a stage, along each axis, how many positions of it each patch needs. Patches
that lie in a row need the same along the other axis."""


class Cut(NamedTuple):
    """The layers up to one, by its number, as a stage: so many `steps`, and the tensor `out` that
    alone is read behind them."""

    layer: int
    steps: int
    out: int


class Stage(NamedTuple):
    """What a flow does up to a cut: where each step's tensors come from, one that is read and how
    its dims go to those of what is made."""

    flow: Flow
    cut: Cut
    reads: tuple[tuple[tuple[int, Sequence[Move | None]], ...], ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of the stage."""
        return self.flow.steps[: self.cut.steps]

    def needed(self, dim: int, wanted: range) -> dict[int, range]:
        """Of each tensor the positions along a dim that those `wanted` of the output need, from the
        first to the last; what lies beside a tensor is not there."""
        found = {self.cut.out: wanted}
        for step, reads in zip(reversed(self.steps), reversed(self.reads), strict=True):
            at = found.get(step.out, range(0))
            for source, moves in reads:
                move = moves[dim]
                size = self.flow.shapes[source][dim]
                read = at if move is None or move.taps is None else _read(move.taps, at, size)
                found[source] = _hull(found.get(source, range(0)), read)
        return found


def cuts(flow: Flow) -> tuple[list[Cut], int]:
    """The layers that can end a stage, in order, and the first one that cannot be part of it; the
    number of layers if all can.

    All of its ops have to work on places that they can be told of, and nothing but its output may
    be read behind it.
    """
    last: dict[int, int] = {tensor: at for at, step in enumerate(flow.steps) for tensor in step.ins}
    dims = len(flow.shapes[flow.inputs[0]])
    found: list[Cut] = []
    needed_later = {flow.inputs[0]}
    for at, step in enumerate(flow.steps):
        if not _is_local(step, dims) or not flow.others.isdisjoint(step.ins):
            return found, step.layer
        last.setdefault(step.out, len(flow.steps))  # an output is read when all is done
        needed_later = {each for each in needed_later | {step.out} if last.get(each, -1) > at}
        is_end = at + 1 == len(flow.steps) or flow.steps[at + 1].layer > step.layer
        out = flow.outs[step.layer]
        if is_end and needed_later <= {out}:
            found.append(Cut(step.layer, at + 1, out))
    return found, len(flow.outs)


def stage_of(flow: Flow, cut: Cut) -> Stage:
    """The steps up to a cut, with what they read."""
    return Stage(flow, cut, tuple(tuple(_reads(step)) for step in flow.steps[: cut.steps]))


def windows_of(stage: Stage, grid: Sizes) -> Windows:
    """What a grid of patches needs, each as large as the others or a position larger."""
    shape = stage.flow.shapes[stage.cut.out]
    axes = [
        [stage.needed(dim, range(at * size // many, (at + 1) * size // many)) for at in range(many)]
        for dim, (size, many) in enumerate(zip(shape[1:], grid, strict=True), 1)
    ]
    return {
        tensor: tuple(tuple(len(found[tensor]) for found in patches) for patches in axes)
        for tensor in axes[0][0]
    }


def _reads(step: Step) -> Iterator[tuple[int, Sequence[Move | None]]]:
    moves = motion(step.stage.op, step.stage.ins, step.stage.out).moves
    yield from zip(step.ins, moves, strict=False)
    if step.over is not None and len(step.ins) > len(step.stage.ins):
        yield step.over, [None] * len(step.stage.out)


def _is_local(step: Step, dims: int) -> bool:
    """Whether each place of what a step makes is told by places of what it reads."""
    stage = step.stage
    found = motion(stage.op, stage.ins, stage.out)
    if len(stage.out) != dims or found.gates or found.doubt != COMPLETE:
        return False
    return all(
        len(moves) == dims and move.to == (dim,) and not move.folded
        for moves in found.moves[: len(step.ins)]
        for dim, move in enumerate(moves)
        if dim
    )


def _read(taps: Taps, at: range, size: int) -> range:
    """From the first to the last of the positions that some places read inside of a tensor."""
    first = _rim(taps, at, size, lambda each: min(each[0], each[-1]) >= 0)
    last = _rim(taps, at[::-1], size, lambda each: max(each[0], each[-1]) < size)
    return range(min(first), max(last) + 1) if first else range(0)


def _rim(taps: Taps, at: range, size: int, is_clear: Callable[[Sequence[int]], bool]) -> list[int]:
    """The ends of what places read, up to those that are clear of a rim: windows go on from one
    turn to the next, so that none behind them reads less."""
    found: list[int] = []
    clear = 0
    for place in at:
        places = taps.at(place)
        if read := inside(places, size):
            found += (read[0], read[-1])
        clear = clear + 1 if not places or is_clear(places) else 0
        if clear == taps.per:
            break
    return found


def _hull(one: range, other: range) -> range:
    if not one or not other:
        return one or other
    return range(min(one.start, other.start), max(one.stop, other.stop))
