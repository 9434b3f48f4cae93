"""A graph that torch.export made, as a network: names, parameters, and what is constant.

The graph is walked once, in order. What does not depend on the input (weights, and whatever is
computed from them) is kept apart until something needs it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from math import prod
from typing import Any

from convcost.errors import ConvcostError
from convcost.network import Builder
from convcost.ops.base import Shape
from convcost.sources.imports.assembler import Assembler, Constant, Imported, Value, plain_shape
from convcost.sources.imports.torch_ops import HANDLERS, SHAPE_ONLY, WORK, Call

Known = Value | Constant | tuple["Known", ...] | None


def network_of(program: Any, name: str) -> Imported:
    """The network of a torch.export.ExportedProgram with one input tensor."""
    signature = program.graph_signature
    params = {
        target: tuple(program.state_dict[target].shape)
        for target in dict.fromkeys(signature.inputs_to_parameters.values())
    }
    named = {**signature.inputs_to_parameters, **signature.inputs_to_buffers}
    user = set(signature.user_inputs)
    walker = _Walker({})
    for node in program.graph.nodes:
        if node.op == "placeholder":
            shape = _shape(node)
            if node.name in user:
                builder = Builder(name, plain_shape(shape))
                walker.to = Assembler(builder, params)
                walker.known[node] = walker.to.input(shape)
            elif node.name in named:
                target = named[node.name]
                learned = frozenset([target]) if target in params else frozenset()
                walker.known[node] = Constant(shape, learned)
            else:
                walker.known[node] = Constant(shape)
    if walker.to is None:
        raise ConvcostError("this module takes no tensor")
    walker.walk(program.graph)
    return walker.to.finish(operations=walker.operations)


@dataclass(slots=True)
class _Walker:
    """What each node of the graph has come to."""

    known: dict[Any, Known]
    to: Assembler | None = None
    operations: int = 0
    scope: str = ""
    _calls: dict[tuple[str, str], int] = field(default_factory=dict)

    def walk(self, graph: Any) -> Known:
        """Add every operation of `graph`; what it returns."""
        result: Known = None
        for node in graph.nodes:
            if node.op == "call_function":
                self.known[node] = self._call(node)
            elif node.op == "get_attr" and node not in self.known:
                self.known[node] = self._attribute(node)
            elif node.op == "output":
                returned = node.args[0]
                result = tuple(self._of(each) for each in _flat(returned))
        return result

    def _of(self, argument: Any) -> Known:
        return self.known.get(argument) if _is_node(argument) else None

    def _attribute(self, node: Any) -> Known:
        value = node.meta.get("val")
        if not hasattr(value, "shape"):
            value = getattr(node.graph.owning_module, node.target, None)
        return Constant(tuple(value.shape)) if hasattr(value, "shape") else None

    def _call(self, node: Any) -> Known:
        target = node.target
        if getattr(target, "__name__", "") == "getitem":
            whole = self._of(node.args[0])
            if isinstance(whole, tuple):
                return whole[node.args[1]] if node.args[1] < len(whole) else None
            return whole
        if hasattr(target, "_schema"):
            return self._operation(node)
        if callable(target) and type(target).__module__.startswith("torch._higher_order_ops"):
            return self._nested(node)
        return None

    def _nested(self, node: Any) -> Known:
        """A graph inside the graph, under no_grad or autocast: its body stands here."""
        bodies = [
            getattr(node.graph.owning_module, each.target)
            for each in _flat((node.args, node.kwargs))
            if _is_node(each)
            and each.op == "get_attr"
            and hasattr(getattr(node.graph.owning_module, each.target, None), "graph")
        ]
        if len(bodies) != 1:
            raise ConvcostError(f"control flow in the graph: {node.target}")
        given = [
            each
            for each in _flat((node.args, node.kwargs))
            if _is_node(each) and each.op != "get_attr"
        ]
        places = [each for each in bodies[0].graph.nodes if each.op == "placeholder"]
        for place, argument in zip(places, given[-len(places) :] if places else (), strict=True):
            self.known[place] = self.known.get(argument)
        return self.walk(bodies[0].graph)

    def _operation(self, node: Any) -> Known:
        values = node.meta.get("val")
        op = node.target._schema.name.removeprefix("aten::").removesuffix("_").lstrip("_")
        inputs = [
            known
            for each in _flat((node.args, node.kwargs))
            if _is_node(each) and (known := self.known.get(each)) is not None
        ]
        shapes = [tuple(each.shape) for each in _flat(values) if hasattr(each, "shape")]
        if not shapes:
            return None
        live = any(isinstance(each, (Value, tuple)) for each in inputs)
        if op in SHAPE_ONLY or not (live or op in WORK):
            cone = frozenset(
                chain.from_iterable(each.params for each in inputs if isinstance(each, Constant))
            )
            made = tuple(Constant(shape, cone) for shape in shapes)
            return made if isinstance(values, (tuple, list)) else made[0]
        self.operations += 1
        return self._converted(node, op, shapes, isinstance(values, (tuple, list)))

    def _converted(self, node: Any, op: str, shapes: list[Shape], is_many: bool) -> Known:
        assert self.to is not None
        call = Call(self.to, op, _arguments(node, self.known), shapes, self._name(node, op))
        handler = HANDLERS.get(op)
        made = self.to.attempt(op, partial(handler, call)) if handler else None
        if made is not None:
            return made if isinstance(made, tuple) or not is_many else (made,)
        if not any(map(prod, shapes)):
            return Constant(shapes[0])
        tensors = [call.live(each) for each in call.tensors()]
        unknown = tuple(
            self.to.add_unknown(op, tensors, shape, call.name)
            if not index
            else self.to.add(
                "gather", {"op": op, "shape": plain_shape(shape)}, tensors[:1], shape, call.name
            )
            for index, shape in enumerate(shapes)
        )
        return unknown if is_many else unknown[0]

    def _name(self, node: Any, op: str) -> str:
        """The path of the module that made it; behind it the operation, where that is a part."""
        stack = node.meta.get("nn_module_stack") or {}
        path, kind = "", ""
        for entry in stack.values():
            path, kind = entry[0].split("@")[0], str(entry[1])
        if ".".join(kind.split(".")[:3]) == "torch.nn.modules" and "MultiheadAttention" not in kind:
            return path or op
        return f"{path}.{op}" if path else op


def _arguments(node: Any, known: Mapping[Any, Known]) -> dict[str, Any]:
    """The operation's arguments by name, defaults included; tensors as what they have come to."""
    found: dict[str, Any] = {}
    for position, argument in enumerate(node.target._schema.arguments):
        if position < len(node.args) and not argument.kwarg_only:
            value = node.args[position]
        else:
            value = node.kwargs.get(argument.name, argument.default_value)
        found[argument.name] = _resolved(value, known)
    return found


def _resolved(value: Any, known: Mapping[Any, Known]) -> Any:
    if isinstance(value, (list, tuple)):
        return [_resolved(each, known) for each in value]
    return known.get(value) if _is_node(value) else value


def _flat(value: Any) -> list[Any]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [inner for each in value for inner in _flat(each)]
    return [value]


def _is_node(value: Any) -> bool:
    return type(value).__name__ == "Node" and hasattr(value, "op")


def _shape(node: Any) -> Shape:
    value = node.meta.get("val")
    return tuple(value.shape) if hasattr(value, "shape") else ()
