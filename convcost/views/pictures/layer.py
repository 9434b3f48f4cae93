"""What a picture tells of a layer: its stages and their numbers, its tensors, its kernels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from convcost.comparison import Comparison, StageRow
from convcost.kinds import Kind, Stages
from convcost.kinds.stages import shapes_of
from convcost.ops.base import Shape, Sizes
from convcost.ops.conv import ChannelwiseConv, Conv, TransposedConv
from convcost.views.figures import number, sizes
from convcost.views.ops import describe
from convcost.views.pictures.lanes import Lanes, lanes_of

MOST_TAPS = 9
"""Positions along a kernel, with the gaps of its dilation, up to which its taps are drawn."""
_ANYWHERE = 10**12


class Drawn(NamedTuple):
    """A layer: its stages, their rows, and the shape of every tensor."""

    stages: Stages
    rows: Sequence[StageRow]
    inputs: Sequence[Shape]
    shapes: Sequence[Shape]
    lanes: Lanes

    def shape(self, tensor: int) -> Shape:
        """Of a stage's output, or of the layer's input."""
        return self.shapes[tensor] if tensor >= 0 else self.inputs[-tensor - 1]

    def words(self, tensor: int) -> list[str]:
        """What is told of the stage that a tensor is made by."""
        row = self.rows[tensor]
        counts = [f"{row.params.numbers} = {int(row.params):,}"] if row.params else []
        macs = [f"{number(int(row.macs))} MACs"] if row.macs else []
        return [describe(row.op), *counts, *macs]

    def caption(self, tensor: int) -> str:
        """How many maps a tensor has, and how large they are where that is known."""
        channels, *positions = self.shape(tensor)
        if positions and max(positions) < _ANYWHERE // 10:
            return f"{channels:,} × {sizes(positions)}"
        return f"{channels:,} map{'s' * (channels != 1)}"

    def taps(self, tensor: int) -> tuple[Sizes, Sizes] | None:
        """Height and width of the kernel of a stage, and how far its taps are apart; None where
        there is none, or too large a one to draw."""
        match self.rows[tensor].op:
            case (
                Conv(kernel=kernel, dilation=spread)
                | TransposedConv(kernel=kernel, dilation=spread)
            ):
                kernel, spread = (1, *kernel)[-2:], (1, *spread)[-2:]
            case ChannelwiseConv(taps=taps):
                kernel, spread = (taps, 1), (1, 1)
            case _:
                return None
        reach = tuple(step * (side - 1) + 1 for side, step in zip(kernel, spread, strict=True))
        return (reach, spread) if max(reach) <= MOST_TAPS else None


def drawn_of(kind: Kind, answer: Comparison) -> Drawn:
    """The layer that `answer`, a comparison of `kind` alone, is about."""
    (row,) = answer.rows
    stages = kind.build(row.fields, answer.question.dims)
    # Without a size any will do that no kernel is too large for.
    size = answer.question.size or (_ANYWHERE,) * answer.question.dims
    inputs = ((answer.question.n, *size),)
    return Drawn(stages, row.stages, inputs, shapes_of(stages, inputs), lanes_of(stages))
