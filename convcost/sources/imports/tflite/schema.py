"""What a TensorFlow Lite file holds, as plain values: its graphs, operators and tensors.

The file is a flatbuffer, whose offsets may say anything and lead anywhere, again and again: what is
read is bounded by the length of the file.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

from convcost.errors import ConvcostError, UsageError
from convcost.network import MAX_LAYERS
from convcost.ops.base import MAX_DIGITS, MAX_DIMS, Shape
from convcost.sources.quota import Quota
from convcost.text import quote

LARGEST_DIM = 10**MAX_DIGITS
MOST_READ = 1 << 23
"""Entries of lists, characters of names and the like, in all of a file."""
_LEAST_READ = 1 << 16
_FIRST_WITH_DATA = 2
"""Offsets below it say that a buffer lies in the flatbuffer itself."""
_NEW_CODE = 10
"""Where a table of an operation's code has its number, by the schema."""
_BROKEN = "this is not a TensorFlow Lite model, or only a part of one"
_MALFORMED = (AttributeError, IndexError, OverflowError, TypeError, ValueError, struct.error)


class Sort(NamedTuple):
    """A type of numbers: how PyTorch spells it, and the bits of one."""

    name: str
    bits: int


SORTS: Mapping[int, Sort] = {
    0: Sort("float32", 32),
    1: Sort("float16", 16),
    2: Sort("int32", 32),
    3: Sort("uint8", 8),
    4: Sort("int64", 64),
    6: Sort("bool", 8),
    7: Sort("int16", 16),
    8: Sort("complex64", 64),
    9: Sort("int8", 8),
    10: Sort("float64", 64),
    11: Sort("complex128", 128),
    12: Sort("uint64", 64),
    15: Sort("uint32", 32),
    16: Sort("uint16", 16),
    17: Sort("int4", 4),
    18: Sort("bfloat16", 16),
    19: Sort("int2", 2),
    20: Sort("uint4", 4),
}
"""By the number of TensorFlow Lite's TensorType; texts, resources and variants are none."""
NO_SORT = Sort("unknown", 0)
FLOATS = frozenset((0, 1, 10, 18))
INT32, INT64 = 2, 4


class Tensor(NamedTuple):
    """A tensor of a graph: `signature` is its shape with -1 where it is open, `data` the bytes of
    its numbers where they are in the file, `points` what stands for zero where it is quantised."""

    name: str
    shape: Shape
    signature: Shape
    type: int
    buffer: int
    data: memoryview | None
    points: frozenset[int]
    is_variable: bool
    is_sparse: bool

    @property
    def sort(self) -> Sort:
        """The type of its numbers."""
        return SORTS.get(self.type, NO_SORT)

    @property
    def is_float(self) -> bool:
        """Whether its numbers are real ones, as they are or quantised."""
        return self.type in FLOATS or bool(self.points)


class Operator(NamedTuple):
    """An operation: its name, the numbers of the tensors that it takes and gives, -1 for one that
    is left out, and its options as the schema's class has them."""

    op: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Any = None

    def option(self, name: str, default: Any = 0) -> Any:
        """A number among its options, as the schema calls it; ConvcostError if it is broken."""
        read = getattr(self.options, name, None)
        try:
            return default if read is None else read()
        except _MALFORMED:
            raise ConvcostError(_BROKEN) from None

    @property
    def graphs(self) -> tuple[int, ...]:
        """The numbers of the graphs inside it: branches, bodies of loops."""
        return tuple(self.option(name) for name in _INSIDE if hasattr(self.options, name))


_INSIDE = (
    "ThenSubgraphIndex",
    "ElseSubgraphIndex",
    "CondSubgraphIndex",
    "BodySubgraphIndex",
    "DecompositionSubgraphIndex",
)


class Graph(NamedTuple):
    """A graph: its tensors, and the operators in the order in which they run."""

    name: str
    tensors: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


def graphs_in(raw: bytes) -> tuple[Graph, ...]:
    """The graphs of a file, the main one first.

    UsageError without the tflite package; ConvcostError for what is no such file, or lacks a part.
    """
    library = _library()
    quota = Quota("more than {most} entries are refused", _most(raw))
    try:
        return _Reader(library, raw, quota).graphs()
    except _MALFORMED:
        raise ConvcostError(_BROKEN) from None


def _most(raw: bytes) -> int:
    return min(MOST_READ, max(_LEAST_READ, len(raw)))


def _library() -> Any:
    try:
        import tflite
    except ImportError:
        raise UsageError(
            "reading TensorFlow Lite files needs the tflite package, which is not installed",
            hint="pip install tflite",
        ) from None
    return tflite


@cache
def _names(of: type) -> Mapping[int, str]:
    """The names of an enumeration of the schema, by number."""
    return {number: name for name, number in vars(of).items() if isinstance(number, int)}


