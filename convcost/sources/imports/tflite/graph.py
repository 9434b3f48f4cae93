"""The operations of a TensorFlow Lite graph, walked in order, as a network."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import prod

from convcost.errors import ConvcostError
from convcost.network import Builder
from convcost.ops.base import Shape
from convcost.schedule import Schedule
from convcost.sources.imports import layers
from convcost.sources.imports.assembler import Assembler, Constant, Imported, Value
from convcost.sources.imports.layout import IMAGES, First, Layout, as_written
from convcost.sources.imports.numbers import Numbers
from convcost.sources.imports.tflite.call import SHAPE_ONLY, WORK, Call, Known
from convcost.sources.imports.tflite.kept import divided, kept_in, name_of
from convcost.sources.imports.tflite.learned import Learned
from convcost.sources.imports.tflite.numbers import Types, seen_of
from convcost.sources.imports.tflite.ops import HANDLERS
from convcost.sources.imports.tflite.schema import Graph, Operator
from convcost.sources.imports.unknowns import Unknowns
from convcost.sources.teaching import Rules
from convcost.text import listed

_FUSED = {1: "relu", 2: "relu_n1_to_1", 3: "relu6", 4: "tanh", 5: "sign"}
"""TensorFlow Lite's activations that an operation may have behind it, by number."""
_OURS = ("relu", "relu6", "tanh")
_AT_REST = SHAPE_ONLY | {"ASSIGN_VARIABLE", "CALL_ONCE", "READ_VARIABLE", "VAR_HANDLE"}
"""Operations that make ready or keep, or whose result does not depend on the network's input."""


def network_of(
    graph: Graph, name: str, names: Mapping[int, str], learned: Learned, rules: Rules, batch: int
) -> Imported:
    """The network of a graph whose constants have these `names`, for one of a `batch` of inputs.

    `learned` are the parameters, also of graphs inside it; `rules` are the user's, of operations
    that have none here. ConvcostError where what comes of several inputs cannot be divided.
    """
    start = first_input(graph)
    shape = divided(graph.tensors[start].shape, batch)
    layout = Layout(len(shape) in IMAGES, len(shape))
    laid = layout.laid(shape)
    builder = Builder(name, laid[1:] if len(laid) > 1 and laid[0] == 1 else laid or (1,))
    to = Assembler(builder, dict(learned.params), unsure=learned.unsure, doubted=learned.unsure)
    to.unknown, to.numbers = Unknowns(rules), Numbers(seen_of(graph, names))
    walker = _Walker(to, graph, names, learned, Types(graph), batch)
    walker.known[start] = layout.of(to.input(laid))
    for at in graph.inputs:
        if at != start and at >= 0:
            tensor = graph.tensors[at]
            place = Constant(divided(tensor.shape, batch))
            walker.known[at] = to.constant(place, tensor.name or f"input{at}")
    came_to = []
    for op in graph.operators:
        walker.operator(op)
        came_to.append(max(len(builder.layers) - 1, 0))
    for at in graph.outputs:
        if isinstance(made := walker.known.get(at), Value):
            to.plain(made)  # as nothing else may have asked for it
    if not builder.layers:
        to.add("identity", {}, [to.input(laid)], laid, "output")
    found = to.finish(operations=walker.operations)
    notes = found.network.notes
    if learned.unsure:
        told = listed(sorted(learned.unsure))
        notes = (f"nothing says whether {told} were learned; they are counted", *notes)
    front = len(found.network.layers) - len(builder.layers)
    schedule = Schedule(kept_in(graph, batch), tuple(at + front for at in came_to))
    return found._replace(network=found.network._replace(notes=notes, schedule=schedule))


def first_input(graph: Graph) -> int:
    """The first input of real numbers, or else the first; ConvcostError if there is none."""
    inputs = [at for at in graph.inputs if at >= 0]
    if not inputs:
        raise ConvcostError("this network has no inputs", hint="convert it with what it works on")
    return next((at for at in inputs if graph.tensors[at].is_float), inputs[0])


