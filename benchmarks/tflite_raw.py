"""A TensorFlow Lite file counted without convcost and without the schema's classes: the layout of
its flatbuffer by hand, and a table of arithmetic."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from math import prod
from types import MappingProxyType
from typing import NamedTuple

ADD, CONCAT, CONV, DEPTHWISE, DEQUANTIZE, EMBEDDING, FULLY = 0, 2, 3, 4, 6, 7, 9
LSTM, MUL, RESHAPE, RNN, SVDF, CUSTOM, GATHER, TRANSPOSE = 16, 18, 22, 24, 27, 32, 36, 39
SUB, DIV, SEQUENCE_LSTM, SEQUENCE_RNN, CAST, PRELU, TRANSPOSE_CONV = 41, 42, 44, 35, 53, 54, 67
DENSIFY, MATMUL, CONV_3D, PACK = 124, 126, 132, 83
WEIGHTS = {
    **dict.fromkeys((CONV, DEPTHWISE, FULLY, CONV_3D), (1, 2)),
    TRANSPOSE_CONV: (1, 3),
    PRELU: (1,),
    GATHER: (0,),
    EMBEDDING: (1,),
    MATMUL: (0, 1),
    SVDF: (1, 2, 3),
    **dict.fromkeys((RNN, SEQUENCE_RNN), (1, 2, 3)),
    **dict.fromkeys((LSTM, SEQUENCE_LSTM), (*range(1, 18), *range(20, 24))),
}
"""Where operations have what was learned."""
BIASES = {**dict.fromkeys((CONV, DEPTHWISE, FULLY, CONV_3D), 2), TRANSPOSE_CONV: 3}
DATA = (ADD, SUB, MUL, CONCAT, PACK, CUSTOM)
"""Operations whose constants were learned where they are several numbers that are not all equal."""
THROUGH = (DEQUANTIZE, DENSIFY, RESHAPE, TRANSPOSE, CAST)
FLOATS = (0, 1, 10, 18)


class Counts(NamedTuple):
    """Parameters and multiply-adds."""

    params: int
    macs: int

    def __str__(self) -> str:
        return f"{self.params:,} params, {self.macs:,} MACs"


class Table(NamedTuple):
    """A table of the flatbuffer, which begins at `at`."""

    raw: bytes
    at: int

    def _int(self, at: int, form: str = "<i") -> int:
        return int(struct.unpack_from(form, self.raw, at)[0])

    def _place(self, field: int) -> int:
        """Where a field is; 0 if it is left out."""
        layout = self.at - self._int(self.at)
        place = 4 + 2 * field
        if place >= self._int(layout, "<H"):
            return 0
        offset = self._int(layout + place, "<H")
        return self.at + offset if offset else 0

    def number(self, field: int, form: str = "<i") -> int:
        """A number, 0 by default."""
        place = self._place(field)
        return self._int(place, form) if place else 0

    def table(self, field: int) -> Table | None:
        """A table inside."""
        place = self._place(field)
        return Table(self.raw, place + self._int(place, "<I")) if place else None

    def _list(self, field: int) -> tuple[int, int]:
        """Where a list begins, and how long it is."""
        place = self._place(field)
        if not place:
            return 0, 0
        begin = place + self._int(place, "<I")
        return begin + 4, self._int(begin, "<I")

    def numbers(self, field: int) -> list[int]:
        """A list of integers of 32 bits."""
        begin, length = self._list(field)
        return list(struct.unpack_from(f"<{length}i", self.raw, begin))

    def bytes(self, field: int) -> bytes:
        """A list of bytes."""
        begin, length = self._list(field)
        return self.raw[begin : begin + length]

    def tables(self, field: int) -> list[Table]:
        """A list of tables."""
        begin, length = self._list(field)
        places = [begin + 4 * at for at in range(length)]
        return [Table(self.raw, place + self._int(place, "<I")) for place in places]


class Tensor:
    """A tensor of a graph, and its numbers."""

    def __init__(self, table: Table, buffers: Sequence[Table]) -> None:
        self.shape = table.numbers(0)
        self.signature = table.numbers(7)
        self.type = table.number(1, "<b")
        self.buffer = table.number(2, "<I")
        scales = table.table(4)
        self.is_real = self.type in FLOATS or bool(scales and scales.bytes(2))
        self._buffer = buffers[self.buffer]

    @cached_property
    def data(self) -> bytes:
        """The bytes of its numbers; none where it is no constant."""
        begin, size = self._buffer.number(1, "<Q"), self._buffer.number(2, "<Q")
        return self._buffer.raw[begin : begin + size] if begin > 1 else self._buffer.bytes(0)

    @cached_property
    def is_uniform(self) -> bool:
        """Whether all of its numbers are equal."""
        size = len(self.data) // max(prod(self.shape), 1)
        return size > 0 and self.data == self.data[:size] * prod(self.shape)


class Operator(NamedTuple):
    """An operation by its number."""

    code: int
    inputs: list[int]
    outputs: list[int]


class Graph:
    """The main graph of a file, whose tensors have these `shapes` where they are open."""

    def __init__(self, raw: bytes, shapes: Mapping[int, list[int]] = MappingProxyType({})) -> None:
        model = Table(raw, struct.unpack_from("<I", raw)[0])
        codes = [max(each.number(0, "<b"), each.number(3)) for each in model.tables(1)]
        main, buffers = model.tables(2)[0], model.tables(4)
        self.tensors = [Tensor(each, buffers) for each in main.tables(0)]
        for at, tensor in enumerate(self.tensors):
            if at in shapes:
                tensor.shape, tensor.signature = shapes[at], []
        self.operators = [
            Operator(codes[each.number(0, "<I")], each.numbers(1), each.numbers(2))
            for each in main.tables(3)
        ]
        self._before = {op.outputs[0]: op for op in self.operators if op.code in THROUGH}
        batch = self.tensors[main.numbers(1)[0]].shape
        self.batch = batch[0] if len(batch) == 4 else 1

    @property
    def is_open(self) -> bool:
        """Whether only a run tells the size of some tensor."""
        return any(-1 in each.signature for each in self.tensors)

    def shape(self, at: int) -> list[int]:
        """The shape of a tensor."""
        return self.tensors[at].shape

    def source(self, at: int) -> Tensor | None:
        """The constant that a tensor is, turned or dequantised maybe."""
        while at in self._before:
            at = self._before[at].inputs[0]
        tensor = self.tensors[at] if at >= 0 else None
        return tensor if tensor and tensor.data else None

    def constants(self) -> Iterator[tuple[Operator, int, Tensor]]:
        """What operations take of constants, and in which place."""
        for op in self.operators:
            for place, at in enumerate(op.inputs):
                tensor = self.source(at)
                if tensor and op.code not in THROUGH:
                    yield op, place, tensor


def counted(graph: Graph) -> Counts:
    """The parameters and multiply-adds of a file's main graph, for one input."""
    return Counts(_params(graph), sum(_macs(graph, op) for op in graph.operators) // graph.batch)


def _params(graph: Graph) -> int:
    """Each buffer once. Zeros in a bias's place are none, beside biases that vary."""
    biases = [tensor for op, place, tensor in graph.constants() if BIASES.get(op.code) == place]
    idle = {each.buffer for each in biases if not any(each.data)}
    if not any(not each.is_uniform for each in biases):
        idle = set()
    found: dict[tuple[int, int], int] = {}
    for op, place, tensor in graph.constants():
        size = prod(tensor.shape)
        is_weight = place in WEIGHTS.get(op.code, ())
        is_data = op.code in DATA and tensor.is_real and size > 1 and not tensor.is_uniform
        if (is_weight and tensor.buffer not in idle) or is_data:
            found[tensor.buffer, size] = size
    return sum(found.values())


def _macs(graph: Graph, op: Operator) -> int:
    """Weights by the positions that they are applied at."""
    shapes = [graph.shape(at) if at >= 0 else [] for at in op.inputs]
    out = graph.shape(op.outputs[0]) if op.outputs else []
    if any(-1 in graph.tensors[at].signature[1:] for at in (*op.inputs, *op.outputs) if at >= 0):
        return 0  # known only when it runs
    match op.code:
        case 3 | 4 | 132:
            return prod(shapes[1]) * prod(out[:-1])
        case 67:
            return prod(shapes[1]) * prod(shapes[2][:-1])
        case 9:
            return prod(shapes[0]) * shapes[1][0]
        case 126:
            return prod(out) * max(_inner(shapes, out), 1)
        case 27:
            return prod(shapes[1]) + prod(shapes[2])
        case 16 | 24 | 35 | 44:
            weights = [shape for shape in shapes[1:17] if len(shape) == 2]
            return sum(map(prod, weights)) * prod(shapes[0][:-1])
    return 0


def _inner(shapes: Sequence[Sequence[int]], out: Sequence[int]) -> int:
    """What two matrices have in common: their sizes are rows x inner and inner x columns."""
    left, right = shapes[0], shapes[1]
    rows, columns = out[-2:]
    both = left[-2] * left[-1] // max(rows, 1)
    return both if both * columns == right[-2] * right[-1] else 0
