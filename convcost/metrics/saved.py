"""What a forward pass keeps for the backward pass, as PyTorch's autograd does.

Every op keeps what its gradient needs: a convolution its input, a ReLU its output, and so on. A
tensor is kept once, however many ops need it, and a view keeps all of what it views. Where nothing
before an op is learned, its input needs no gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
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


NONE = Kept(0)


class Gradients(NamedTuple):
    """Of each tensor of a flow whether it needs a gradient, and of each step what it keeps; `again`
    is what it keeps of its own while its block is computed again."""

    needed: tuple[bool, ...]
    kept: tuple[Kept, ...]
    again: tuple[Kept, ...]


def gradients(flow: Flow, blocks: Sequence[range] = ()) -> Gradients:
    """What a step of training on `flow` needs; `blocks` of layers are computed again, and keep no
    more than what goes into them."""
    keeper = _Keeper(flow)
    known: set[int] = set()
    block_of = {layer: block for block in blocks for layer in block}
    steps_in: dict[range, list[Step]] = {block: [] for block in blocks}
    for step in flow.steps:
        if step.layer in block_of:
            steps_in[block_of[step.layer]].append(step)
    inside: dict[range, set[int]] = {}
    kept, again = [], []
    for step in flow.steps:
        keeper.pass_by(step)
        block = block_of.get(step.layer)
        if block is None:
            kept.append(keeper.keep(step, known))
            again.append(NONE)
            continue
        inputs: list[int] = []
        if block not in inside and keeper.needed[step.out]:
            inputs = keeper.inputs(steps_in[block])
            inside[block] = set(inputs)
        kept.append(keeper.added(inputs, known))
        again.append(keeper.keep(step, inside.get(block, set())))
    return Gradients(tuple(keeper.needed), tuple(kept), tuple(again))


class _Keeper:
    """What is known of the tensors of a flow after its first steps."""

    def __init__(self, flow: Flow) -> None:
        self._shapes = flow.shapes
        self.needed = [False] * len(flow.shapes)
        self._base = list(range(len(flow.shapes)))
        self._weights: set[int] = set()

    def pass_by(self, step: Step) -> None:
        """Note whether the tensor that a step makes needs a gradient, and what it is a view of."""
        op = step.stage.op
        self.needed[step.out] = is_learned(op) or any(self.needed[each] for each in step.ins)
        if isinstance(op, VIEWS) and step.ins:
            self._base[step.out] = self._base[step.ins[0]]
        if isinstance(op, Tensor):
            self._weights.add(step.out)

    def keep(self, step: Step, known: set[int]) -> Kept:
        """What a step keeps that is not `known` yet; from then on it is."""
        if not self.needed[step.out]:
            return NONE
        found = _keeping(step, self.needed)
        elements = self.added(found.tensors, known).elements
        return Kept(elements, found.extra, found.once, found.is_all)

    def added(self, tensors: Iterable[int], known: set[int]) -> Kept:
        """The elements of those tensors that are not `known` yet; from then on they are."""
        new = {self._base[each] for each in tensors} - known - self._weights
        known |= new
        return Kept(sum(prod(self._shapes[each]) for each in new))

    def inputs(self, steps: Sequence[Step]) -> list[int]:
        """What goes into these steps together."""
        made = {step.out for step in steps}
        ins = {each for step in steps for each in step.ins} - made
        return sorted({self._base[each] for each in ins} - self._weights)


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
