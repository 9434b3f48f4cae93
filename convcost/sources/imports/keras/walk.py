"""The layers of a Keras model, walked in the order in which they need each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from convcost.errors import ConvcostError
from convcost.ops.base import Shape
from convcost.sources.imports.assembler import Assembler
from convcost.sources.imports.keras import ops
from convcost.sources.imports.keras.call import Call, Tensor, Weights, convert
from convcost.sources.imports.keras.described import (
    Described,
    Graph,
    LayerCall,
    Open,
    Ref,
    closed,
    found_in,
)
from convcost.sources.quota import Quota
from convcost.text import quote

__all__ = ["Walker", "ops"]

_MOST_CALLS = 20_000
Node = tuple[int, int]
"""A layer by its place in a graph, and the call of it."""


@dataclass(slots=True)
class Walker:
    """Walks graphs; `is_as_told` says that the shapes hold that the file states of tensors."""

    to: Assembler
    weights: Weights
    is_as_told: bool = True
    operations: int = 0
    _quota: Quota = field(
        default_factory=lambda: Quota("more than {most} calls of layers are refused", _MOST_CALLS)
    )

    def run(
        self, graph: Graph, inputs: Sequence[Tensor], path: str = "", frozen: bool = False
    ) -> list[Tensor]:
        """What a graph gives for these tensors; `path` is that of the model that it is of."""
        if graph.is_chain:
            return self._chain(graph, inputs, path, frozen)
        if len(inputs) != len(graph.inputs):
            raise ConvcostError(f"{quote(graph.name)} takes other tensors than it is given")
        known = dict(zip(graph.inputs, inputs, strict=True))
        outputs = {*graph.outputs}
        for place, call in _in_order(graph):
            layer = graph.layers[place]
            told = [graph.told.get(Ref(layer.name, call, tensor)) for tensor in range(9)]
            node = layer.calls[call]
            is_taken = Ref(layer.name, call, 0) not in outputs
            shapes = _shapes(told) if self.is_as_told else []
            given = LayerCall(_known(node.args, known), _known(node.kwargs, known))
            made = self._layer(layer, given, path, frozen, shapes, is_taken or bool(path))
            known |= {Ref(layer.name, call, at): each for at, each in enumerate(made)}
        return [_wanted(known, ref) for ref in graph.outputs]

    def _chain(
        self, graph: Graph, inputs: Sequence[Tensor], path: str, frozen: bool
    ) -> list[Tensor]:
        tensors = [*inputs]
        layers = [each for each in graph.layers if each.cls != "InputLayer"]
        for at, layer in enumerate(layers):
            behind = layers[at + 1].built if at + 1 < len(layers) else None
            shapes = _shapes([behind]) if self.is_as_told else []
            is_taken = at + 1 < len(layers) or bool(path)
            given = LayerCall(tensors, {})
            tensors = self._layer(layer, given, path, frozen, shapes, is_taken)
        return tensors

    def _layer(
        self,
        layer: Described,
        given: LayerCall,
        path: str,
        frozen: bool,
        shapes: Sequence[Shape],
        is_taken: bool,
    ) -> list[Tensor]:
        """What a layer gives; where there is no rule for it, tensors of the `shapes` that the file
        states, without which it is refused if anything takes them."""
        self._quota.spend(1)
        name = _clean(layer.name)
        where = f"{path}.{name}" if path else name
        call = Call(
            self.to, layer, given.args, given.kwargs, where, self.weights, self._inner, frozen
        )
        if layer.graph:
            return [*self._inner(call)]
        self.operations += 1
        before = len(self.to.params), len(self.weights.kept)
        op = _clean(layer.cls) or "layer"
        made = self.to.attempt(op, partial(convert, call))
        if made is not None:
            return [made] if isinstance(made, Tensor) else [*made]
        self.weights.forget(*before)
        tensors = call.tensors()
        if not shapes and is_taken:
            raise ConvcostError(
                f"the shape behind {quote(layer.cls, 40)} {quote(layer.name, 40)} is not known: "
                f"{self.to.unknown.why(op)}",
                hint="load the model where its code is, and save it with Keras 3 as .keras: the "
                "shapes are in that",
            )
        shapes = shapes or [tensors[0].shape if tensors else (1,)]
        values = [call.plain(each) for each in tensors]
        made_of = self.to.add_unknown(op, values, [*shapes], where, counted=False)
        return [Tensor(each) for each in made_of]

    def _inner(self, call: Call) -> Sequence[Tensor]:
        """A model inside the model."""
        assert call.layer.graph is not None
        return self.run(call.layer.graph, call.tensors(), call.path, call.is_frozen)


def _wanted(known: Mapping[Ref, Tensor], ref: Ref) -> Tensor:
    if ref not in known:
        raise ConvcostError(f"nothing gives {quote(ref.layer)}, which is taken")
    return known[ref]


def _known(said: Any, known: Mapping[Ref, Tensor]) -> Any:
    """An argument with tensors in the place of what refers to them."""
    if isinstance(said, Ref):
        return _wanted(known, said)
    if isinstance(said, list | tuple):
        return [_known(each, known) for each in said]
    if isinstance(said, Mapping):
        return {name: _known(each, known) for name, each in said.items()}
    return said


def _shapes(told: Sequence[Open | None]) -> list[Shape]:
    """The shapes of the first tensors that are all known."""
    found: list[Shape] = []
    for each in told:
        shape = closed(each)
        if shape is None:
            break
        found.append(shape)
    return found


def _in_order(graph: Graph) -> list[Node]:
    """Every call, each behind those whose tensors it takes; otherwise as the file has them."""
    places = {layer.name: place for place, layer in enumerate(graph.layers)}
    inputs = {ref.layer for ref in graph.inputs}
    found: dict[Node, None] = {}
    open_ones: set[Node] = set()
    every = [
        (place, call)
        for place, layer in enumerate(graph.layers)
        for call in range(len(layer.calls))
        if layer.name not in inputs
    ]
    for first in every:
        waiting = [first]
        while waiting:
            node = waiting[-1]
            needed = [each for each in _before(graph, node, places, inputs) if each not in found]
            if node in found or not needed:
                found[waiting.pop()] = None
                open_ones.discard(node)
            elif node in open_ones:
                raise ConvcostError("its layers wait for each other in a circle")
            else:
                open_ones.add(node)
                waiting += needed
    return [*found]


def _before(
    graph: Graph, node: Node, places: Mapping[str, int], inputs: set[str]
) -> Iterator[Node]:
    """The calls whose tensors a call takes."""
    call = graph.layers[node[0]].calls[node[1]]
    for ref in found_in([call.args, call.kwargs], Ref):
        place = places.get(ref.layer)
        if place is None or not 0 <= ref.call < max(1, len(graph.layers[place].calls)):
            raise ConvcostError(f"nothing gives {quote(ref.layer)}, which is taken")
        if ref.layer not in inputs:
            if not graph.layers[place].calls:
                raise ConvcostError(f"nothing gives {quote(ref.layer)}, which is taken")
            yield place, ref.call


def _clean(name: str) -> str:
    return re.sub(r"[^\w.-]+", "_", name[:1000].replace("/", "."))[:100].strip("_.") or "layer"
