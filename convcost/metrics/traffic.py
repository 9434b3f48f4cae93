"""Bytes that ops read and write, each on its own: what a memory has to move if nothing stays near.

An op reads its inputs and its weights, and writes its output. What is done on the way behind the op
before it (norms, activations and other element-wise ops of one input) and what only names elements
anew moves nothing; a norm's weights go into those before it.
"""

from __future__ import annotations

from math import prod
from typing import NamedTuple

from convcost.cost import LayerCost, StageCost
from convcost.ops.base import Weighted
from convcost.ops.structure import ALIASES, Crop, Slice
from convcost.ops.tensors import Gather, Tensor, is_pointwise
from convcost.setting import Setting, bytes_of

TAKING = (Crop, Gather, Slice)
"""What reads no more of its inputs than it gives out."""


class Traffic(NamedTuple):
    """Bytes of inputs that are read, of outputs that are written, and of weights."""

    read: int
    written: int
    weights: int

    @property
    def total(self) -> int:
        return self.read + self.written + self.weights


def traffic(layer: LayerCost, setting: Setting) -> Traffic:
    """What the ops of `layer` move, each reading what the one before has written."""
    moved = [_moved(stage, setting) for stage in layer.stages if is_moving(stage)]
    return Traffic(*(sum(column) for column in zip(*moved, strict=True))) if moved else NOTHING


NOTHING = Traffic(0, 0, 0)


def is_moving(stage: StageCost) -> bool:
    """Whether an op has to read and write its tensors."""
    on_the_way = is_pointwise(stage.op, len(stage.ins))
    return not on_the_way and not isinstance(stage.op, (*ALIASES, Tensor))


def _moved(stage: StageCost, setting: Setting) -> Traffic:
    out = prod(stage.out)
    read = out if isinstance(stage.op, TAKING) else sum(map(prod, stage.ins))
    return Traffic(
        bytes_of(setting.batch * read, setting.activations),
        bytes_of(setting.batch * out, setting.activations),
        bytes_of(_weights(stage), setting.weights),
    )


def _weights(stage: StageCost) -> int:
    """All that it is given, also where it is fixed, or another layer's."""
    if isinstance(stage.op, Weighted):
        return stage.op.weights().value + stage.op.m * stage.op.bias
    return stage.params.value
