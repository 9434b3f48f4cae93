"""The order of execution with the lowest peak of memory (Liberis and Lane 2019, "Neural networks on
microcontrollers: saving memory at inference via operator reordering")."""

from __future__ import annotations

import heapq
from math import prod
from typing import NamedTuple

from convcost.metrics.buffers import shared
from convcost.metrics.flow import Flow
from convcost.ops.tensors import Tensor
from convcost.setting import Setting, bytes_of

MOST_STATES = 20_000
"""Sets of steps that are looked at before an order that is only good has to do."""
MOST_STEPS = 2_000

Order = tuple[int, ...]


class _State(NamedTuple):
    """Which steps ran, what is alive behind them, and which can run next."""

    ran: int
    alive: int
    ready: tuple[int, ...]


class _Move(NamedTuple):
    """A step that may run next: what is alive meanwhile, and the state behind it."""

    step: int
    during: int
    behind: _State


def best_order(flow: Flow, setting: Setting) -> tuple[Order, bool]:
    """The order of the steps with the lowest peak, and whether none has a lower one for certain.

    Where there are too many orders to tell, each step is the one that leaves least alive.
    """
    space = _Space(flow, setting)
    found = space.search() if len(flow.steps) <= MOST_STEPS else None
    return (space.greedy(), False) if found is None else (found, True)


class _Space:
    """The orders in which the steps of a network may run."""

    def __init__(self, flow: Flow, setting: Setting) -> None:
        self._flow = flow
        self._owner = shared(flow, setting)
        held = {step.out for step in flow.steps if isinstance(step.stage.op, Tensor)}
        self._bytes = [
            0 if self._owner[at] in held else bytes_of(prod(shape), setting.activations)
            for at, shape in enumerate(flow.shapes)
        ]
        makers = {step.out: at for at, step in enumerate(flow.steps)}
        self._needs = [{makers[each] for each in step.ins if each in makers} for step in flow.steps]
        self._followers: list[list[int]] = [[] for _ in flow.steps]
        for at, needs in enumerate(self._needs):
            for source in needs:
                self._followers[source].append(at)
        self._readers: dict[int, int] = {}
        self._made: dict[int, list[tuple[int, int]]] = {}
        read = {tensor for step in flow.steps for tensor in step.ins}
        self._kept = {self._owner[step.out] for step in flow.steps if step.out not in read}
        for at, step in enumerate(flow.steps):
            for buffer in {self._owner[each] for each in (*step.ins, step.out)}:
                self._readers[buffer] = self._readers.get(buffer, 0) | 1 << at
            self._made.setdefault(self._owner[step.out], []).append((at, step.out))

    @property
    def _start(self) -> _State:
        alive = sum(self._bytes[tensor] for tensor in self._flow.inputs)
        return _State(0, alive, tuple(at for at, needs in enumerate(self._needs) if not needs))

    def search(self) -> Order | None:
        """The best order, always going on from where the peak is lowest; None if that takes too
        many states."""
        start = self._start
        came: dict[int, tuple[int, int]] = {}
        lowest = {0: start.alive}
        heap = [(start.alive, 0, 0, start)]
        while True:
            peak, depth, _, state = heapq.heappop(heap)
            if not state.ready:
                return self._way(came, state.ran)
            if peak > lowest[state.ran]:
                continue
            for move in self._moves(state, peak):
                behind, reached = move.behind, max(peak, move.during)
                if reached >= lowest.get(behind.ran, reached + 1):
                    continue
                if len(lowest) >= MOST_STATES:
                    return None
                lowest[behind.ran] = reached
                came[behind.ran] = state.ran, move.step
                heapq.heappush(heap, (reached, depth - 1, len(lowest), behind))

    def greedy(self) -> Order:
        """An order in which each step is the one that leaves least alive, the first of several."""
        state, order = self._start, []
        while state.ready:
            moves = [self._move(state, step) for step in state.ready]
            move = min(moves, key=lambda move: move.behind.alive)
            order.append(move.step)
            state = move.behind
        return tuple(order)

    def _moves(self, state: _State, peak: int) -> list[_Move]:
        """What may run next. A step that leaves no more alive than there is, and takes no more
        meanwhile than was taken before, can do no harm: it goes first, alone."""
        found = []
        for step in state.ready:
            move = self._move(state, step)
            if move.behind.alive <= state.alive and move.during <= peak:
                return [move]
            found.append(move)
        return found

    def _move(self, state: _State, at: int) -> _Move:
        step = self._flow.steps[at]
        ran = state.ran | 1 << at
        buffer, size = self._owner[step.out], self._bytes[step.out]
        before = self._size(buffer, state.ran)
        during = state.alive + max(0, size - before)
        alive = state.alive + size - before
        for each in {self._owner[tensor] for tensor in (*step.ins, step.out)}:
            if each not in self._kept and not self._readers[each] & ~ran:
                alive -= self._size(each, ran)
        followers = self._followers[at]
        enabled = [each for each in followers if all(ran >> need & 1 for need in self._needs[each])]
        ready = (*(each for each in state.ready if each != at), *enabled)
        return _Move(at, during, _State(ran, alive, ready))

    def _size(self, buffer: int, ran: int) -> int:
        """Bytes of what was last made in a buffer; 0 if it is not there yet."""
        tensors = [tensor for at, tensor in self._made.get(buffer, ()) if ran >> at & 1]
        if tensors:
            return self._bytes[tensors[-1]]
        return self._bytes[buffer] if buffer in self._flow.inputs else 0

    @staticmethod
    def _way(came: dict[int, tuple[int, int]], ran: int) -> Order:
        order = []
        while ran:
            ran, step = came[ran]
            order.append(step)
        return tuple(reversed(order))
