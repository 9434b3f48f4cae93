"""What changed between two networks, layer by layer, and what each change costs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from convcost.causes import LayerChange, causes
from convcost.cost import LayerCost, Report
from convcost.errors import UsageError
from convcost.metrics import METRICS, USUAL
from convcost.shown import Shown

MOST_COMPARED = 1_000_000
"""Beyond so many pairs of layers to compare, names alone tell which layers belong together."""

_INDEX = re.compile(r"\[(\d+)\]")
Pair = tuple[int | None, int | None]
"""The indices of a layer before and after, None on the side where there is no such layer."""


class _Diff(NamedTuple):
    before: Report
    after: Report
    changes: tuple[LayerChange, ...]
    pairs: tuple[Pair, ...]


class Diff(Shown, _Diff, view="diff"):
    """Two reports and every layer in which they differ, whose deltas add up to the totals' where
    layers do.

    `pairs` are the indices of the layers that belong together, unchanged ones included.
    """

    __slots__ = ()

    def delta(self, metric: str) -> int:
        """How much more there is of a metric in total."""
        return self.after.figure(metric) - self.before.figure(metric)

    @property
    def reversed(self) -> Diff:
        """What changed from `after` to `before`."""
        return _diff(self.after, self.before, _swapped(self.pairs))


def diff(before: Report, after: Report) -> Diff:
    """What changed from `before` to `after`.

    Layers are matched by name, `layer1.0` with `layer1[0]` too; or, where that leaves fewer
    differences, by structure (kind, shapes and costs) in their order, as when layers without names
    all move up by one. A layer has changed if its kind, shapes, costs, ops, bits or density have;
    another name alone is no change. Changes come in the order of `after`, what was removed before
    what followed it.

    UsageError if the two are counted by different conventions, or measured under different
    settings.
    """
    if before.convention != after.convention:
        raise UsageError(
            f"the two are counted by different rules, {before.convention} and {after.convention}",
            hint="count both by one: see --convention",
        )
    for metric in before.more:
        settings = [METRICS[metric].under(each.setting) or "fp32" for each in (before, after)]
        if settings[0] != settings[1]:
            raise UsageError(
                f"{metric} of the two is under different settings, {' and '.join(settings)}",
                hint="save the one anew, or give --dtype as it was saved",
            )
    # One direction decides for both, so that diff(b, a) is the reverse of diff(a, b).
    if _comes_first(after, before):
        return _diff(before, after, _swapped(_matched(after, before)))
    return _diff(before, after, _matched(before, after))


def _diff(before: Report, after: Report, pairs: Iterable[Pair]) -> Diff:
    ordered = tuple(_in_order(list(pairs)))
    knows_ops = not (before.is_saved or after.is_saved)
    changes = []
    for old, new in ordered:
        left = None if old is None else before.layers[old]
        right = None if new is None else after.layers[new]
        if left is None or right is None:
            changes.append(LayerChange(left, right))
        elif _signature(left, knows_ops) != _signature(right, knows_ops):
            changes.append(LayerChange(left, right, causes(left, right)))
    return Diff(before, after, tuple(changes), ordered)


def _in_order(pairs: Sequence[Pair]) -> Iterator[Pair]:
    """The pairs in the order of what is there after; what was removed stands before whatever
    took its place."""
    removed = sorted((old for old, new in pairs if old is not None and new is None), reverse=True)
    here = sorted((new, old) for old, new in pairs if new is not None and old is not None)
    added = sorted((new for old, new in pairs if old is None and new is not None), reverse=True)
    for new, old in here:
        while removed and removed[-1] < old:
            yield removed.pop(), None
        while added and added[-1] < new:
            yield None, added.pop()
        yield old, new
    yield from ((old, None) for old in reversed(removed))
    yield from ((None, new) for new in reversed(added))


def _swapped(pairs: Iterable[Pair]) -> list[Pair]:
    return [(new, old) for old, new in pairs]


def _comes_first(report: Report, other: Report) -> bool:
    """Which of two reports comes first, in an order of no other use."""
    mine, others = (
        (len(each.layers), [(layer.name, *_signature(layer, False)) for layer in each.layers])
        for each in (report, other)
    )
    if mine != others:
        return mine < others
    return report.layers != other.layers and _ops(report) < _ops(other)


def _ops(report: Report) -> list[str]:
    return [repr(([stage.op for stage in layer.stages], layer.operands)) for layer in report.layers]


def _signature(layer: LayerCost, knows_ops: bool) -> tuple[object, ...]:
    """A layer's structure: all that can change about it."""
    seen = (layer.kind, layer.ins, layer.out, *map(layer.figure, USUAL))
    ops = tuple(stage.op for stage in layer.stages)
    return (*seen, ops, layer.operands.essence) if knows_ops else seen


