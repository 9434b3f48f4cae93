"""The shapes of a TensorFlow Lite graph's tensors where the file leaves some of them open.

It has a size of 1 wherever one is open, be it of 16 windows in the place of a batch. The graph is
walked in order, each shape follows from those before, and arithmetic on shapes is folded. A tensor
whose numbers are not known is an array of its shape that takes no memory, so that what moves
elements about is done to it as to any other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from convcost.errors import ConvcostError
from convcost.ops.base import MAX_DIMS, Shape, format_shape
from convcost.sources.imports.folding import LARGEST, Array, folded
from convcost.sources.imports.tflite.kept import name_of
from convcost.sources.imports.tflite.numbers import READ
from convcost.sources.imports.tflite.schema import LARGEST_DIM, Graph, Operator, Tensor
from convcost.sources.imports.tflite.shape_rules import SHAPES, VIEWS, Node
from convcost.text import quote

_FOLDED = {
    "ABS": "Abs",
    "ADD": "Add",
    "CEIL": "Ceil",
    "CONCATENATION": "Concat",
    "DIV": "Div",
    "FLOOR": "Floor",
    "FLOOR_DIV": "Div",  # sizes are not negative
    "FLOOR_MOD": "Mod",
    "GATHER": "Gather",
    "MAXIMUM": "Max",
    "MINIMUM": "Min",
    "MUL": "Mul",
    "NEG": "Neg",
    "RANGE": "Range",
    "REDUCE_MAX": "ReduceMax",
    "REDUCE_MIN": "ReduceMin",
    "REDUCE_PROD": "ReduceProd",
    "ROUND": "Round",
    "SELECT": "Where",
    "SELECT_V2": "Where",
    "SUB": "Sub",
    "SUM": "ReduceSum",
}
"""ONNX's operation that does the same to numbers that are known."""
_WRONG = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class _Seen(NamedTuple):
    """A tensor as an array; its contents are its numbers where these are `known`."""

    array: Array
    known: bool


def resized(graph: Graph, shapes: Mapping[int, Shape]) -> Graph:
    """The graph for inputs of these `shapes`, by their numbers: each tensor with its own shape, and
    with its numbers where they follow from shapes alone.

    With `shapes` ConvcostError that names the operation of which nothing tells what comes out.
    Without any, inputs are as in the file, and what nothing tells stays as it is there, or is open.
    """
    tensors = [*graph.tensors]
    for at, shape in shapes.items():
        tensors[at] = _closed(tensors[at], _Seen(_stand_in(shape), False))
    seen: dict[int, _Seen] = {}
    for op in graph.operators:
        seen |= {at: _read(tensors[at]) for at in op.inputs if at >= 0 and at not in seen}
        outputs = [at for at in op.outputs if at >= 0]
        stated = [graph.tensors[at] for at in outputs]
        made = _made(op, [seen.get(at) for at in op.inputs], stated)
        if made is not None:
            found = [*map(_closed, stated, made)]
        else:
            is_as_stated = all(
                at < 0 or seen[at].array.shape == graph.tensors[at].shape for at in op.inputs
            )
            found = stated if is_as_stated else [*map(_opened, stated)]
            made = [_Seen(_stand_in(each.shape), False) for each in stated]
        if shapes and any(-1 in each.signature[1:] for each in found):
            raise ConvcostError(
                f"nothing tells what {quote(name_of(graph, op), 60)} ({quote(op.op, 40)}) makes of "
                "such an input",
                hint="convert the network with sizes that are fixed",
            )
        for at, tensor, each in zip(outputs, found, made, strict=True):
            tensors[at], seen[at] = tensor, each
    return graph._replace(tensors=tuple(tensors))


def _opened(tensor: Tensor) -> Tensor:
    """A tensor of whose sizes nothing is known."""
    return tensor._replace(signature=(-1,) * len(tensor.shape))


def _made(
    op: Operator, taken: Sequence[_Seen | None], outputs: Sequence[Tensor]
) -> list[_Seen] | None:
    """What comes out of an operation; None where no rule tells."""
    made = _followed(op, taken, outputs)
    is_sane = made is not None and len(made) == len(outputs) and all(map(_is_sane, made))
    return made if is_sane else None


def _followed(
    op: Operator, taken: Sequence[_Seen | None], outputs: Sequence[Tensor]
) -> list[_Seen] | None:
    arrays = [None if each is None else each.array for each in taken]
    known = [each is None or each.known for each in taken]
    node = Node(op, arrays, known, outputs)
    try:
        if op.op == "SHAPE":
            return [_Seen(_numbers(node, node.shape(0)), True)]
        if all(known) and (values := _folded(node)):
            return [_Seen(each, True) for each in values]
        if rule := VIEWS.get(op.op):
            moved = rule.move(node)
            is_known = known[rule.at] and all(map(_is_small, moved))
            return [_Seen(each, is_known) for each in moved]
        if follow := SHAPES.get(op.op):
            return [_Seen(_stand_in(shape), False) for shape in follow(node)]
    except _WRONG:
        return None
    return None


def _folded(node: Node) -> Sequence[Array] | None:
    """The numbers that an operation makes of known ones."""
    import numpy

    op = node.op
    if op.op == "CAST":
        return [node.arrays[0].astype(READ[node.outputs[0].type])]
    if op.op == "PACK":
        return [numpy.stack(node.arrays, op.option("Axis"))] if len(node.arrays) < LARGEST else None
    if op.op == "UNSORTED_SEGMENT_PROD":
        numbers, places, count = node.arrays
        products = numpy.ones((min(int(count), LARGEST), *numbers.shape[1:]), numbers.dtype)
        numpy.multiply.at(products, places, numbers)
        return [products]
    attributes = {"axis": op.option("Axis"), "keepdims": op.option("KeepDims")}
    return folded(_FOLDED.get(op.op, ""), node.arrays, attributes)


def _read(tensor: Tensor) -> _Seen:
    """A tensor that no operation has made: its numbers, where they may be about shapes."""
    import numpy

    raw = b"" if 0 in tensor.shape else tensor.data
    if raw is not None and tensor.type in READ and not tensor.points and len(raw) <= LARGEST * 8:
        with suppress(ValueError):  # numbers that are not as many as their shape says
            return _Seen(numpy.frombuffer(raw, READ[tensor.type]).reshape(tensor.shape), True)
    return _Seen(_stand_in(tensor.shape), False)


def _closed(tensor: Tensor, seen: _Seen) -> Tensor:
    """A tensor as it was found to be."""
    shape = tuple(seen.array.shape)
    data = tensor.data
    if seen.known and tensor.type in READ:
        data = memoryview(seen.array.astype(READ[tensor.type]).tobytes())
    return tensor._replace(shape=shape, signature=shape, data=data)


def _numbers(node: Node, values: Shape) -> Array:
    import numpy

    return numpy.array(values, READ[node.outputs[0].type])


def _stand_in(shape: Shape) -> Array:
    """An array of a shape which takes no memory, and has no numbers that mean anything.

    ConvcostError for one that NumPy does not count the elements of.
    """
    import numpy

    try:
        return numpy.broadcast_to(numpy.int8(0), shape)
    except ValueError:
        raise ConvcostError(f"a tensor of {format_shape(shape)} is too large") from None


def _is_small(array: Array) -> bool:
    return bool(array.size <= LARGEST)


def _is_sane(seen: _Seen) -> bool:
    shape = seen.array.shape
    return len(shape) <= MAX_DIMS and all(size < LARGEST_DIM for size in shape)
