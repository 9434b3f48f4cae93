"""Receptive fields: which part of the network's input each layer sees (Araujo, Norris and Sim 2019,
"Computing receptive fields of convolutional neural networks")."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from convcost.errors import UsageError
from convcost.metrics.base import Metric, refuse_saved, register
from convcost.metrics.sight import Sight, of_layers, sights
from convcost.shown import Shown
from convcost.spelling import did_you_mean
from convcost.text import listed, quote

if TYPE_CHECKING:  # the table is made before any network is read
    from convcost.cost import Report
    from convcost.metrics.flow import Flow, Step
    from convcost.metrics.motion import Move

MOST_PLACES = 100_000
"""Positions of an axis that are gone through one by one."""


class Span(NamedTuple):
    """Of one axis of the input, which has `size` positions, the first and the last one seen."""

    first: int
    last: int
    size: int


class _Reach(NamedTuple):
    report: Report
    sights: tuple[Sight, ...]
    at: str = ""
    position: tuple[int, ...] = ()
    spans: tuple[Span, ...] = ()


class Reach(Shown, _Reach, view="reach"):
    """What each layer of a report sees, and of one output that was asked about what that sees: a
    layer, its position, and the span of every axis of the input (none if it reads zeros alone)."""

    __slots__ = ()


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
