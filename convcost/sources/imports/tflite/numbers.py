"""The numbers of a TensorFlow Lite file's tensors: which are zero, and how many bits they have."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from math import prod
from typing import Any

from convcost.operands import Bits
from convcost.sources.imports.numbers import Seen, seen_in
from convcost.sources.imports.tflite.schema import Graph, Operator, Tensor

READ = {0: "<f4", 1: "<f2", 2: "<i4", 3: "<u1", 4: "<i8", 7: "<i2", 9: "<i1", 10: "<f8"}
"""How NumPy reads numbers of a type."""
_FLOAT32 = 0
_FOLLOWED = frozenset(("CAST", "DENSIFY", "DEQUANTIZE", "RESHAPE", "TRANSPOSE"))
_MOST_STEPS = 8
_OF_A_MATRIX = 2
_WEIGHTS = {"CONV_3D_TRANSPOSE": (2, 1), "TRANSPOSE_CONV": (2, 1)}
"""Where an operation takes its data and its weight, where not first and second."""


def seen_of(graph: Graph, names: Mapping[int, str]) -> dict[str, Seen]:
    """What the constants of a graph are like whose numbers are in the file, by name."""
    found: dict[str, Seen] = {}
    for at, name in names.items():
        tensor = graph.tensors[at]
        with suppress(ValueError):  # numbers that are not as many as their shape says
            if name not in found and (seen := _seen(tensor)):
                found[name] = seen
    return found


def _seen(tensor: Tensor) -> Seen | None:
    import numpy

    (point,) = tensor.points if len(tensor.points) == 1 else (0,)
    if tensor.data is None or len(tensor.points) > 1 or tensor.type not in READ:
        return None
    numbers = numpy.frombuffer(tensor.data, READ[tensor.type])
    there: Any = numbers != point
    size = prod(tensor.shape)
    if tensor.is_sparse:  # what is not kept is zero
        return Seen(size, size - int(there.sum()), size)
    there = there.reshape(tensor.shape)
    if there.ndim > _OF_A_MATRIX:
        there = numpy.moveaxis(there, -1, 1)
    return seen_in(there, int(there.sum()))


class Types:
    """The types of a graph's tensors, and what they are dequantised from."""

    def __init__(self, graph: Graph) -> None:
        self._tensors = graph.tensors
        self._before = {
            made: op.inputs[0]
            for op in graph.operators
            if op.op in _FOLLOWED and op.inputs
            for made in op.outputs
        }

    def _of(self, at: int) -> int | None:
        """Bits of a tensor, None where it is of plain floats."""
        for _ in range(_MOST_STEPS):
            tensor = self._tensors[at]
            if tensor.type != _FLOAT32 and tensor.sort.bits and tensor.is_float:
                return tensor.sort.bits
            if (at := self._before.get(at, -1)) < 0:
                return None
        return None

    def bits(self, op: Operator) -> Bits | None:
        """Bits of what an operation multiplies; None where all of it is plain."""
        data, weight = _WEIGHTS.get(op.op, (0, 1))
        if len(op.inputs) <= max(data, weight) or min(op.inputs[data], op.inputs[weight]) < 0:
            return None
        found = Bits(self._of(op.inputs[weight]), self._of(op.inputs[data]))
        return found if any(found) else None
