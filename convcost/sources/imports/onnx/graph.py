"""The nodes of an ONNX graph, walked in order, as a network."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from math import prod
from typing import Any

from convcost.errors import ConvcostError
from convcost.network import Builder
from convcost.ops.base import Shape
from convcost.sources.imports.assembler import Assembler, Constant, Imported, Value, plain_shape
from convcost.sources.imports.numbers import NOTHING_SEEN, Numbers, Seen
from convcost.sources.imports.onnx.call import INT32, INT64, text_of
from convcost.sources.imports.onnx.data import FLOATS
from convcost.sources.imports.onnx.inputs import given_to
from convcost.sources.imports.onnx.learned import learned_in, taken_by
from convcost.sources.imports.onnx.merged import apart
from convcost.sources.imports.onnx.ops import HANDLERS, IDLE, SHAPE_ONLY, WORK, Call
from convcost.sources.imports.onnx.quantised import Types
from convcost.sources.imports.onnx.shapes import leave_out_untaken
from convcost.sources.imports.unknowns import Unknowns
from convcost.sources.teaching import NO_RULES, Rules
from convcost.text import listed, quote

Known = Value | Constant
_PROCESSORS = "com.microsoft.nchwc"


def network_of(
    graph: Any,
    name: str,
    rules: Rules = NO_RULES,
    producer: str = "",
    seen: Mapping[str, Seen] = NOTHING_SEEN,
) -> Imported:
    """The network of an ONNX graph whose shapes are inferred, and that `producer` wrote.

    `rules` are the user's, of operations that have none here; of tensors that were `seen`, zeros
    are known.
    """
    copies = apart(graph)
    params, unsure, again, doubles = learned_in(graph, producer, copies)
    leave_out_untaken(graph)
    seen = {**seen, **{copy: seen[name] for copy, name in copies.items() if name in seen}}
    shapes = _shapes(graph)
    inputs = given_to(graph)
    floating = (each for each in inputs if each.type.tensor_type.elem_type in FLOATS)
    first = next(floating, inputs[0])
    shape = _stated(shapes, first.name)
    builder = Builder(name, plain_shape(shape))
    to = Assembler(builder, params, unsure=unsure, doubted=unsure | doubles)
    to.unknown, to.numbers = Unknowns(rules), Numbers(seen)
    walker = _Walker(to, shapes, {first.name: to.input(shape)}, Types(graph), again=again)
    walker.taken = frozenset(
        [
            *(each.name for each in graph.output),
            *(name for node in graph.node for name in node.input),
        ]
    )
    walker.needed = frozenset(_needed(graph))
    looked_at = _looked_at(graph)
    for each in inputs:
        if each is not first and each.name in looked_at:
            place = Constant(_stated(shapes, each.name))
            walker.known[each.name] = to.constant(place, text_of(each.name))
        elif each is not first:
            walker.known[each.name] = to.input(_stated(shapes, each.name))
    for tensor in graph.initializer:
        name = text_of(tensor.name)
        walker.known[tensor.name] = Constant(tuple(tensor.dims), walker.own(name))
        walker.numbers[tensor.name] = tensor
    for node in graph.node:
        walker.node(node)
    for each in graph.output:
        if isinstance(tensor := walker.known.get(each.name), Value):
            to.plain(tensor)  # as nothing else may have asked for it
    if not builder.layers:  # it only renames or casts, which costs nothing
        to.add("identity", {}, [to.input(shape)], shape, "output")
    made = to.finish(operations=walker.operations)
    notes = (*walker.notes(), *made.network.notes)
    if unsure:
        names = listed(sorted(unsure))
        notes = (f"nothing says whether {names} were learned; they are counted", *notes)
    if doubles:
        names = listed(sorted(doubles))
        notes = (f"{names} stand for others, tied or equal; they are counted once", *notes)
    return made._replace(network=made.network._replace(notes=notes))


def _stated(shapes: Mapping[str, Shape | None], name: str) -> Shape:
    shape = shapes[name]
    assert shape is not None, "inputs have shapes of numbers"
    return shape


def _looked_at(graph: Any) -> set[str]:
    """The tensors from which more follows than which rows of a table are taken."""
    return {
        name
        for node in graph.node
        for place, name in enumerate(node.input)
        if not (node.op_type == "Gather" and place == 1)
    }


def _needed(graph: Any) -> set[str]:
    """The tensors that operations which may multiply take and give, and all that these follow."""
    found: set[str] = set()
    for node in reversed(graph.node):
        is_idle = node.domain in ("", "ai.onnx") and node.op_type in IDLE
        if not is_idle or not found.isdisjoint(node.output):
            found.update(node.input, node.output)
    return found


@dataclass(slots=True)
class _Walker:
    """What each tensor of the graph has come to; `numbers` are the tensors with known contents.

    `needed` are those that cannot be left out, `left` those that are, with where that begins;
    `again` are tensors that are some parameter once more.
    """

    to: Assembler
    shapes: Mapping[str, Shape | None]
    known: dict[str, Known]
    types: Types
    numbers: dict[str, Any] = field(default_factory=dict)
    operations: int = 0
    taken: frozenset[str] = frozenset()
    needed: frozenset[str] = frozenset()
    left: dict[str, str] = field(default_factory=dict)
    again: Mapping[str, str] = field(default_factory=dict)

    def node(self, node: Any) -> None:
        """Add one operation."""
        outputs = [name for name in node.output if name]
        if node.op_type == "Constant":
            self._constant(node)
            return
        if self._is_left(node):
            word = f"{_word(node.op_type)} {_word(node.name)}".rstrip()
            first = next((self.left[name] for name in node.input if name in self.left), word)
            self.left.update(dict.fromkeys(outputs, first))
            return
        inputs = [self.known.get(name) if name else None for name in taken_by(node)]
        live = any(isinstance(each, Value) for each in inputs)
        if node.op_type in SHAPE_ONLY or not (live or node.op_type in WORK):
            cone = frozenset[str]().union(
                *(each.params for each in inputs if isinstance(each, Constant))
            )
            for name in outputs:
                params = self.own(text_of(name)) or cone
                self.known[name] = Constant(self.shapes.get(name) or (), params)
            return
        self.operations += 1
        shapes = [self._shape(name, node) for name in outputs]
        made = self._converted(node, inputs, shapes)
        self.known.update(zip(outputs, made, strict=False))

    def _is_left(self, node: Any) -> bool:
        """Whether a shape that only a run tells does not matter, as nothing multiplies it."""
        if not self.left.keys().isdisjoint(node.input):
            return True
        return self.needed.isdisjoint(node.output) and any(
            name in self.taken and self.shapes.get(name) is None for name in node.output if name
        )

    def notes(self) -> list[str]:
        """What there is to know of the operations that are not followed."""
        return [
            f"what comes from {word} is not followed: its shape is known only when it runs; "
            "nothing in it multiplies"
            for word in dict.fromkeys(self.left.values())
        ]

    def own(self, name: str) -> frozenset[str]:
        """The parameter of that name, where it is one."""
        name = self.again.get(name, name)
        return frozenset([name]) if name in self.to.params else frozenset()

    def _constant(self, node: Any) -> None:
        name = node.output[0] if node.output else ""
        self.known[name] = Constant(self.shapes.get(name) or (), self.own(text_of(name)))
        for attribute in node.attribute:
            if attribute.HasField("t"):
                self.numbers[name] = attribute.t
            elif attribute.name in ("value_int", "value_ints"):
                self.numbers[name] = list(attribute.ints) or [attribute.i]

    def _shape(self, name: str, node: Any) -> Shape:
        shape = self.shapes.get(name)
        if shape is None and name not in self.taken:
            return self.shapes.get(node.output[0]) or ()  # a mask that nothing looks at, say
        if shape is None:
            raise _without_shape(node, name)
        return shape

    def _converted(self, node: Any, inputs: list[Known | None], shapes: list[Shape]) -> list[Known]:
        name = self._name(node, inputs)
        if not any(map(prod, shapes)):  # nothing comes out
            return [Constant(shape) for shape in shapes]
        self.to.numbers.bits = self.types.bits(node)
        call = Call(self.to, node, inputs, shapes, name, self.numbers)
        domain = "" if node.domain in ("", "ai.onnx") else f"{node.domain}."
        handler = HANDLERS.get(f"{domain}{node.op_type}")
        op = ".".join(filter(None, (text_of(node.domain), text_of(node.op_type))))
        op = re.sub(r"[^\w.]+", "_", op[:1000]) or "operation"
        made = self.to.attempt(op, partial(handler, call)) if handler else None
        if made is not None:
            return list(made) if isinstance(made, tuple) else [made]
        tensors = [call.live(each) for each in inputs if each is not None]
        counted = not any(map(self._may_be_weights, node.input))
        return [*self.to.add_unknown(op, tensors, shapes, name, counted=counted)]

    def _may_be_weights(self, name: str) -> bool:
        """Whether a tensor is constant and no parameter, but may have been learned all the same:
        it is no single number, and not of the integers that sizes are written in."""
        tensor, numbers = self.known.get(name), self.numbers.get(name)
        if not isinstance(tensor, Constant) or tensor.params or prod(tensor.shape) <= 1:
            return False
        kind = INT64 if isinstance(numbers, list) else getattr(numbers, "data_type", None)
        return kind not in (INT32, INT64)

    def _name(self, node: Any, inputs: list[Known | None]) -> str:
        """The module's path that PyTorch's exporter leaves, the weight's, or the node's own."""
        props = ((text_of(each.key), text_of(each.value)) for each in node.metadata_props)
        scopes = next((value for key, value in props if key.endswith("name_scopes")), "")
        found = re.findall(r"'([^']*)'", scopes[:2000]) if scopes else []
        path = found[-2] if len(found) > 1 else ""
        if not path:
            weight = next(
                (min(each.params) for each in inputs if isinstance(each, Constant) and each.params),
                "",
            )
            path = weight.rpartition(".")[0]
        own = path or text_of(node.name) or text_of(node.op_type)
        return re.sub(r"[^\w.-]+", "_", own[:1000])[:100].strip("_.") or "op"


def _without_shape(node: Any, output: str) -> ConvcostError:
    """What is wrong with a file that leaves open what an operation gives, and what to do."""
    if node.domain == _PROCESSORS:
        return ConvcostError(
            "ONNX Runtime has laid it out for one processor, and padded its channels",
            hint="save it with graph_optimization_level ORT_ENABLE_EXTENDED or below",
        )
    is_standard = node.domain in ("", "ai.onnx")
    return ConvcostError(
        f"the shape behind {_word(node.op_type)} {_word(node.name or output)} is not known",
        hint="export it with sizes that are fixed, or let onnxsim fold them: this one is worked "
        "out while the network runs"
        if is_standard
        else "the file must say it: onnxruntime.tools.symbolic_shape_infer writes it there",
    )


def _word(name: str | bytes) -> str:
    return quote(text_of(name), 40)


def _shapes(graph: Any) -> dict[str, Shape | None]:
    """Each tensor's shape, None where it is open."""
    shapes: dict[str, Shape | None] = {
        tensor.name: tuple(tensor.dims) for tensor in graph.initializer
    }
    for each in (*graph.input, *graph.value_info, *graph.output):
        tensor = each.type.tensor_type
        sizes = tuple(
            dim.dim_value if dim.HasField("dim_value") else -1 for dim in tensor.shape.dim
        )
        is_known = tensor.HasField("shape") and all(size >= 0 for size in sizes)
        shapes.setdefault(each.name, sizes if is_known else None)
    for node in graph.node:
        if node.op_type == "Constant" and node.output:
            for attribute in node.attribute:
                if attribute.HasField("t"):
                    shapes[node.output[0]] = tuple(attribute.t.dims)
    return shapes
