"""The shapes of an ONNX graph that ONNX's own inference leaves open.

The graph is walked in order, arithmetic on shapes is folded, what is known by then is given to
ONNX's rule for one operation, and loops and branches are put in place. This is run in a copy of
the process, as ONNX's rules are native code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from convcost.errors import ConvcostError
from convcost.network import MAX_LAYERS
from convcost.ops.base import MAX_DIMS, Shape
from convcost.sources.imports.folding import LARGEST, NUMBERS, Array, folded
from convcost.sources.imports.onnx.bounds import CONTROL
from convcost.sources.imports.onnx.call import attributes_of
from convcost.sources.imports.onnx.contrib import shapes_of, sort_of
from convcost.sources.imports.onnx.lists import taken_apart

NOT_TAKEN = "convcost: not taken"
"""Stands in operations of branches that are not taken."""
NOTE = "convcost.note"
"""The key, among a model's metadata, of what to know of how it was understood."""


def leave_out_untaken(graph: Any) -> None:
    """Forget operations of branches that are not taken, once it is known what was learned."""
    kept = [node for node in graph.node if node.doc_string != NOT_TAKEN]
    if len(kept) < len(graph.node):
        del graph.node[:]
        graph.node.extend(kept)


def is_complete(graph: Any) -> bool:
    """Whether every tensor of a graph has a shape of numbers, and nothing is decided on the way."""
    known = {each.name for each in (*graph.value_info, *graph.output) if shape_in(each.type)}
    taken = {name for node in graph.node for name in node.input}
    taken.update(each.name for each in graph.output)
    return all(
        node.op_type not in CONTROL and all(name in known for name in node.output if name in taken)
        for node in graph.node
    )


def shape_in(type_proto: Any) -> Shape | None:
    """The shape that a type says, where all of it is numbers; a number alone has (1,) here."""
    tensor = type_proto.tensor_type
    sizes = tuple(dim.dim_value if dim.HasField("dim_value") else -1 for dim in tensor.shape.dim)
    known = tensor.HasField("shape") and len(sizes) <= MAX_DIMS and all(at >= 0 for at in sizes)
    return (sizes or (1,)) if known else None


def completed(onnx: Any, model: Any) -> Any:
    """`model` with the shapes of all tensors that can be known, folded integers as constants, and
    loops and branches in place; notes on these stand in its metadata.

    ConvcostError if that would be too many operations.
    """
    walk = Walk(onnx, model)
    walk.start()
    for node in model.graph.node:
        walk.visit(node, {})
    return walk.finish()


