"""A first stage that runs patch by patch: what is alive meanwhile, and what overlaps cost (Lin et
al. 2021, "MCUNetV2: memory-efficient patch-based inference for tiny deep learning").

The output of the stage is made in patches. Each needs a window of the network's input, with a halo
where kernels look beyond, and goes to its place in the whole output, which is there all the while.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from typing import NamedTuple

from convcost.cost import LayerCost, Report
from convcost.errors import Place, SpecError, UsageError
from convcost.metrics.buffers import Buffer, buffers, live
from convcost.metrics.flow import Flow, Step
from convcost.metrics.memory import flow_under, plan
from convcost.metrics.ordering import best_order
from convcost.metrics.regions import Cut, Stage, Windows, cuts, stage_of, windows_of
from convcost.ops.base import Shape, Sizes, format_shape
from convcost.setting import Setting, bytes_of
from convcost.shown import Shown
from convcost.spelling import did_you_mean
from convcost.text import listed, quote

MOST_CUTS = 200
"""Layers that are tried as the end of the stage, where none is named."""


class Part(NamedTuple):
    """A layer of the stage: the size of the largest patch that it makes, the most bytes that are
    alive meanwhile, and its multiply-adds for all patches."""

    layer: LayerCost
    patch: Sizes
    alive: int
    macs: int

    @property
    def extra(self) -> int:
        """Multiply-adds that are done again, as patches overlap."""
        return self.macs - self.layer.macs


class _Patched(NamedTuple):
    report: Report
    grid: Sizes
    parts: tuple[Part, ...]
    output: int
    behind: int
    peak_behind: str
    before: int


class Patched(Shown, _Patched, view="memory"):
    """A network whose first layers, the `parts`, run in patches, so many along each axis as `grid`
    says.

    `output` are the bytes of what they make together. `behind` is the most that is alive in the
    layers behind them, first in `peak_behind`; `before` is the peak without patches.
    """

    __slots__ = ()

    @property
    def stage(self) -> int:
        """The most bytes that are alive while patches are made."""
        return max(part.alive for part in self.parts)

    @property
    def peak(self) -> int:
        """The most bytes that are alive at any step."""
        return max(self.stage, self.behind)

    @property
    def peak_at(self) -> str:
        """The first layer in which so much is alive."""
        if self.behind > self.stage:
            return self.peak_behind
        return next(part.layer.name for part in self.parts if part.alive == self.stage)

    @property
    def extra(self) -> int:
        """Multiply-adds that are done again."""
        return sum(part.extra for part in self.parts)


def patched(report: Report, grid: int | Sizes, until: str = "") -> Patched:
    """`report` with the layers `until` one run in a `grid` of patches; those with which the peak is
    lowest unless told. The grid has one number for all spatial dims, or one for each.

    UsageError for a layer that cannot end the stage and for a grid that does not fit its output,
    SpecError for a network that cannot run so at all, or was saved.
    """
    place = Place(report.path) if report.path else None
    dims = len(report.input) - 1 if report.input else 0
    grid = (grid,) * dims if isinstance(grid, int) else grid
    if not dims or len(grid) != dims:
        arriving = format_shape(report.input) if report.input else "a list of layers"
        raise SpecError(
            f"{format_shape(grid) or 'any'} patches cannot be cut out of {arriving}",
            place=place,
            hint="write a number for each spatial dim of the input: 3x3 of an image",
        )
    flow = flow_under(report)
    found, stop = cuts(flow)
    if until:
        found = [_named(report, until, found, stop)]
    if not found:
        raise SpecError(
            f"there is no first stage to cut into patches: {_why(report, stop)}", place=place
        )
    fitting = [cut for cut in found[:MOST_CUTS] if _fits(flow, cut, grid)]
    if not fitting:
        shape = flow.shapes[found[0].out]
        raise UsageError(
            f"{format_shape(grid)} patches cannot be made of {format_shape(shape[1:])} positions",
            hint="write fewer, or end them earlier: --until LAYER",
        )
    before = plan(report).peak
    made = (_with(report, flow, cut, grid, before) for cut in fitting)
    return min(made, key=lambda each: (each.peak, each.extra))


def _named(report: Report, until: str, found: Sequence[Cut], stop: int) -> Cut:
    names = [layer.name for layer in report.layers]
    if until not in names:
        hint = did_you_mean(until, names) or f"the layers are {listed(names)}"
        raise UsageError(f'there is no layer "{quote(until)}"', hint=hint)
    at = names.index(until)
    for cut in found:
        if cut.layer == at:
            return cut
    ends = listed([names[cut.layer] for cut in found])
    why = _why(report, stop) if at >= stop else "what is made before it is read behind it"
    raise UsageError(
        f"patches cannot end at {quote(until)}: {why}",
        hint=f"they can end at {ends}" if found else "this network has no stage of patches",
    )


def _why(report: Report, stop: int) -> str:
    if stop == len(report.layers):
        return "what is made is read until the end"
    layer = report.layers[stop]
    return f"{quote(layer.name)} ({layer.kind}) takes more than a part of what arrives"


def _fits(flow: Flow, cut: Cut, grid: Sizes) -> bool:
    return all(many <= size for many, size in zip(grid, flow.shapes[cut.out][1:], strict=True))


def _with(report: Report, flow: Flow, cut: Cut, grid: Sizes, before: int) -> Patched:
    stage = stage_of(flow, cut)
    windows = windows_of(stage, grid)
    alive, macs = ([0] * (cut.layer + 1) for _ in range(2))
    output = bytes_of(prod(flow.shapes[cut.out]), report.setting.activations)
    for shapes in _shapes(flow, windows):
        for step, taken in zip(stage.steps, _alive(stage, shapes, report.setting), strict=True):
            alive[step.layer] = max(alive[step.layer], output + taken)
    for step in stage.steps:
        macs[step.layer] += _macs(step, windows)
    parts = tuple(
        Part(layer, tuple(map(max, windows[flow.outs[at]])), alive[at], macs[at])
        for at, layer in enumerate(report.layers[: cut.layer + 1])
        if flow.outs[at] not in flow.others
    )
    behind, step_behind = _behind(flow, cut, report.setting)
    name = report.layers[step_behind.layer].name if step_behind else ""
    return Patched(report, grid, parts, output, behind, name, before)


def _shapes(flow: Flow, windows: Windows) -> Iterator[list[Shape]]:
    """The shapes of all tensors in each patch; once for patches that are alike."""
    axes = zip(*windows.values(), strict=True)
    alike = [{column: at for at, column in enumerate(zip(*axis, strict=True))} for axis in axes]
    for place in product(*(each.values() for each in alike)):
        shapes = list(flow.shapes)
        for tensor, sizes in windows.items():
            part = (axis[at] for axis, at in zip(sizes, place, strict=True))
            shapes[tensor] = (shapes[tensor][0], *part)
        yield shapes


def _alive(stage: Stage, shapes: Sequence[Shape], setting: Setting) -> list[int]:
    """Bytes alive at each step of a patch, but for the output of the stage."""
    flow = stage.flow._replace(steps=stage.steps, shapes=tuple(shapes))
    flow = flow._replace(inputs=flow.inputs[:1], others=frozenset())
    found = buffers(flow, setting, range(len(flow.steps)), kept=True)
    inside = [_besides(each, stage.cut.out) for each in found]
    return live([each for each in inside if each.tensors], len(flow.steps))


def _besides(buffer: Buffer, out: int) -> Buffer:
    """A buffer without those of its tensors that are made where the output of the stage lies: the
    last ones, if they are as large."""
    if out not in buffer.tensors:
        return buffer
    sizes = buffer.sizes
    while sizes and sizes[-1][1] == buffer.sizes[-1][1]:
        sizes = sizes[:-1]
    moved = buffer.sizes[len(sizes)][0]
    size = max((each for _, each in sizes), default=0)
    return Buffer(size, buffer.first, moved, buffer.tensors[: len(sizes)], sizes)


def _macs(step: Step, windows: Windows) -> int:
    """Multiply-adds of an op in all patches: what one position takes, times theirs."""
    stage, macs = step.stage, int(step.stage.macs)
    if not macs:
        return 0
    grid, tensor = (
        (stage.ins[0], step.ins[0]) if stage.op.works_on == "in" else (stage.out, step.out)
    )
    return macs // prod(grid[1:]) * prod(map(sum, windows[tensor]))


def _behind(flow: Flow, cut: Cut, setting: Setting) -> tuple[int, Step | None]:
    """The most bytes alive behind a stage, and the first step with so much; none if there is
    none."""
    rest = flow._replace(steps=flow.steps[cut.steps :], inputs=(cut.out, *sorted(flow.others)))
    orders = [tuple(range(len(rest.steps)))]
    if setting.order == "best":
        orders.append(best_order(rest, setting)[0])
    found = []
    for order in orders if rest.steps else ():
        taken = live(buffers(rest, setting, order, kept=True), len(order))
        most = max(taken)
        found.append((most, rest.steps[order[taken.index(most)]]))
    return min(found, key=lambda each: each[0], default=(0, None))
