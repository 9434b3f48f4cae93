"""Sums that are made where the shortcut lies: the last convolution of a branch adds each of its
elements onto it, and makes no tensor of its own."""

from __future__ import annotations

from convcost.metrics.flow import Flow, Step
from convcost.ops.base import Op
from convcost.ops.conv import Conv, Linear
from convcost.ops.joints import Add
from convcost.ops.structure import ALIASES, Norm
from convcost.ops.tensors import LastNorm, Tensor, is_pointwise, is_softmax


def accumulated(flow: Flow) -> Flow:
    """The same with every sum of two terms that allows it made by the convolution or linear layer
    of one: that reads the other term, too, and is written over it.

    Between it and the sum are at most ops that change single elements, and nothing else reads what
    it makes. Whatever else reads the other term has run before, in any order.
    """
    return _Fusion(flow).made()


class _Fusion:
    """Which step makes each tensor and which ones read it, and what the steps become."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._steps = list(flow.steps)
        self._makers = {step.out: at for at, step in enumerate(flow.steps)}
        self._readers: list[list[int]] = [[] for _ in flow.shapes]
        for at, step in enumerate(flow.steps):
            for tensor in step.ins:
                self._readers[tensor].append(at)

    def made(self) -> Flow:
        for at, step in enumerate(self._flow.steps):
            if isinstance(step.stage.op, Add) and len(set(step.ins)) == len(step.ins) == 2:
                self._fuse(at, step)
        return self._flow._replace(steps=tuple(self._steps))

    def _fuse(self, add: int, step: Step) -> None:
        terms = [(self._branch(term), term, onto) for term, onto in (step.ins, step.ins[::-1])]
        for conv, term, onto in sorted(terms, reverse=True):
            if conv >= 0 and self._is_free(onto, conv, add):
                before = self._steps[conv]
                self._steps[conv] = before._replace(ins=(*before.ins, onto), over=onto)
                self._steps[add] = step._replace(ins=(term,), over=term)
                return

    def _branch(self, tensor: int) -> int:
        """The step of the convolution that a term comes from; -1 where there is none to add it."""
        while len(self._readers[tensor]) == 1 and tensor in self._makers:
            at = self._makers[tensor]
            step = self._flow.steps[at]
            if isinstance(step.stage.op, Conv | Linear):
                return at
            if not _is_of_elements(step.stage.op, len(step.ins)):
                break
            tensor = step.ins[0]
        return -1

    def _is_free(self, tensor: int, conv: int, add: int) -> bool:
        """Whether a tensor is there when a convolution runs, and nothing but the sum needs it from
        then on."""
        alike = self._alike(tensor)
        makers = [self._makers[each] for each in alike if each in self._makers]
        readers = {at for each in alike for at in self._readers[each]} - {add, *makers}
        is_fixed = any(isinstance(self._flow.steps[at].stage.op, Tensor) for at in makers)
        is_made = max(makers, default=-1) < conv
        return is_made and not is_fixed and readers <= self._before(conv, min(readers, default=0))

    def _alike(self, tensor: int) -> set[int]:
        """It, what it is an alias of, and all aliases of that."""
        while self._is_alias(at := self._makers.get(tensor, -1)):
            tensor = self._flow.steps[at].ins[0]
        found, left = {tensor}, [tensor]
        while left:
            aliases = [
                self._flow.steps[at].out for at in self._readers[left.pop()] if self._is_alias(at)
            ]
            found.update(aliases)
            left += aliases
        return found

    def _is_alias(self, at: int) -> bool:
        return at >= 0 and isinstance(self._flow.steps[at].stage.op, ALIASES)

    def _before(self, step: int, first: int) -> set[int]:
        """The steps from `first` on that have to run before another."""
        found: set[int] = set()
        left = [step]
        while left:
            needs = (self._makers.get(each, -1) for each in self._flow.steps[left.pop()].ins)
            new = {at for at in needs if at >= first} - found
            found |= new
            left += new
        return found


def _is_of_elements(op: Op, inputs: int) -> bool:
    """Whether it changes an element without a look at others."""
    looks_around = is_softmax(op) or isinstance(op, LastNorm)
    looks_around |= isinstance(op, Norm) and op.sort != "batch"
    return is_pointwise(op, inputs) and not looks_around
