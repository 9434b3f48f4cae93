"""Layers that share weights in code: one module, used again."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from functools import lru_cache

from convcost.emit.outline import Item, Joint, Leaf
from convcost.emit.pytorch.expressions import Call
from convcost.emit.pytorch.steps import Step
from convcost.kinds import Stages
from convcost.kinds.tails import relearned
from convcost.network import Layer
from convcost.ops.base import Op


class Sharing:
    """Which of the `layers` share weights, and how: a layer that is all the same as one before it
    is that once more; of others their parts are."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self._layers = layers
        self._wholes: set[Stages] = set()
        self._parts: set[Op] = set()
        own: set[Stages] = set()
        own_parts: set[Op] = set()
        for layer in layers:
            whole, parts = thawed(layer.stages), _parts(layer.stages)
            if whose(layer) == "own":
                own.add(whole)
                own_parts |= parts
            elif whose(layer) == "shared" and whole in own and not _has_more(layer.stages):
                self._wholes.add(whole)
            elif whose(layer) == "shared":
                self._parts |= parts & own_parts

    def concerns(self, layer: Layer) -> bool:
        """Whether the modules of a layer must be in reach of others."""
        return self.by_parts(layer) or thawed(layer.stages) in self._wholes

    def by_parts(self, layer: Layer) -> bool:
        """Whether its parts are to be modules one by one."""
        return bool(self._parts) and not self._parts.isdisjoint(_parts(layer.stages))

    def flattened(self, items: Sequence[Item]) -> Iterator[Item]:
        """The items without joints that would hide a module from those that use it again."""
        for item in items:
            inside = (
                sorted(indices([item]))
                if isinstance(item, Joint) and (self._parts or self._wholes)
                else []
            )
            if any(self.concerns(self._layers[at]) for at in inside):
                for at in inside:
                    yield Leaf(at, self._layers[at], self._layers[at].inputs)
            else:
                yield item


def whose(layer: Layer) -> str:
    """Whose the weights of a layer are."""
    return str(dict(layer.fields).get("weights", "own"))


def indices(items: Sequence[Item]) -> Iterator[int]:
    """The layers that the items stand for; nothing is folded."""
    for item in items:
        assert isinstance(item, (Leaf, Joint))
        yield item.at
        if isinstance(item, Joint):
            for branch in item.branches:
                yield from indices(branch)


class Owners:
    """The modules of layers with weights of their own, for those behind that share them.

    A spec does not say with whom a layer shares. Where several are of its form, each has its turn,
    as when all of a branch comes again on another input.
    """

    def __init__(self) -> None:
        self._found: dict[Hashable, list[list[Step]]] = {}
        self._turns: dict[Hashable, int] = {}

    def keep(self, layer: Layer, made: list[Step]) -> None:
        """Remember the modules of a layer with weights of its own."""
        self._found.setdefault(thawed(layer.stages), []).append(made)
        for step in made:
            if step.call is not None:
                self._found.setdefault(step.call, []).append([step])

    def whole(self, layer: Layer) -> list[Step]:
        """The modules of a layer that is the same, if there is one."""
        return self._next(thawed(layer.stages))

    def in_parts(self, made: Sequence[Step]) -> list[Step]:
        """The steps of a layer, with modules that are there in place of constant ones."""
        return [part for step in made for part in self._next(_module(step.call)) or [step]]

    def _next(self, key: Hashable) -> list[Step]:
        found = self._found.get(key, [])
        if not found:
            return []
        turn = self._turns.get(key, 0) % len(found)
        self._turns[key] = turn + 1
        return found[turn]


@lru_cache(maxsize=1024)
def thawed(stages: Stages) -> Stages:
    """The stages as they are where all weights are their own."""
    return tuple(stage._replace(op=relearned(stage.op, True)) for stage in stages)


@lru_cache(maxsize=1024)
def _parts(stages: Stages) -> frozenset[Op]:
    """The ops with weights, likewise."""
    return frozenset(stage.op for stage in thawed(stages) if hasattr(stage.op, "learned"))


def _has_more(stages: Stages) -> bool:
    """Whether a layer that shares its weights has others that it shares with nobody: a norm's."""
    return any(int(stage.op.params()) for stage in stages)


def _module(call: Call | None) -> Hashable:
    """The module inside one whose weights are constants; None for any other."""
    return call.args[0][1] if call is not None and call.name == "fixed" else None
