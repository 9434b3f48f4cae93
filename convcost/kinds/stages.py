"""The stages that a layer is made of: ops, each behind those that it takes its inputs from."""

from typing import NamedTuple

from convcost.ops.base import Op, Shape


class Stage(NamedTuple):
    """One op of a layer and where its inputs come from.

    An input is the index of an earlier stage, or -1 for the layer's own (first) input, -2 for its
    second, and so on.
    """

    op: Op
    inputs: tuple[int, ...]


Stages = tuple[Stage, ...]

INPUT = -1
"""What a stage calls its layer's input."""


class Draft:
    """Collects the stages of a layer that is no plain chain."""

    def __init__(self) -> None:
        self._stages: list[Stage] = []

    def add(self, op: Op, *inputs: int) -> int:
        """One more op, on the layer's input unless told otherwise; its index."""
        self._stages.append(Stage(op, inputs or (INPUT,)))
        return len(self._stages) - 1

    def stages(self) -> Stages:
        """All of them; the last one's output is the layer's."""
        return tuple(self._stages)


def chain(*ops: Op) -> Stages:
    """Ops one after the other."""
    return tuple([Stage(op, (index - 1,)) for index, op in enumerate(ops)])


def shapes_of(stages: Stages, inputs: tuple[Shape, ...]) -> list[Shape]:
    """Every stage's output shape; the last is the layer's. LayerError if an op refuses."""
    shapes: list[Shape] = []
    for op, sources in stages:
        ins = [shapes[source] if source >= 0 else inputs[-source - 1] for source in sources]
        shapes.append(op.out(*ins))
    return shapes
