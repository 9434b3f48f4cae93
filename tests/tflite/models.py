"""TensorFlow Lite models, built operator by operator with the flatbuffers' own builder."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

import flatbuffers
import tflite

from convcost.network import Network
from convcost.sources import SpecFile, code

FLOAT32, FLOAT16, INT32, UINT8, INT64, INT16, INT8, INT4 = 0, 1, 2, 3, 4, 7, 9, 17
_BYTES = {FLOAT32: 4, FLOAT16: 2, INT32: 4, INT64: 8, INT16: 2, INT4: 0.5}
_FORMATS = {FLOAT32: "f", FLOAT16: "e", INT32: "i", INT64: "q", INT16: "h", INT8: "b", UINT8: "B"}


class Tensor(NamedTuple):
    """A tensor: without `data` it is made by an operator, or its numbers are not there."""

    name: str
    shape: Sequence[int]
    type: int = FLOAT32
    data: bytes | None = None
    scale: float = 0.0
    point: int = 0
    signature: Sequence[int] = ()
    is_variable: bool = False
    is_sparse: bool = False


class Operator(NamedTuple):
    """An operator by TensorFlow Lite's name, or a custom one; `options` are its fields as the
    schema's class calls them, which is `table` where the name does not tell."""

    op: str
    inputs: Sequence[str]
    outputs: Sequence[str]
    options: Mapping[str, int] = {}
    table: str = ""


class Graph(NamedTuple):
    """Tensors by their names, and operators in order."""

    tensors: Sequence[Tensor]
    operators: Sequence[Operator]
    inputs: Sequence[str]
    outputs: Sequence[str]
    name: str = "main"


