"""One node of an ONNX graph, and the register of what turns it into layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

from convcost.errors import LayerError
from convcost.ops.base import Shape
from convcost.sources.imports.assembler import Assembler, Constant, Value
from convcost.sources.imports.handlers import registers

Known = Value | Constant
Result = Known | tuple[Known, ...]
INT64, INT32 = 7, 6


@dataclass(frozen=True, slots=True)
class Call:
    """One node: its inputs, the shapes that come out, and numbers that are known beforehand."""

    to: Assembler
    node: Any
    inputs: list[Known | None]
    shapes: list[Shape]
    name: str
    numbers: Mapping[str, Any]

    @property
    def shape(self) -> Shape:
        """The shape of the first tensor that comes out."""
        return self.shapes[0]

    @property
    def op(self) -> str:
        """The operation's name, as convcost spells it."""
        name: str = self.node.op_type
        return name.lower()

    def attribute(self, name: str, default: Any = None) -> Any:
        """An attribute as plain Python."""
        return attributes_of(self.node).get(name, default)

    def input(self, index: int) -> Known | None:
        """An input, None where it is left out."""
        return self.inputs[index] if index < len(self.inputs) else None

    def ints(self, index: int) -> list[int] | None:
        """The contents of an integer input, where the file has them."""
        if index >= len(self.node.input) or not self.node.input[index]:
            return None
        return integers(self.numbers.get(self.node.input[index]))

    def is_zero(self, index: int) -> bool:
        """Whether the file shows an input to be nothing but zeros."""
        tensor = self.numbers.get(self.node.input[index])
        if tensor is None or isinstance(tensor, list):
            return False
        if tensor.raw_data:
            return not tensor.raw_data.strip(b"\0")
        found = tensor.float_data or tensor.double_data or tensor.int32_data
        return len(found) == _product(tensor.dims) and not any(found)

    def live(self, tensor: Known | None) -> Value:
        """A tensor as a layer's output; a constant gets a layer of its own."""
        if isinstance(tensor, Constant):
            return self.to.constant(tensor, self.name)
        if tensor is None:
            raise LayerError(f"{self.op} without an input")
        return tensor

    @property
    def value(self) -> Value:
        """The tensor that it works on."""
        return self.live(self.input(0))

    @property
    def weight(self) -> Known:
        """The weight, which must be there."""
        tensor = self.input(1)
        if tensor is None:
            raise LayerError(f"{self.op} without a weight")
        return tensor


def attributes_of(node: Any) -> dict[str, Any]:
    """The attributes of a node as plain Python: numbers, texts, tuples of integers."""
    found: dict[str, Any] = {}
    for each in node.attribute:
        if each.ints or each.type == 7:
            found.setdefault(text_of(each.name), tuple(each.ints))
        else:
            plain = {1: each.f, 2: each.i, 3: each.s.decode("utf-8", "replace")}
            found.setdefault(text_of(each.name), plain.get(each.type))
    return found


def integers(tensor: Any) -> list[int] | None:
    """The contents of a tensor of integers, where it has them."""
    if isinstance(tensor, list):
        return tensor
    if tensor is None or tensor.data_type not in (INT64, INT32):
        return None
    if tensor.raw_data:
        size = 8 if tensor.data_type == INT64 else 4
        raw = tensor.raw_data
        return [
            int.from_bytes(raw[at : at + size], "little", signed=True)
            for at in range(0, len(raw), size)
        ]
    found = [int(each) for each in tensor.int64_data or tensor.int32_data]
    return found if len(found) == _product(tensor.dims) else None


def text_of(value: str | bytes) -> str:
    """A text of the file; what is not UTF-8, which protobuf gives as bytes, is replaced."""
    return value if isinstance(value, str) else value.decode("utf-8", "replace")


def _product(dims: Any) -> int:
    return prod(int(size) for size in dims)


Handler = Callable[[Call], Result]
HANDLERS: dict[str, Handler] = {}
handles = registers(HANDLERS)
"""Registers the function below as what turns these operations into layers."""

SHAPE_ONLY = frozenset(("Shape", "Size", "ConstantOfShape", "Range", "NonZero", "EyeLike"))
"""Operations whose result is about shapes, or does not depend on the network's input."""
WORK = frozenset(
    (
        "Attention",
        "CausalConvWithState",
        "Conv",
        "ConvInteger",
        "ConvTranspose",
        "DeformConv",
        "DynamicQuantizeLSTM",
        "DynamicQuantizeMatMul",
        "Einsum",
        "FusedConv",
        "FusedGemm",
        "FusedMatMul",
        "GRU",
        "Gemm",
        "LSTM",
        "LinearAttention",
        "MatMul",
        "MatMulInteger",
        "MatMulIntegerToFloat",
        "MatMulNBits",
        "MultiHeadAttention",
        "QGemm",
        "QLinearConv",
        "QLinearMatMul",
        "RNN",
        "TransposeMatMul",
    )
)
"""Operations that multiply: they are counted even where all they work on is constant."""