@dataclass(slots=True)
class Walk:
    """What is known of a graph's tensors on the way through it."""

    onnx: Any
    model: Any
    types: dict[str, Any] = field(default_factory=dict)
    values: dict[str, Array] = field(default_factory=dict)
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    nodes: list[Any] = field(default_factory=list)
    idle: list[Any] = field(default_factory=list)
    added: list[Any] = field(default_factory=list)
    held: set[str] = field(default_factory=set)
    placed: int = 0
    notes: list[str] = field(default_factory=list)
    spent: int = 0
    opsets: dict[str, int] = field(default_factory=dict)

    def start(self) -> None:
        """Note what the file, and ONNX's inference of all of it, tell."""
        graph = self.model.graph
        self.opsets = {each.domain: each.version for each in self.model.opset_import}
        for each in (*graph.input, *graph.value_info, *graph.output):
            if shape_in(each.type):
                self.types[each.name] = each.type
        for tensor in graph.initializer:
            self.tensor(tensor.name, tensor)

    def tensor(self, name: str, tensor: Any) -> None:
        """Note a tensor that the file has: its type, and its numbers if they are few."""
        make = self.onnx.helper.make_tensor_type_proto
        self.types[name] = make(tensor.data_type, list(tensor.dims))
        if (found := array_of(self.onnx, tensor)) is not None:
            self.values[name] = found

    def visit(self, node: Any, names: Mapping[str, str]) -> None:
        """Add a node of the graph, or of one inside it, whose tensors are renamed by `names`."""
        made = self.onnx.NodeProto()
        made.CopyFrom(node)
        for each in (made.input, made.output):
            each[:] = [names.get(name, name) for name in each]
        if node.op_type in CONTROL and node.domain in ("", "ai.onnx"):
            from convcost.sources.imports.onnx.control import put_in_place

            put_in_place(self, made, names)
        else:
            self.add(made)

    def add(self, node: Any) -> None:
        """Add one operation, and note what comes out."""
        self.spent += 1
        if self.spent > MAX_LAYERS:
            raise ConvcostError(f"more than {MAX_LAYERS:,} operations are refused")
        if taken_apart(self, node):
            return
        found = self._folded(node)
        for name, array in zip(node.output, found or (), strict=False):
            self.known(name, array)
        if found is None or any(array.dtype.kind == "f" for array in found):
            self.nodes.append(node)
            self._infer(node)
        else:
            self.nodes += [
                self.constant(name, array)
                for name, array in zip(node.output, found, strict=False)
                if name
            ]

    def known(self, name: str, array: Array) -> None:
        """Note a tensor's numbers."""
        helper = self.onnx.helper
        sort = helper.np_dtype_to_tensor_dtype(array.dtype)
        self.types[name] = helper.make_tensor_type_proto(sort, list(array.shape))
        self.values[name] = array

    def constant(self, name: str, array: Array) -> Any:
        """The node of a tensor whose numbers are known."""
        tensor = self.onnx.numpy_helper.from_array(array, name)
        return self.onnx.helper.make_node("Constant", [], [name], value=tensor)

    def shape(self, name: str) -> Shape | None:
        """A tensor's shape, where it is known."""
        found = self.types.get(name)
        if found is None:
            return None
        return tuple(dim.dim_value for dim in found.tensor_type.shape.dim)

    def finish(self) -> Any:
        """The model as it was understood."""
        graph = self.model.graph
        del graph.node[:]
        del graph.value_info[:]
        graph.node.extend(self.nodes)
        for node in self.idle:
            graph.node.add().CopyFrom(node)
            graph.node[-1].doc_string = NOT_TAKEN
        graph.initializer.extend(self.added)
        stated = {each.name for each in (*graph.input, *graph.output)}
        for each in graph.output:
            if each.name in self.types:
                each.type.CopyFrom(self.types[each.name])
        for node in self.nodes:
            for name in node.output:
                if name in self.types and name not in stated:
                    graph.value_info.add(name=name).type.CopyFrom(self.types[name])
        for note in dict.fromkeys(self.notes):
            self.model.metadata_props.add(key=NOTE, value=note)
        return self.model

    def _folded(self, node: Any) -> list[Array] | None:
        if node.domain not in ("", "ai.onnx"):
            return None
        given = attributes_of(node)
        if node.op_type == "Constant":
            return self._constant(node, given)
        if node.op_type in ("Shape", "Size"):
            shape = self.shape(node.input[0]) if node.input else None
            return None if shape is None else [self._shape_of(node.op_type, shape, given)]
        if node.op_type == "ConstantOfShape":
            given = {each.name: array_of(self.onnx, each.t) for each in node.attribute if each.name}
        return folded(node.op_type, [self.values.get(name) for name in node.input], given)

    def _constant(self, node: Any, given: Mapping[str, Any]) -> list[Array] | None:
        import numpy

        for each in node.attribute:
            if each.HasField("t") and each.name == "value" and node.output:
                self.tensor(node.output[0], each.t)
                found = self.values.get(node.output[0])
                return None if found is None else [found]
            if each.name in ("value_int", "value_ints") and len(each.ints) <= LARGEST:
                return [numpy.asarray(given[each.name], dtype="int64")]
            if each.name in ("value_float", "value_floats") and len(each.floats) <= LARGEST:
                floats = list(each.floats) if each.name == "value_floats" else each.f
                return [numpy.asarray(floats, dtype="float32")]
        return None

    def _shape_of(self, op: str, shape: Shape, given: Mapping[str, Any]) -> Array:
        import numpy

        if op == "Size":
            return numpy.asarray(numpy.prod(shape, dtype="int64"))
        return numpy.asarray(shape[given.get("start", 0) : given.get("end")], dtype="int64")

    def _infer(self, node: Any) -> None:
        """Note the types of what comes out, by ONNX's rule or by that of a runtime's operation."""
        if all(name in self.types for name in node.output if name):
            return
        own = shapes_of(node, [self.shape(name) for name in node.input])
        make = self.onnx.helper.make_tensor_type_proto
        if own:
            known = (self.types.get(name) for name in node.input)
            sort = sort_of(node, [each.tensor_type.elem_type if each else 0 for each in known])
            for name, shape in zip(node.output, own, strict=False):
                if name and shape is not None:
                    self.types.setdefault(name, make(sort, list(shape)))
        if not own:
            for name, found in self._by_rule(node).items():
                if shape_in(found):
                    self.types.setdefault(name, found)

    def _by_rule(self, node: Any) -> Mapping[str, Any]:
        domain = "" if node.domain == "ai.onnx" else node.domain
        names = [name for name in node.input if name]
        make: Callable[[Array, str], Any] = self.onnx.numpy_helper.from_array
        try:
            schema = self.onnx.defs.get_schema(node.op_type, self.opsets.get(domain, 1), domain)
            found: Mapping[str, Any] = self.onnx.shape_inference.infer_node_outputs(
                schema,
                node,
                {name: self.types[name] for name in names if name in self.types},
                {name: make(self.values[name], name) for name in names if name in self.values},
                opset_imports=list(self.model.opset_import),
                ir_version=self.model.ir_version,
            )
        except Exception:  # native code names no errors of its own; the shape stays unknown
            return {}
        return found


def array_of(onnx: Any, tensor: Any) -> Array | None:
    """The numbers of a tensor of a file, where it has them and they are few."""
    size = 1
    for dim in tensor.dims:
        size *= dim
    if size > LARGEST or tensor.data_type not in NUMBERS:
        return None
    try:
        return onnx.numpy_helper.to_array(tensor)
    except Exception:  # data that is not there, or not of that size
        return None