def varied(name: str, *shape: int, type: int = FLOAT32, **more: Any) -> Tensor:  # noqa: A002 - as in the schema
    """A constant whose numbers vary, as those of trained weights do."""
    if type == INT4:
        return Tensor(name, shape, type, bytes(range(1, -(-prod(shape) // 2) + 1)), **more)
    start = sum(map(ord, name))  # no two are equal, which a file would hold once
    values = [(at * 7 + start) % 120 + 1 for at in range(prod(shape))]
    return Tensor(
        name, shape, type, struct.pack(f"<{len(values)}{_FORMATS[type]}", *values), **more
    )


def zeros(name: str, *shape: int, type: int = FLOAT32, **more: Any) -> Tensor:  # noqa: A002 - as in the schema
    """A constant of zeros."""
    return Tensor(name, shape, type, bytes(int(prod(shape) * _BYTES.get(type, 1))), **more)


def ints(name: str, *values: int, shape: Sequence[int] = ()) -> Tensor:
    """A constant of sizes."""
    packed = struct.pack(f"<{len(values)}i", *values)
    return Tensor(name, shape or (len(values),), INT32, packed)


def model(*graphs: Graph) -> bytes:
    """A file of these graphs, the main one first."""
    return _Writer().model(graphs)


def parted(*graphs: Graph) -> tuple[bytes, bytes]:
    """The same with its numbers behind the flatbuffer, as files of more than 2 GB have them: the
    flatbuffer, and what stands behind it."""
    whole = len(_Writer(behind=1 << 40).model(graphs))
    writer = _Writer(behind=whole)
    made = writer.model(graphs)
    assert len(made) == whole
    return made, b"".join(map(_padded, writer.buffers))


def simple(
    operators: Sequence[Operator], tensors: Sequence[Tensor], shape: Sequence[int] = (1, 8, 8, 3)
) -> bytes:
    """A file of one graph from x, of that shape, to y, which must be among the tensors."""
    return model(Graph([Tensor("x", shape), *tensors], operators, ["x"], ["y"]))


def saved(folder: Path, raw: bytes) -> str:
    """The path of the model in a file."""
    path = folder / "model.tflite"
    path.write_bytes(raw)
    return str(path)


def read(folder: Path, raw: bytes) -> Network:
    """What the file holds."""
    return code.read_code(SpecFile(saved(folder, raw)))


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 16)


class _Writer:
    """Writes a file; where buffers stand `behind` it, the first of them there."""

    def __init__(self, behind: int = 0) -> None:
        self.behind = behind
        self.builder = flatbuffers.Builder(1024)
        self.buffers: list[bytes] = [b""]
        self.codes: list[str] = []

    def model(self, graphs: Sequence[Graph]) -> bytes:
        builder = self.builder
        made = self.tables([self.graph(each) for each in graphs])
        buffers = self.tables([self.buffer(each) for each in self.buffers])
        codes = self.tables([self.code(each) for each in self.codes])
        builder.Finish(
            self.table("Model", Version=3, Subgraphs=made, Buffers=buffers, OperatorCodes=codes),
            b"TFL3",
        )
        return bytes(builder.Output())

    def graph(self, graph: Graph) -> int:
        names = [each.name for each in graph.tensors]
        places = {name: at for at, name in enumerate(names)} | {"": -1}

        def numbers(of: Sequence[str]) -> int:
            return self.numbers([places[name] for name in of])

        tensors = self.tables([self.tensor(each) for each in graph.tensors])
        operators = self.tables(
            [
                self.operator(each, numbers(each.inputs), numbers(each.outputs))
                for each in graph.operators
            ]
        )
        return self.table(
            "SubGraph",
            Tensors=tensors,
            Operators=operators,
            Inputs=numbers(graph.inputs),
            Outputs=numbers(graph.outputs),
            Name=self.builder.CreateString(graph.name),
        )

    def tensor(self, tensor: Tensor) -> int:
        fields: dict[str, int] = {
            "Shape": self.numbers(tensor.shape),
            "Type": tensor.type,
            "Name": self.builder.CreateString(tensor.name),
            "IsVariable": tensor.is_variable,
        }
        if tensor.signature:
            fields["ShapeSignature"] = self.numbers(tensor.signature)
        if tensor.is_sparse:
            fields["Sparsity"] = self.table("SparsityParameters")
        if tensor.scale:
            fields["Quantization"] = self.table(
                "QuantizationParameters",
                Scale=self.builder.CreateNumpyVector(_array([tensor.scale], "<f4")),
                ZeroPoint=self.builder.CreateNumpyVector(_array([tensor.point], "<i8")),
            )
        if tensor.data is not None:
            if tensor.data not in self.buffers:
                self.buffers.append(tensor.data)
            fields["Buffer"] = self.buffers.index(tensor.data)
        return self.table("Tensor", **fields)

    def operator(self, operator: Operator, inputs: int, outputs: int) -> int:
        if operator.op not in self.codes:
            self.codes.append(operator.op)
        fields = {"OpcodeIndex": self.codes.index(operator.op), "Inputs": inputs}
        if operator.table:
            fields["BuiltinOptions"] = self.table(operator.table, **operator.options)
            fields["BuiltinOptionsType"] = getattr(tflite.BuiltinOptions, operator.table)
        return self.table("Operator", Outputs=outputs, **fields)

    def code(self, op: str) -> int:
        number = getattr(tflite.BuiltinOperator, op, None)
        if number is None:
            own = self.builder.CreateString(op)
            custom = tflite.BuiltinOperator.CUSTOM
            return self.table("OperatorCode", BuiltinCode=custom, CustomCode=own)
        old = min(number, 127)
        return self.table("OperatorCode", BuiltinCode=number, DeprecatedBuiltinCode=old)

    def buffer(self, data: bytes) -> int:
        if self.behind and data:
            start, self.behind = self.behind, self.behind + len(_padded(data))
            return self.table("Buffer", Offset=start, Size=len(data))
        return self.table(
            "Buffer", **({"Data": self.builder.CreateByteVector(data)} if data else {})
        )

    def numbers(self, values: Sequence[int]) -> int:
        return int(self.builder.CreateNumpyVector(_array(values, "<i4")))

    def tables(self, offsets: Sequence[int]) -> int:
        self.builder.StartVector(4, len(offsets), 4)
        for offset in reversed(offsets):
            self.builder.PrependUOffsetTRelative(offset)
        return int(self.builder.EndVector())

    def table(self, name: str, **fields: int) -> int:
        """A table of the schema with these fields."""
        getattr(tflite, f"{name}Start")(self.builder)
        for field, value in fields.items():
            getattr(tflite, f"{name}Add{field}")(self.builder, value)
        return int(getattr(tflite, f"{name}End")(self.builder))


def _array(values: Sequence[float], dtype: str) -> Any:
    import numpy

    return numpy.asarray(values, dtype)


CONV = {"StrideH": 1, "StrideW": 1, "DilationHFactor": 1, "DilationWFactor": 1}
SAME, VALID = 0, 1


def conv(
    inputs: Sequence[str],
    output: str,
    op: str = "CONV_2D",
    table: str = "Conv2DOptions",
    **more: int,
) -> Operator:
    """A convolution, with stride 1 and `same` padding where nothing else is said."""
    return Operator(op, inputs, [output], CONV | {"Padding": SAME} | more, table)
