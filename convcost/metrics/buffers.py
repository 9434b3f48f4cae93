"""Activations in memory: which tensors share a buffer, how long each buffer lives, and where a
static planner puts it.

Weights are left out, and so is what kernels need besides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from math import prod
from typing import NamedTuple

from convcost.metrics.flow import Flow
from convcost.ops.base import Op
from convcost.ops.conv import Conv
from convcost.ops.joints import Add
from convcost.ops.structure import ALIASES
from convcost.ops.tensors import Tensor, is_pointwise, is_softmax
from convcost.setting import Setting, aligned, bytes_of


class Buffer(NamedTuple):
    """Bytes that are taken from step `first` to step `last`, both included.

    Of its `tensors` each takes the place of the one before: `sizes` has the step at which each is
    made, and its bytes.
    """

    size: int
    first: int
    last: int
    tensors: tuple[int, ...] = ()
    sizes: tuple[tuple[int, int], ...] = ()


def shared(flow: Flow, setting: Setting) -> list[int]:
    """The buffer of every tensor, by the number of the tensor that it was made for.

    An alias is its input; a norm or an element-wise activation is written over an input that
    nothing else reads, and so is what the setting has in place.
    """
    readers = [0] * len(flow.shapes)
    for step in flow.steps:
        for tensor in step.ins:
            readers[tensor] += 1
    owner = list(range(len(flow.shapes)))
    is_open = [True] * len(flow.shapes)  # whether nothing but one chain of ops reads a buffer
    for step in flow.steps:
        if isinstance(step.stage.op, Tensor):
            is_open[step.out] = False
        for tensor in step.ins:
            if readers[tensor] > 1:
                is_open[owner[tensor]] = False
        if step.over is not None:
            owner[step.out] = owner[step.over]
            is_open[owner[step.out]] = True  # all others have read it
            continue
        source = next(
            (each for each in _targets(step.stage.op, step.ins, setting) if is_open[owner[each]]),
            None,
        )
        if isinstance(step.stage.op, ALIASES):
            source = step.ins[0]
        elif source is not None and _elements(flow, step.out) > _elements(flow, owner[source]):
            source = None
        if source is not None:
            owner[step.out] = owner[source]
    return owner


def _targets(op: Op, ins: Sequence[int], setting: Setting) -> Sequence[int]:
    """The inputs that an op may be written over."""
    if is_pointwise(op, len(ins)) and not is_softmax(op):
        return ins[:1]
    if isinstance(op, Add) and "add" in setting.in_place:
        return ins
    if isinstance(op, Conv) and "depthwise" in setting.in_place:
        return ins[:1] if op.groups == op.n == op.m else ()
    return ()


def _elements(flow: Flow, tensor: int) -> int:
    return prod(flow.shapes[tensor])


def buffers(flow: Flow, setting: Setting, order: Sequence[int], kept: bool) -> list[Buffer]:
    """The buffers of a network whose steps run in that `order`, by when they begin.

    Of a network that is `kept` together, inputs live from the start, and what nothing reads to the
    end; layers that stand alone hold theirs as long as they run. Weights and constants are none.
    """
    owner = shared(flow, setting)
    made: dict[int, list[tuple[int, int, int]]] = {}
    last: dict[int, int] = {}

    def put(tensor: int, at: int) -> None:
        size = bytes_of(_elements(flow, tensor), setting.activations)
        made.setdefault(owner[tensor], []).append((tensor, at, size))
        last[owner[tensor]] = at

    for tensor in flow.inputs if kept else ():
        put(tensor, 0)
    unread = {step.out for step in flow.steps}
    for at, index in enumerate(order):
        step = flow.steps[index]
        for tensor in step.ins:
            if owner[tensor] not in made:
                put(tensor, at)
            last[owner[tensor]] = at
            unread.discard(tensor)
        put(step.out, at)
    if kept:
        last |= {owner[tensor]: len(order) - 1 for tensor in unread}
    held = {step.out for step in flow.steps if isinstance(step.stage.op, Tensor)}
    found = [_buffer(each, last[at]) for at, each in made.items() if at not in held]
    return sorted(found, key=lambda each: each.first)


def _buffer(made: Sequence[tuple[int, int, int]], last: int) -> Buffer:
    tensors = tuple(tensor for tensor, _, _ in made)
    sizes = tuple((at, size) for _, at, size in made)
    return Buffer(max(size for _, size in sizes), made[0][1], last, tensors, sizes)


def live(found: Iterable[Buffer], steps: int) -> list[int]:
    """Bytes that are taken at every step; while a tensor is written over another, by the larger."""
    changes = [0] * (max(steps, 1) + 1)
    for buffer in found:
        before = 0
        for at, size in buffer.sizes:
            changes[at] += max(size - before, 0)
            changes[min(at + 1, buffer.last + 1)] -= max(before - size, 0)
            before = size
        changes[buffer.last + 1] -= before
    return list(accumulate(changes))[:-1]


def placed(found: Sequence[Buffer], alignment: int = 1) -> list[int]:
    """Where each buffer begins, by a greedy planner: the largest first, each in the lowest gap
    among those that live at the same time (TensorFlow Lite Micro, David et al. 2021)."""
    offsets = [0] * len(found)
    steps = max((each.last for each in found), default=0) + 1
    at_step: list[list[int]] = [[] for _ in range(steps)]
    for index in sorted(range(len(found)), key=lambda index: -found[index].size):
        size, first, last, *_ = found[index]
        beside = {other for step in range(first, last + 1) for other in at_step[step]}
        begin = 0
        for other in sorted(beside, key=offsets.__getitem__):
            if begin + size <= offsets[other]:
                break
            begin = max(begin, aligned(offsets[other] + found[other].size, alignment))
        offsets[index] = begin
        for step in range(first, last + 1):
            at_step[step].append(index)
    return offsets
