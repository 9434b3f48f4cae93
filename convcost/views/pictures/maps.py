"""The channels of a tensor as a column of maps, and the lines between those of two tensors."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from math import prod, sqrt
from typing import NamedTuple

from convcost.kinds.stages import Stages
from convcost.ops.base import Shape
from convcost.ops.mixing import channels_seen
from convcost.views.pictures.svg import Segment, Svg, rect, text

MOST_MAPS = 8
"""Of a tensor with more channels the first three and the last two are drawn."""
MOST_TRACED = 10_000
"""Channels up to which a picture tells those that one output channel is made from."""
SIDE = 20
_SMALLEST = 8
HANDED_ON = -4
"""The side of maps that are not drawn, so that lines run through them."""
STEP = SIDE + 6


class Maps(NamedTuple):
    """A column of maps, its middle at `x` and its upper end at `y`."""

    x: float
    y: float
    shape: Shape
    side: float

    @property
    def slots(self) -> Sequence[int | None]:
        """The channels that are drawn; None for all that are left out between two."""
        return slots_of(self.shape[0])

    def middle(self, slot: int) -> float:
        """How far down the map in a slot lies."""
        return self.y + STEP * slot + STEP / 2

    def drawn(self, lit: Collection[int]) -> Iterator[Svg]:
        """The maps, those of the channels `lit` filled."""
        for slot, channel in enumerate(self.slots):
            middle = self.middle(slot)
            if channel is None:
                yield text(self.x, middle + 4, "⋮", "strong", "middle")
                continue
            look = "map lit" if channel in lit else "map"
            yield rect(self.x - self.side / 2, middle - self.side / 2, self.side, self.side, look)


def slots_of(channels: int) -> Sequence[int | None]:
    """The channels that are drawn of so many; None stands for all that are left out."""
    if channels <= MOST_MAPS:
        return range(channels)
    return (0, 1, 2, None, channels - 2, channels - 1)


def height_of(channels: int) -> float:
    """How high a column of so many maps is."""
    return STEP * len(slots_of(channels))


def side_of(shape: Shape, largest: int) -> float:
    """The side of a map whose area is to that of the largest as their positions are."""
    return max(_SMALLEST, SIDE * sqrt(prod(shape[1:]) / largest))


def traced(
    stages: Stages, shapes: Sequence[Shape], inputs: Sequence[Shape], channel: int = 0
) -> dict[int, set[int]]:
    """Of each tensor, by its stage or -1, -2, ..., the channels that an output channel is made
    from; none where an op does not tell, or there are more of them than `MOST_TRACED`."""
    if any(shape[0] > MOST_TRACED for shape in (*shapes, *inputs)):
        return {}
    lit: dict[int, set[int]] = {len(stages) - 1: {channel}}
    for index in reversed(range(len(stages))):
        op, sources = stages[index]
        ins = [shapes[source] if source >= 0 else inputs[-source - 1] for source in sources]
        # Many channels are made from the same ones.
        for each in {channels_seen(op, needed, *ins) for needed in lit.get(index, ())}:
            if each is None:
                return {}
            for source, seen in zip(sources, each, strict=True):
                lit.setdefault(source, set()).update(seen)
    return lit


def joined(start: Maps, end: Maps, slot: int, seen: Collection[int]) -> Iterator[Segment]:
    """Lines into the map in `slot` of `end` from each of `start` that it is made from; what is made
    from channels that are left out has one from their place."""
    shown = list(enumerate(start.slots))
    # A range looks at all of its numbers for what is none.
    places = [place for place, channel in shown if channel is not None and channel in seen]
    if seen and not places:
        places = [place for place, channel in shown if channel is None]
    left, right = start.x + start.side / 2 + 2, end.x - end.side / 2 - 2
    return ((left, start.middle(place), right, end.middle(slot)) for place in places)