@dataclass(slots=True)
class _Walker:
    """What each tensor of the graph has come to."""

    to: Assembler
    graph: Graph
    names: Mapping[int, str]
    learned: Learned
    types: Types
    batch: int
    known: dict[int, Known | None] = field(default_factory=dict)
    turned: dict[tuple[object, bool], Value] = field(default_factory=dict)
    operations: int = 0

    def operator(self, op: Operator) -> None:
        """Add one operation."""
        inputs = [self._taken(at) for at in op.inputs]
        is_live = any(isinstance(each, Value) for each in inputs)
        outputs = [at for at in op.outputs if at >= 0]
        if op.op in _AT_REST or not (is_live or op.op in WORK):
            made_of = [each.params for each in inputs if isinstance(each, Constant)]
            cone = frozenset[str]().union(*made_of)
            for at in outputs:
                tensor = self.graph.tensors[at]
                own = frozenset([tensor.name]) & self.to.params.keys()
                is_idle = inputs == [None]
                self.known[at] = None if is_idle else Constant(tensor.shape, own or cone)
            return
        self.operations += 1
        shapes = [divided(self.graph.tensors[at].shape, self.batch) for at in outputs]
        made = self._converted(op, inputs, shapes, name_of(self.graph, op))
        self.known.update(zip(outputs, made, strict=False))

    def _taken(self, at: int) -> Known | None:
        """A tensor that an operation takes; None for one that is left out."""
        if at < 0:
            return None
        if at not in self.known:
            tensor, name = self.graph.tensors[at], self.names.get(at)
            if name is None and not tensor.is_variable:
                raise ConvcostError("its operations are not in the order in which they run")
            if name in self.learned.idle:
                return None
            own = frozenset([name]) & self.to.params.keys() if name else frozenset[str]()
            self.known[at] = Constant(tensor.shape, own)
        return self.known[at]

    def _converted(
        self, op: Operator, inputs: list[Known | None], shapes: list[Shape], name: str
    ) -> Sequence[Known]:
        if not any(map(prod, shapes)):  # nothing comes out
            return [Constant(shape) for shape in shapes]
        self.to.numbers.bits = self.types.bits(op)
        tensors = [self.graph.tensors[at] if at >= 0 else None for at in op.inputs]
        call = Call(self.to, op, inputs, tensors, shapes, name, self.turned)
        handler = HANDLERS.get(op.op)
        is_open = op.op in WORK and any(map(self._is_open, (*op.inputs, *op.outputs)))
        word = re.sub(r"[^\w.:]+", "_", op.op[:1000]) or "operation"
        if handler and is_open:
            self.to.unknown.note(word, "some of its sizes are known only when it runs")
            handler = None
        made = self.to.attempt(word, partial(self._made, handler, call)) if handler else None
        if made is not None:
            return made
        count = len(self.to.builder.layers)
        for key in [key for key, each in self.turned.items() if each.index >= count]:
            del self.turned[key]  # its layer was taken out again
        if op.graphs:
            self.to.unknown.note(word, "what is inside it is not followed")
        live = [as_written(call.live(at)) for at, each in enumerate(inputs) if each is not None]
        counted = not any(map(self._may_be_weights, op.inputs))
        return self.to.add_unknown(word, live, shapes, name, counted=counted)

    def _made(self, handler: object, call: Call) -> Sequence[Known]:
        """What a rule makes of an operation, and the activation that is fused to it."""
        assert callable(handler)
        made = handler(call)
        found: list[Known] = list(made) if isinstance(made, tuple) else [made]
        fused = call.node.option("FusedActivationFunction")
        if fused and call.node.op not in _INNER and isinstance(found[0], Value):
            found[0] = self._activated(found[0], fused, call.name)
        return found

    def _activated(self, value: Value, fused: int, name: str) -> Value:
        sort = _FUSED.get(fused, f"activation {fused}")
        add = layers.activation if sort in _OURS else layers.elementwise
        made = add(self.to, value, sort, f"{name}.act")
        return First(made.index, made.shape) if isinstance(value, First) else made

    def _is_open(self, at: int) -> bool:
        """Whether the file leaves a size of a tensor open, but for a batch."""
        return at >= 0 and -1 in self.graph.tensors[at].signature[1:]

    def _may_be_weights(self, at: int) -> bool:
        """Whether a tensor is constant and no parameter, but may have been learned all the same."""
        tensor = self.known.get(at)
        if not isinstance(tensor, Constant) or tensor.params or prod(tensor.shape) <= 1:
            return False
        return self.graph.tensors[at].is_float


_INNER = frozenset(each for each in WORK if each.endswith(("LSTM", "RNN", "SVDF")))
"""Operations whose activation is a part of them."""