def _matched(before: Report, after: Report) -> list[Pair]:
    """Which layers belong together, told in the way that leaves fewer differences."""
    knows_ops = not (before.is_saved or after.is_saved)
    sides = (before.layers, after.layers)
    old, new = ([_signature(layer, knows_ops) for layer in side] for side in sides)
    matcher = _Matcher(len(old), len(new))
    for spelled in (str, _as_code):
        matcher.pair_equal(*([spelled(layer.name) for layer in side] for side in sides))
    matcher.pair_aligned(old, new)
    if matcher.differences(old, new):
        other = _Matcher(len(old), len(new))
        other.pair_aligned(old, new)
        for spelled in (str, _as_code):
            keys = ([(spelled(each.name), each.kind) for each in side] for side in sides)
            other.pair_equal(*keys)
        if other.differences(old, new) < matcher.differences(old, new):
            matcher = other
    return matcher.pairs()


def _as_code(name: str) -> str:
    """A name as PyTorch spells it: what is `layer1[0]` in a spec is `layer1.0` there."""
    return _INDEX.sub(r".\1", name)


class _Matcher:
    """Pairs indices of two lists, in steps: what one step leaves is for the next."""

    def __init__(self, before: int, after: int) -> None:
        self._before = before
        self._after = after
        self.found: dict[int, int] = {}

    def _left(self) -> tuple[list[int], list[int]]:
        taken = set(self.found.values())
        return (
            [index for index in range(self._before) if index not in self.found],
            [index for index in range(self._after) if index not in taken],
        )

    def pair_equal(self, before: Sequence[Hashable], after: Sequence[Hashable]) -> None:
        """Pair what has equal keys, wherever it stands."""
        lefts, rights = self._left()
        waiting = defaultdict(list)
        for right in reversed(rights):
            waiting[after[right]].append(right)
        for left in lefts:
            if waiting[before[left]]:
                self.found[left] = waiting[before[left]].pop()

    def pair_aligned(self, before: Sequence[Hashable], after: Sequence[Hashable]) -> None:
        """Pair runs of equal keys that come in the same order."""
        lefts, rights = self._left()
        if len(lefts) * len(rights) > MOST_COMPARED:
            return
        keys = ([before[left] for left in lefts], [after[right] for right in rights])
        for block in SequenceMatcher(None, *keys, autojunk=False).get_matching_blocks():
            runs = (lefts[block.a : block.a + block.size], rights[block.b : block.b + block.size])
            self.found.update(zip(*runs, strict=True))

    def differences(self, before: Sequence[Hashable], after: Sequence[Hashable]) -> int:
        """How many would be added, removed or changed."""
        changed = sum(before[left] != after[right] for left, right in self.found.items())
        return len(before) + len(after) - 2 * len(self.found) + changed

    def pairs(self) -> list[Pair]:
        """All indices of both sides, paired or alone."""
        lefts, rights = self._left()
        alone = [*((left, None) for left in lefts), *((None, right) for right in rights)]
        return [*self.found.items(), *alone]
