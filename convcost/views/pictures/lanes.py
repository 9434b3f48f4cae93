"""Where tensors lie in a picture: each in the column behind all that it is made from, and handed
on through the columns between it and its readers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import fsum
from typing import NamedTuple

from convcost.kinds.stages import Stages


class Spot(NamedTuple):
    """A tensor in a column: by its stage, or -1, -2, ... for the layer's inputs."""

    tensor: int
    column: int


class Hop(NamedTuple):
    """From one spot to one in the next column: into stage `into` as its input number `place`, or
    only handed on, where both are the same tensor."""

    start: Spot
    end: Spot
    place: int = 0


class Lanes(NamedTuple):
    """The spots of every column, from above, and the hops between them."""

    columns: Sequence[Sequence[Spot]]
    hops: Sequence[Hop]

    def is_made(self, spot: Spot) -> bool:
        """Whether the tensor is made there, and not only handed on."""
        return all(hop.start.tensor != spot.tensor for hop in self.hops if hop.end == spot)


def lanes_of(stages: Stages) -> Lanes:
    """The columns of a layer, from its inputs on the left to its output on the right."""
    depths: dict[int, int] = {}
    last: dict[int, int] = {}
    for index, stage in enumerate(stages):
        depths[index] = 1 + max(depths.setdefault(source, 0) for source in stage.inputs)
        for source in stage.inputs:
            last[source] = max(last.get(source, 0), depths[index] - 1)
    hops: list[Hop] = []
    columns: list[list[Spot]] = [[] for _ in range(depths[len(stages) - 1] + 1)]
    for tensor, depth in depths.items():
        spots = [Spot(tensor, column) for column in range(depth, last.get(tensor, depth) + 1)]
        for spot in spots:
            columns[spot.column].append(spot)
        hops += [Hop(*pair) for pair in pairwise(spots)]
    for index, stage in enumerate(stages):
        end = Spot(index, depths[index])
        sources = enumerate(stage.inputs)
        hops += [Hop(Spot(source, end.column - 1), end, place) for place, source in sources]
    return Lanes(_sorted(columns, hops), hops)


def _sorted(columns: Sequence[list[Spot]], hops: Sequence[Hop]) -> list[list[Spot]]:
    """The columns with each spot about as high as what it is made from, so that few lines cross."""
    heights: dict[Spot, float] = {}
    ordered: list[list[Spot]] = []
    for column in columns:
        above = {
            spot: [heights[hop.start] for hop in hops if hop.end == spot] or [0.0]
            for spot in column
        }
        ordered.append(sorted(column, key=lambda spot: (_mean(above[spot]), spot.tensor)))
        heights |= {spot: (place + 0.5) / len(column) for place, spot in enumerate(ordered[-1])}
    return ordered


def _mean(values: Sequence[float]) -> float:
    return fsum(values) / len(values)
