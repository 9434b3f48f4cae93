"""What a forward pass keeps for the backward pass, as PyTorch's autograd does.

Every op keeps what its gradient needs: a convolution its input, a ReLU its output, and so on. A
tensor is kept once, however many ops need it, and a view keeps all of what it views. Where nothing
before an op is learned, its input needs no gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from types import MappingProxyType
from typing import NamedTuple

from convcost.metrics.flow import Flow, Step
from convcost.ops.base import Op, Weighted
from convcost.ops.dynamic import DynamicConv, DynamicTransposedConv
from convcost.ops.joints import Add, Concat, Matmul, Multiply
from convcost.ops.pooling import AdaptivePool, Pool, Resize, Upsample
from convcost.ops.recurrent import Recurrent
from convcost.ops.structure import (
    ALIASES,
    Activation,
    Crop,
    Norm,
    Shuffle,
    Slice,
)
from convcost.ops.tensors import (
    Broadcast,
    Gather,
    LastNorm,
    Permute,
    Reduce,
    Tensor,
    Transpose,
    ZeroPad,
)

INDEX, STATISTIC = 8, 4
"""Bytes of the place of a maximum, and of a mean or a deviation."""
VIEWS = (*ALIASES, Broadcast, Crop, Permute, Slice, Transpose)
NOTHING = (Add, Concat, Resize, Shuffle, Tensor, Upsample, ZeroPad, *VIEWS)
"""What keeps nothing: its gradient needs no values."""
BY_OUTPUT = frozenset(("relu", "selu", "sigmoid", "softmax", "tanh"))
"""Activations whose gradient is a function of what came out; of the others, of what went in."""
MOVED = frozenset(("flip", "pixel_shuffle", "repeat", "repeat_interleave", "roll", "slice", "tile"))
"""Sorts of gathering that follow from sizes alone; others keep the places that they picked."""


class Kept(NamedTuple):
    """What one step keeps that none before it has kept: elements of tensors of the network and
    bytes of others, both of one input, and bytes that a batch has once. `is_all` is whether that is
    known to be all."""

    elements: int
    extra: int = 0
    once: int = 0
    is_all: bool = True


class Gradients(NamedTuple):
    """Of each tensor of a flow whether it needs a gradient, and of each step what it keeps."""

    needed: tuple[bool, ...]
    kept: tuple[Kept, ...]


def gradients(flow: Flow) -> Gradients:
    """What a step of training on `flow` needs."""
    needed = [False] * len(flow.shapes)
    base = list(range(len(flow.shapes)))
    weights: set[int] = set()
    known: set[int] = set()
    kept: list[Kept] = []
    for step in flow.steps:
        op = step.stage.op
        needed[step.out] = is_learned(op) or any(needed[each] for each in step.ins)
        if isinstance(op, VIEWS) and step.ins:
            base[step.out] = base[step.ins[0]]
        if isinstance(op, Tensor):
            weights.add(step.out)
        if not needed[step.out]:
            kept.append(Kept(0))
            continue
        found = _keeping(step, needed)
        new = {base[each] for each in found.tensors} - known - weights
        known |= new
        elements = sum(prod(flow.shapes[each]) for each in new)
        kept.append(Kept(elements, found.extra, found.once, found.is_all))
    return Gradients(tuple(needed), tuple(kept))


def is_learned(op: Op) -> bool:
    """Whether it has weights of its own, or another layer's, that get a gradient."""
    return bool(op.params()) or (isinstance(op, Weighted) and op.learned is not False)


class _Keeping(NamedTuple):
    """The tensors that a step keeps, by number; the rest is as in `Kept`."""

    tensors: tuple[int, ...] = ()
    extra: int = 0
    once: int = 0
    is_all: bool = True


def _keeping(step: Step, needed: list[bool]) -> _Keeping:
    op = step.stage.op
    if isinstance(op, NOTHING):
        return _Keeping()
    for sort, rule in _RULES.items():
        if isinstance(op, sort):
            return rule(step, needed)
    return _Keeping(step.ins, is_all=False)


def _weighted(step: Step, needed: list[bool]) -> _Keeping:
    op = step.stage.op
    if isinstance(op, DynamicConv | DynamicTransposedConv):
        return _product(step, needed)
    return _Keeping(step.ins if is_learned(op) else (), is_all=not isinstance(op, Recurrent))


def _product(step: Step, needed: list[bool]) -> _Keeping:
    """For the gradient of each operand the others."""
    wanting = [each for each in step.ins if needed[each]]
    others = (each for each in step.ins if wanting and set(wanting) != {each})
    return _Keeping(step.ins if len(set(step.ins)) < len(step.ins) else tuple(others))


def _norm(step: Step, needed: list[bool]) -> _Keeping:
    op = step.stage.op
    assert isinstance(op, Norm)
    if op.sort == "batch":
        return _Keeping(step.ins, once=2 * STATISTIC * op.channels)
    rows = {"instance": op.channels, "layer": 1}.get(op.sort)
    return _Keeping(step.ins, 2 * STATISTIC * (rows or 0), is_all=rows is not None)


def _last_norm(step: Step, needed: list[bool]) -> _Keeping:
    op = step.stage.op
    assert isinstance(op, LastNorm)
    rows = prod(step.stage.out) // prod(op.sizes)
    return _Keeping(step.ins, (1 if op.sort == "rms" else 2) * STATISTIC * rows)


def _activation(step: Step, needed: list[bool]) -> _Keeping:
    op = step.stage.op
    assert isinstance(op, Activation)
    return _Keeping((step.out,) if op.sort in BY_OUTPUT else step.ins)


def _pool(step: Step, needed: list[bool]) -> _Keeping:
    op = step.stage.op
    assert isinstance(op, Pool | AdaptivePool)
    if op.sort == "max":
        return _Keeping(step.ins, INDEX * prod(step.stage.out))
    is_mean = isinstance(op, AdaptivePool) and set(op.size) <= {1}
    return _Keeping(() if is_mean else step.ins)


def _reduce(step: Step, needed: list[bool]) -> _Keeping:
    op = step.stage.op
    assert isinstance(op, Reduce)
    return _Keeping() if op.sort in ("mean", "sum") else _Keeping(step.ins, is_all=False)


def _gather(step: Step, needed: list[bool]) -> _Keeping:
    op = step.stage.op
    assert isinstance(op, Gather)
    if op.sort == "embedding":  # which row of the table stands where
        return _Keeping(extra=INDEX * (prod(step.stage.out) // step.stage.ins[0][-1]))
    return _Keeping(is_all=op.sort in MOVED)


_RULES: Mapping[type[Op], Callable[[Step, list[bool]], _Keeping]] = MappingProxyType(
    {
        Weighted: _weighted,
        Matmul: _product,
        Multiply: _product,
        Norm: _norm,
        LastNorm: _last_norm,
        Activation: _activation,
        Pool: _pool,
        AdaptivePool: _pool,
        Reduce: _reduce,
        Gather: _gather,
    }
)
