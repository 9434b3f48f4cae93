"""A network as a few blocks, each of layers that follow each other, and how they are joined.

Layers come after what they read, so whatever follows each other can be one without a circle.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from convcost.cost import LayerCost, Report
from convcost.frozen import Frozen
from convcost.metrics import USUAL
from convcost.network import INPUT
from convcost.text import beginning
from convcost.views.eval.blocks import added_up, deepest
from convcost.views.eval.lines import Line

MOST = 30
"""Blocks of one picture."""


class Run(Frozen):
    """A block, and those that it reads, by their places; INPUT is the network's input."""

    line: Line
    sources: tuple[int, ...]


def runs(report: Report) -> list[Run]:
    """The blocks of a network as deep as there are few enough; or else as many outermost ones
    together as it takes."""
    for depth in range(deepest(report), 0, -1):
        starts = list(_starts(report.layers, depth))
        if len(starts) <= MOST:
            break
    names = [beginning(report.layers[start].name, depth) for start in starts]
    together = -(-len(starts) // MOST)
    if together > 1:
        names = [
            f"{part[0]} to {part[-1]}" if len(part) > 1 else part[0]
            for at in range(0, len(names), together)
            if (part := names[at : at + together])
        ]
    bounds = [*starts[::together], len(report.layers)]
    return list(_joined(report, names, bounds))


def _starts(layers: Sequence[LayerCost], depth: int) -> Iterator[int]:
    """Where blocks begin; what costs nothing belongs to the layer before, if it reads that."""
    inside = None
    for at, layer in enumerate(layers):
        name = beginning(layer.name, depth)
        goes_on = at and layer.sources == (at - 1,) and not any(map(layer.figure, USUAL))
        if name == inside or (goes_on and not layer.status):
            continue
        inside = name
        yield at


def _joined(report: Report, names: Sequence[str], bounds: Sequence[int]) -> Iterator[Run]:
    run_of: list[int] = []
    for place, (name, (start, end)) in enumerate(zip(names, pairwise(bounds), strict=True)):
        run_of += [place] * (end - start)
        held = report.layers[start:end]
        found = {
            INPUT if source == INPUT else run_of[source]
            for layer in held
            for source in layer.sources
        }
        lines = [Line(report, layer) for layer in held]
        block = added_up(name, lines) if len(lines) > 1 else lines[0]
        yield Run(block, tuple(sorted(found - {place})))
