"""Which tensors of an ONNX graph were learned: those in a weight's place of an operation, and those
that are added, multiplied or joined to the data.

A file does not say it. What a tensor is there for is followed from where it is used, backwards
through all that is worked out before any input is there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from math import prod
from typing import Any, NamedTuple

from convcost.ops.base import Shape
from convcost.sources.imports.onnx.call import SHAPE_ONLY, WORK, text_of
from convcost.sources.imports.onnx.data import (
    BYTES,
    FLOATS,
    MASK,
    ONES,
    UNIFORM,
    ZEROS,
    digest,
    varies,
)
from convcost.sources.imports.onnx.merged import doubles
from convcost.sources.imports.onnx.names import (
    is_called_mask,
    is_made,
    is_of_pytorch,
    may_be_param,
    scales_of,
)
from convcost.sources.imports.onnx.places import MOVING, NEVER, PLACES, For
from convcost.sources.imports.onnx.shapes import shape_in


class Learned(NamedTuple):
    """The tensors that were learned, with their shapes; those of them of which nothing tells it;
    others that are some of them again; and those of them that may be several (see `doubles`)."""

    params: dict[str, Shape]
    unsure: frozenset[str]
    again: Mapping[str, str]
    doubles: frozenset[str] = frozenset()


_PASSED_ON = For.KERNEL | For.SCORES | For.ANGLE
"""What a tensor of the data may be there for, and so what is added to it or multiplied with it."""
_TAKEN = For.WEIGHT | For.DATA
_ARITHMETIC = frozenset(("Add", "Concat", "Div", "Mul", "Sub"))
_TENSORS = {
    **dict.fromkeys(("DequantizeLinear", "QuantizeLinear"), slice(1)),
    **dict.fromkeys(("QLinearAdd", "QLinearMul"), slice(0, 4, 3)),
}
"""Where operations on integers take tensors; what is between them says what these stand for."""


def learned_in(graph: Any, producer: str, told: Collection[str] = ()) -> Learned:
    """What of a graph, whose loops are in place, was learned; `producer` is who wrote the file.
    Of the tensors `told` it is known that each is one.

    Names say more in files of PyTorch, which keep those of parameters and buffers.
    """
    made = {
        node.output[0]: attribute.t
        for node in graph.node
        if node.op_type == "Constant" and node.output
        for attribute in node.attribute
        if attribute.HasField("t")
    } | _filled(graph)
    held = {tensor.name: tensor for tensor in graph.initializer}
    is_pytorch = is_of_pytorch(producer, held)
    if is_pytorch:
        held |= _merged(held, graph.node)
    constant = _constant({*made, *held}, graph.node)
    uses, used = _uses(graph.node, constant, held.keys())
    unused = held.keys() - used
    uses.update(dict.fromkeys(unused, For.DATA))
    tensors = {**made, **held}
    for name in told:
        uses[name] &= ~For.AGAIN
    judge = _Judge(is_pytorch, uses, _trained(graph.node, tensors))
    again = _turned(held) if is_pytorch else {}
    scales = scales_of(held)
    params: dict[str, Shape] = {}
    unsure = set()
    for name, tensor in tensors.items():
        if name in again or name in scales:
            continue
        answer = judge.was_learned(name, tensor, name in held)
        if answer is None and name in unused and tensor.doc_string in UNIFORM:
            continue  # what an exporter has made, and left
        if answer is not False:
            params[text_of(name)] = tuple(tensor.dims) or (1,)
        if answer is None and name not in unused:
            unsure.add(text_of(name))
    stand_ins = doubles(held, graph.node) & params.keys() if is_pytorch else frozenset()
    return Learned(params, frozenset(unsure), again, stand_ins)


def _filled(graph: Any) -> dict[str, Any]:
    """Floating tensors that one number fills, of sizes that are known, as if the file held them:
    files that are to be small have weights so."""
    types = {each.name: each.type for each in graph.value_info}
    made = {}
    for node in graph.node:
        if node.op_type != "ConstantOfShape" or not node.output:
            continue
        from onnx import TensorProto

        name = node.output[0]
        if name in types and (shape := shape_in(types[name])) is not None:
            given = [each.t for each in node.attribute if each.HasField("t")]
            sort = types[name].tensor_type.elem_type
            like = given[0].doc_string if given else ZEROS
            made[name] = TensorProto(name=name, data_type=sort, dims=shape, doc_string=like)
    return made


def _merged(held: Mapping[str, Any], nodes: Iterable[Any]) -> dict[str, Any]:
    """Parameters, all of whose numbers are equal, that PyTorch's exporter has put in place of each
    other: new norms and biases. Others that stand for each other are one that is tied."""
    return {
        node.output[0]: held[node.input[0]]
        for node in nodes
        if node.op_type == "Identity"
        and node.input[0] in held
        and held[node.input[0]].doc_string in UNIFORM
        and not is_made(node.output[0])
    }


def _turned(held: Mapping[str, Any]) -> dict[str, str]:
    """By its name each matrix that PyTorch's exporter has turned, and the parameter that it is: one
    that is tied stands in the file as it was, too."""
    own = {
        digest(tensor): text_of(name)
        for name, tensor in held.items()
        if digest(tensor) and "." in text_of(name)
    }
    return {
        name: own[digest(tensor)]
        for name, tensor in held.items()
        if digest(tensor) in own and "." not in text_of(name)
    }


def _constant(known: Collection[str], nodes: Iterable[Any]) -> set[str]:
    """The tensors that do not depend on any input."""
    constant = set(known)
    for node in nodes:
        names = taken_by(node)
        if node.op_type in (*SHAPE_ONLY, "Constant") or (
            node.op_type not in WORK and all(not name or name in constant for name in names)
        ):
            constant.update(node.output)
    return constant


def _uses(
    nodes: Iterable[Any], constant: Collection[str], held: AbstractSet[str]
) -> tuple[dict[str, For], set[str]]:
    """What each constant tensor is there for, and all that some operation takes; what is `held`
    stands for itself, whatever it is made of."""
    uses: dict[str, For] = defaultdict(lambda: For.NOTHING)
    used: set[str] = set()
    for node in reversed(list(nodes)):
        used.update(node.input)
        if node.output and all(name in constant for name in node.output if name):
            wanted = For.NOTHING
            for name in node.output:
                wanted |= uses[name]
            if held.isdisjoint(node.output):
                _pass_back(node, wanted, uses)
            else:
                uses[node.input[0]] |= wanted & ~For.AGAIN
            continue
        if node.output and (passed := _passed_on(node) & uses[node.output[0]]):
            for name in node.input[_TENSORS.get(node.op_type, slice(None))]:
                uses[name] |= passed
        places = PLACES.get(node.op_type)
        other = For.NOTHING if node.op_type in NEVER or places else For.UNSURE
        for place, name in enumerate(node.input):
            use = (places or {}).get(place, other)
            if use and (name in constant or use & _PASSED_ON):
                _use(uses, name, use if name in constant else use & _PASSED_ON)
    return uses, used


def _use(uses: dict[str, For], name: str, use: For) -> None:
    """One more use of a tensor."""
    again = use & _TAKEN and uses[name] & _TAKEN
    uses[name] |= use | For.AGAIN if again else use


def _passed_on(node: Any) -> For:
    """What the tensors of an operation are there for, if what it gives is."""
    if node.op_type in MOVING or node.op_type in _ARITHMETIC or node.op_type in _TENSORS:
        return _PASSED_ON
    return For.ANGLE if node.op_type in ("Einsum", "MatMul") else For.NOTHING


def _trained(nodes: Iterable[Any], tensors: Mapping[str, Any]) -> set[str]:
    """The tensors of norms that are new no more: some of their numbers, or statistics, vary."""
    found: set[str] = set()
    for node in nodes:
        places = PLACES.get(node.op_type, {})
        own = [
            name for at, name in enumerate(node.input) if For.NORM in places.get(at, For.NOTHING)
        ]
        if any(name in tensors and varies(tensors[name]) for name in own):
            found.update(own)
    return found


def _pass_back(node: Any, wanted: For, uses: dict[str, For]) -> None:
    """What a constant is there for, so are those that it is made of."""
    if node.op_type in ("Cos", "Sin"):
        wanted |= For.ANGLE
    if node.op_type == "DequantizeLinear" and node.input:
        _use(uses, node.input[0], wanted | For.QUANTISED)
    elif node.op_type in MOVING and node.input:
        _use(uses, node.input[0], wanted)
    elif node.op_type in ("Expand", "Tile", "Resize") and node.input:
        _use(uses, node.input[0], wanted & ~For.WHOLE)
    elif node.op_type not in SHAPE_ONLY:
        for name in node.input:
            _use(uses, name, wanted & ~For.WHOLE)


def taken_by(node: Any) -> Any:
    """The tensors whose numbers an operation takes: of that which another is cast like, none."""
    return node.input[:1] if node.op_type == "CastLike" else node.input


class _Judge(NamedTuple):
    """Says of a tensor whether it was learned."""

    is_pytorch: bool
    uses: dict[str, For]
    trained: Collection[str]

    def was_learned(self, name: str, tensor: Any, is_held: bool) -> bool | None:
        """Whether it was learned, None if nothing tells: of equal numbers that several operations
        take, not whether they are one parameter, or several that were put in place of each other.
        """
        found = self._was_learned(name, tensor, is_held)
        is_open = For.AGAIN in self.uses.get(name, For.NOTHING) and tensor.doc_string in UNIFORM
        return None if found and is_open else found

    def _was_learned(self, name: str, tensor: Any, is_held: bool) -> bool | None:
        use, size = self.uses.get(name, For.NOTHING), prod(tensor.dims)
        is_quantised = For.QUANTISED in use or (For.WEIGHT in use and tensor.data_type in BYTES)
        if tensor.data_type not in FLOATS and not (is_quantised and tensor.dims):
            return False
        is_named = self.is_pytorch and is_held and not is_made(name)
        if size == 0 or (size == 1 and not is_named and not self._is_weight(use, tensor)):
            return False
        is_row = prod(tensor.dims) == max(tensor.dims, default=1)  # as biases and scales are
        if For.ANGLE in use and is_row and not is_named:
            return False  # the frequencies of rotary embeddings, or places
        if For.WEIGHT in use or For.KERNEL in use:
            is_state = For.FIRST in use and tensor.doc_string == ZEROS
            return is_named or not (is_state or self._is_plain_norm(use, tensor, name, is_held))
        if For.DATA in use:
            return self._is_data(tensor, name, is_named, is_row)
        if For.DIVISOR in use:
            return is_named
        return None if For.UNSURE in use and tensor.doc_string not in (*UNIFORM, MASK) else False

    def _is_weight(self, use: For, tensor: Any) -> bool:
        return (For.WEIGHT | For.WHOLE) in use and bool(tensor.dims)

    def _is_plain_norm(self, use: For, tensor: Any, name: str, is_held: bool) -> bool:
        """Whether it is ones or zeros that stand for a norm without weights."""
        if For.NORM not in use or tensor.doc_string not in (ONES, ZEROS):
            return False
        is_unnamed = is_made(name) or (not is_held and "." not in text_of(name))
        return is_unnamed or name in self.trained

    def _is_data(self, tensor: Any, name: str, is_named: bool, is_row: bool) -> bool | None:
        if tensor.doc_string == MASK:
            return False
        if tensor.doc_string in UNIFORM:
            return is_named or (self.is_pytorch and is_row and may_be_param(name))
        if not tensor.doc_string and is_called_mask(name):
            return False
        use, is_folded = self.uses[name], self.is_pytorch and not is_named
        if For.SCORES in use and (is_folded or not tensor.doc_string):
            return None  # a mask, or offsets of attention, learned or made of what was
        if For.FACTOR in use and is_folded and not is_row:
            return None  # such as cosines of places
        return True if tensor.doc_string or is_named or is_row else None
