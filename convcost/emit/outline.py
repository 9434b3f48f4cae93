"""A network's graph as a person would write it: chains, branches that meet again, repeats.

Joints whose branches part at one layer and share nothing are nested; whatever is wilder stays a
flat list whose entries name what they follow.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import Any, NamedTuple

from convcost.network import INPUT, Layer, Network

NESTED = ("add", "concat", "multiply")
LARGEST_REGION = 5_000
DEEPEST = 10
"""Joints inside each other: more than that is easier to read flat, and YAML has its limit."""
LONGEST_PERIOD = 32
WORTH_A_REPEAT = 2
"""Lines that a repeat takes itself."""


class Leaf(NamedTuple):
    """The layer at the index `at`; `sources` are those it follows, unless just the one before."""

    at: int
    layer: Layer
    sources: tuple[int, ...] | None = None


class Joint(NamedTuple):
    """Branches from one layer that meet again in the layer at `at`; an empty one is a shortcut.

    `source` is the layer that they start from where that is not the one before.
    """

    at: int
    layer: Layer
    branches: tuple[tuple[Item, ...], ...]
    source: int | None = None


class Repeat(NamedTuple):
    """The same items a number of times in a row; `items` are those of the first time."""

    times: int
    items: tuple[Item, ...]


Item = Leaf | Joint | Repeat


def common_path(names: Iterable[str]) -> str:
    """The dotted path that all of the names begin with, or are; nothing if there is none."""
    parts = zip(*(name.split(".") for name in names), strict=False)
    return ".".join(words[0] for words in takewhile(lambda words: len(set(words)) == 1, parts))


def outline(network: Network, fold: bool = True) -> tuple[Item, ...]:
    """The layers of `network`, nested; exact repeats are folded, unless told not to."""
    graph = _Graph(network)
    items = graph.items(range(len(network.layers)), INPUT, None)
    return folded(items, graph.referred) if fold else items


class _Graph:
    """Who follows whom, which joints can be nested, and which layers stand inside them."""

    def __init__(self, network: Network) -> None:
        self.layers = network.layers
        self.users: list[list[int]] = [[] for _ in network.layers]
        for index, layer in enumerate(network.layers):
            for source in layer.inputs:
                if source != INPUT:
                    self.users[source].append(index)
        self.above = _dominators(network.layers)
        self.owner: dict[int, tuple[int, int]] = {}
        self.inside: dict[tuple[int, int], list[int]] = {}
        self.nested: set[int] = set()
        self.heights: dict[int, int] = {}
        self.referred: set[int] = set()
        for index, layer in enumerate(network.layers):
            if layer.kind in NESTED and len(layer.inputs) > 1 and _plain(layer):
                self._nest(index)
        for index in range(len(network.layers)):
            if index in self.owner:
                self.inside.setdefault(self.owner[index], []).append(index)

    def _nest(self, joint: int) -> None:
        """Give the layers between `joint` and where its branches part to its branches."""
        start = self.above[joint]
        branches: dict[int, int] = {}
        for number, end in enumerate(self.layers[joint].inputs):
            waiting = [end]
            while waiting:
                index = waiting.pop()
                if index == start:
                    continue
                if branches.get(index, number) != number or len(branches) > LARGEST_REGION:
                    return
                if index not in branches:
                    branches[index] = number
                    waiting += self.layers[index].inputs
        for index, branch in branches.items():
            if any(user != joint and branches.get(user) != branch for user in self.users[index]):
                return
        if any(self.layers[index].given is not None for index in branches):
            return
        ends = [end for end in self.layers[joint].inputs if end != start]
        if len(set(ends)) < len(ends) or len(self.layers[joint].inputs) - len(ends) > 1:
            return
        height = 1 + max((self.heights.get(index, 0) for index in branches), default=0)
        if height > DEEPEST:
            return
        self.heights[joint] = height
        self.nested.add(joint)
        for index, number in branches.items():
            self.owner.setdefault(index, (joint, number))

    def items(
        self, indices: Sequence[int], start: int, owner: tuple[int, int] | None
    ) -> tuple[Item, ...]:
        """The layers among `indices` that stand directly inside `owner`, behind `start`."""
        items: list[Item] = []
        before = start
        for index in indices:
            if self.owner.get(index) != owner:
                continue
            layer = self.layers[index]
            if index in self.nested:
                source = self.above[index]
                branches = tuple(
                    self.items(self.inside.get((index, number), []), source, (index, number))
                    for number in range(len(layer.inputs))
                )
                items.append(Joint(index, layer, branches, self._referred((source,), before)))
            else:
                stands_alone = layer.given is not None
                follows = layer.inputs == (before,) or stands_alone
                if not follows:
                    self.referred.update(layer.inputs)
                items.append(Leaf(index, layer, None if follows else layer.inputs))
            before = index
        return tuple(items)

    def _referred(self, sources: tuple[int, ...], before: int) -> int | None:
        if sources == (before,):
            return None
        self.referred.update(sources)
        return sources[0]


def _plain(layer: Layer) -> bool:
    """Whether a joint has no field that the short form has no room for."""
    return all(
        name in ("act", "functional", "weights_per")
        for name, value in layer.told.items()
        if value is not None
    )


def _dominators(layers: Sequence[Layer]) -> list[int]:
    """For each layer the nearest one that every path to it goes through."""
    above: list[int] = []
    for layer in layers:
        common = layer.inputs[0] if layer.inputs else INPUT
        for source in layer.inputs[1:]:
            other = source
            while common != other:
                if common > other:
                    common = above[common]
                else:
                    other = above[other]
        above.append(common)
    return above


def folded(items: tuple[Item, ...], referred: set[int]) -> tuple[Item, ...]:
    """`items` with runs that repeat exactly as one `Repeat` each, inside joints too."""
    inner = tuple(
        item._replace(branches=tuple(folded(branch, referred) for branch in item.branches))
        if isinstance(item, Joint)
        else item
        for item in items
    )
    keys = [signature(item, referred) for item in inner]
    found: list[Item] = []
    at = 0
    while at < len(inner):
        period, times = _best_run(keys, at)
        if times > 1 and (times - 1) * _lines(inner[at : at + period]) > WORTH_A_REPEAT:
            found.append(Repeat(times, inner[at : at + period]))
        else:
            found += inner[at : at + period * times]
        at += period * times
    return tuple(found)


def _lines(items: Sequence[Item]) -> int:
    """How many lines items take."""
    return sum(
        1
        if isinstance(item, Leaf)
        else 2 + sum(map(_lines, item.branches if isinstance(item, Joint) else (item.items,)))
        for item in items
    )


def _best_run(keys: list[Any], at: int) -> tuple[int, int]:
    """The period and the number of times of the run at `at` that saves most entries."""
    best, saved = (1, 1), 0
    if keys[at] is None:
        return best
    for period in range(1, min(LONGEST_PERIOD, (len(keys) - at) // 2) + 1):
        first = keys[at : at + period]
        if None in first:
            break
        times = 1
        while keys[at + times * period : at + (times + 1) * period] == first:
            times += 1
        if period * (times - 1) > saved:
            best, saved = (period, times), period * (times - 1)
    return best


def signature(item: Item, referred: set[int]) -> Any:
    """What makes two items the same, names aside; None for one that others name or that names
    others, which is the same as none."""
    if isinstance(item, Repeat):
        inner = tuple(signature(each, referred) for each in item.items)
        return None if None in inner else (item.times, inner)
    if item.at in referred:
        return None
    facts = (item.layer.kind, *item.layer.told.items(), item.layer.given)
    if isinstance(item, Leaf):
        return None if item.sources is not None else facts
    branches = tuple(
        tuple(signature(each, referred) for each in branch) for branch in item.branches
    )
    if item.source is not None or any(None in branch for branch in branches):
        return None
    return (*facts, branches)
