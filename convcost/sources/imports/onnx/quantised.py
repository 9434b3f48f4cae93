"""The numbers of an ONNX file's tensors: which are zero, and of how many bits they are.

Zeros are looked for before the data is forgotten. In a quantised tensor, what stands for zero is
its zero point.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from convcost.operands import Bits
from convcost.sources.imports.numbers import Seen, seen_in
from convcost.sources.imports.onnx.call import INT32, INT64, attributes_of, text_of
from convcost.sources.imports.onnx.data import FLOATS

_BITS = {
    **dict.fromkeys((2, 3, 17, 18, 19, 20), 8),
    **dict.fromkeys((4, 5), 16),
    **dict.fromkeys((21, 22, 23), 4),
    **dict.fromkeys((25, 26), 2),
}
"""Bits of what numbers are quantised to, by TensorProto's data type: (u)int8 and float8, (u)int16,
(u)int4 and float4, (u)int2."""
_NUMBERS = frozenset((*FLOATS, INT32, INT64))
_INTEGERS: dict[str, tuple[tuple[int, int], ...]] = {
    **dict.fromkeys(("QLinearConv", "QGemm"), ((3, 5),)),
    **dict.fromkeys(("ConvInteger", "MatMulInteger", "DynamicQuantizeMatMul"), ((1, 3),)),
    "QLinearMatMul": ((0, 2), (3, 5)),
    "MatMulIntegerToFloat": ((1, 5),),
    "DynamicQuantizeLSTM": ((2, 11), (1, 9)),
}
"""Operations that multiply integers of 8 bits: which of their inputs may be constant, each with its
zero point; the weight comes last."""
_PLACES = {**_INTEGERS, "DequantizeLinear": ((0, 2),)}


def seen_of(graph: Any) -> dict[str, Seen]:
    """What the constant tensors of a graph are like whose numbers are in the file, by name."""
    from onnx.numpy_helper import to_array

    held = dict(_held(graph))
    points = {
        node.input[at]: node.input[zero] if zero < len(node.input) else ""
        for node in graph.node
        for at, zero in _PLACES.get(node.op_type, ())
        if at < len(node.input)
    }
    found: dict[str, Seen] = {}
    for name, tensor in held.items():
        point = held.get(points.get(name, ""))
        is_plain = name in points if tensor.data_type in _BITS else tensor.data_type in _NUMBERS
        if tensor.data_location or not is_plain or (points.get(name) and point is None):
            continue
        with suppress(Exception):  # numbers that are not as many as their shape says
            zero = [0] if point is None else to_array(point).reshape(-1)
            if all(each == zero[0] for each in zero):
                there = to_array(tensor) != zero[0]
                found[text_of(name)] = seen_in(there, int(there.sum()))
    return found


def _held(graph: Any) -> Iterator[tuple[str, Any]]:
    for tensor in graph.initializer:
        yield tensor.name, tensor
    for node in graph.node:
        for attribute in node.attribute:
            if node.op_type == "Constant" and node.output and attribute.HasField("t"):
                yield node.output[0], attribute.t


class Types:
    """The data types of a graph's tensors, and what they are dequantised from."""

    def __init__(self, graph: Any) -> None:
        self._types = {
            each.name: each.type.tensor_type.elem_type
            for each in (*graph.input, *graph.value_info, *graph.output)
        }
        self._types |= {name: tensor.data_type for name, tensor in _held(graph)}
        self._before = {
            name: node.input[0]
            for node in graph.node
            if node.op_type in ("DequantizeLinear", "Reshape", "Transpose") and node.input
            for name in node.output
        }

    def of(self, name: str) -> int | None:
        """Bits of a tensor, None where it is not quantised."""
        for _ in range(_MOST_STEPS):
            if (bits := _BITS.get(self._types.get(name, 0))) or name not in self._before:
                return bits
            name = self._before[name]
        return None

    def bits(self, node: Any) -> Bits | None:
        """Bits of what an operation multiplies; None where nothing of it is quantised."""
        if node.op_type == "MatMulNBits":
            return Bits(attributes_of(node).get("bits", 4))
        if len(node.input) < 2:
            return None
        *_, (weight, _) = _INTEGERS.get(node.op_type, ((1, 0),))
        activations = self.of(node.input[0]) or (8 if node.op_type in _INTEGERS else None)
        found = Bits(self.of(node.input[weight]), activations)
        return found if any(found) else None


_MOST_STEPS = 8