class _Reader:
    """Reads one file, as far as the quota lasts."""

    def __init__(self, library: Any, raw: bytes, quota: Quota) -> None:
        self._library = library
        self._raw = raw
        self._quota = quota
        self._model = library.Model.GetRootAs(raw, 0)
        self._codes = [*self._each(self._model, "OperatorCodes", self._code)]
        self._buffers = [*self._each(self._model, "Buffers", self._buffer)]

    def graphs(self) -> tuple[Graph, ...]:
        found = tuple(self._each(self._model, "Subgraphs", self._graph))
        if not found or not found[0].operators:
            raise ConvcostError("this TensorFlow Lite model has no operations")
        return found

    def _each(self, of: Any, name: str, read: Callable[[Any], Any]) -> list[Any]:
        """What `read` makes of every entry of a list of tables."""
        length = getattr(of, f"{name}Length")()
        self._quota.spend(length)
        at = getattr(of, name)
        return [read(at(index)) for index in range(length)]

    def _numbers(self, of: Any, name: str) -> tuple[int, ...]:
        """The numbers of a list of integers."""
        length = getattr(of, f"{name}Length")()
        self._quota.spend(length)
        return tuple(getattr(of, f"{name}AsNumpy")().tolist()) if length else ()

    def _text(self, text: bytes | None) -> str:
        self._quota.spend(len(text or b""))
        return (text or b"").decode("utf-8", "replace")

    def _code(self, code: Any) -> str:
        """The name of an operation; of one that the schema does not know, its number."""
        number = max(code.DeprecatedBuiltinCode(), self._new_code(code))
        name = _names(self._library.BuiltinOperator).get(number, f"BUILTIN_{number}")
        own = self._text(code.CustomCode())
        return (own or name) if name == "CUSTOM" else name

    def _new_code(self, code: Any) -> int:
        """The number in the field that took the place of the deprecated one; the package's own
        method leaves out those that the old field can hold."""
        from flatbuffers.number_types import Int32Flags

        table = code._tab
        at = table.Offset(_NEW_CODE)
        return int(table.Get(Int32Flags, at + table.Pos)) if at else 0

    def _buffer(self, buffer: Any) -> memoryview | None:
        """Its bytes; None where there are none. Those of large files lie behind the flatbuffer."""
        if buffer.Offset() >= _FIRST_WITH_DATA:
            begin, end = buffer.Offset(), buffer.Offset() + buffer.Size()
            return memoryview(self._raw)[begin:end] if end <= len(self._raw) else None
        length = buffer.DataLength()
        return memoryview(buffer.DataAsNumpy()).cast("B") if length else None

    def _graph(self, graph: Any) -> Graph:
        tensors = tuple(self._each(graph, "Tensors", self._tensor))
        operators = tuple(self._each(graph, "Operators", self._operator))
        if len(operators) > MAX_LAYERS:
            raise ConvcostError(f"more than {MAX_LAYERS:,} operations are refused")
        inputs, outputs = self._numbers(graph, "Inputs"), self._numbers(graph, "Outputs")
        named = [
            *inputs,
            *outputs,
            *(each for op in operators for each in (*op.inputs, *op.outputs)),
        ]
        if not all(-1 <= each < len(tensors) for each in named):
            raise IndexError("a tensor that there is not")
        return Graph(self._text(graph.Name()), tensors, operators, inputs, outputs)

    def _tensor(self, tensor: Any) -> Tensor:
        name, shape = self._text(tensor.Name()), self._numbers(tensor, "Shape")
        if len(shape) > MAX_DIMS or any(not -1 <= size < LARGEST_DIM for size in shape):
            raise ConvcostError(f"the tensor {quote(name, 40)} has an impossible shape")
        quantised, number = tensor.Quantization(), tensor.Buffer()
        has_scale = quantised is not None and quantised.ScaleLength() > 0
        points = frozenset(self._numbers(quantised, "ZeroPoint") or (0,)) if has_scale else ()
        return Tensor(
            name,
            tuple(max(size, 1) if size < 0 else size for size in shape),
            self._numbers(tensor, "ShapeSignature") or shape,
            tensor.Type(),
            number,
            self._buffers[number] if number < len(self._buffers) else None,
            frozenset(points),
            bool(tensor.IsVariable()),
            tensor.Sparsity() is not None,
        )

    def _operator(self, operator: Any) -> Operator:
        inputs, outputs = (self._numbers(operator, name) for name in ("Inputs", "Outputs"))
        options = self._options(operator, "BuiltinOptions")
        options = options or self._options(operator, "BuiltinOptions2")
        return Operator(self._codes[operator.OpcodeIndex()], inputs, outputs, options)

    def _options(self, operator: Any, name: str) -> Any:
        """The options of an operation, as the schema's class for them."""
        kinds, number = getattr(self._library, name), getattr(operator, f"{name}Type")()
        table = getattr(operator, name)()
        if not number or table is None or number not in _names(kinds):
            return None
        options = getattr(self._library, _names(kinds)[number])()
        options.Init(table.Bytes, table.Pos)
        return options
