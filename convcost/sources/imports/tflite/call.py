"""One operation of a TensorFlow Lite file, and the register of what turns it into layers."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass

from convcost.errors import LayerError
from convcost.ops.base import Shape
from convcost.sources.imports.assembler import Assembler, Constant, Value
from convcost.sources.imports.handlers import registers
from convcost.sources.imports.layout import IMAGES, First, Layout, first, last
from convcost.sources.imports.movement import permute
from convcost.sources.imports.tflite.schema import INT32, INT64, Operator, Tensor

Known = Value | Constant
Result = Known | tuple[Known, ...]
_SIZES = {INT32: 4, INT64: 8}
_MOST_NUMBERS = 1 << 16


@dataclass(frozen=True, slots=True)
class Call:
    """One operation: what it takes, None where that is left out, the shapes that come out as the
    file has them, and the file's `tensors` that it takes.

    `turned` are tensors of a graph that were laid out another way already.
    """

    to: Assembler
    node: Operator
    inputs: Sequence[Known | None]
    tensors: Sequence[Tensor | None]
    shapes: Sequence[Shape]
    name: str
    turned: MutableMapping[tuple[object, bool], Value]

    @property
    def shape(self) -> Shape:
        """The shape of the first tensor that comes out."""
        return self.shapes[0]

    @property
    def op(self) -> str:
        """The operation's name, as convcost spells it."""
        return self.node.op.lower()

    def input(self, index: int) -> Known | None:
        """An input, None where it is left out."""
        return self.inputs[index] if index < len(self.inputs) else None

    def tensor(self, index: int) -> Tensor | None:
        """The file's tensor in that place."""
        return self.tensors[index] if index < len(self.tensors) else None

    def ints(self, index: int) -> list[int] | None:
        """The contents of an integer input, where the file has them."""
        tensor = self.tensor(index)
        size = _SIZES.get(tensor.type) if tensor else None
        if tensor is None or tensor.data is None or size is None:
            return None
        raw = bytes(tensor.data[: _MOST_NUMBERS * size])
        return [
            int.from_bytes(raw[at : at + size], "little", signed=True)
            for at in range(0, len(raw), size)
        ]

    def live(self, index: int) -> Value:
        """An input as it was laid out; a constant gets a layer of its own."""
        tensor = self.input(index)
        if isinstance(tensor, Constant):
            return self.to.constant(tensor, self.name)
        if tensor is None:
            raise LayerError(f"{self.op} without an input")
        return tensor

    def first(self, index: int) -> First:
        """An input with its channels first."""
        made = self._laid(index, True)
        assert isinstance(made, First)
        return made

    def last(self, index: int) -> Value:
        """An input as the file has it."""
        return self._laid(index, False)

    def _laid(self, index: int, is_first: bool) -> Value:
        value = self.live(index)
        if isinstance(value, First) == is_first:
            return value
        key = (value, is_first)
        if key not in self.turned:
            turn = first if is_first else last
            self.turned[key] = turn(self.to, value, f"{self.name}.turned")
        return self.turned[key]

    def layout(self) -> Layout:
        """How what it works on is laid out: as an image, where any of it is one."""
        rank = len(self.shape)
        is_image = any(isinstance(each, First) and len(each.shape) == rank for each in self.inputs)
        return Layout(rank in IMAGES and is_image, rank)

    def laid(self, layout: Layout, index: int) -> Value:
        """An input of the same number of dims, laid out so."""
        return self.first(index) if layout.is_first else self.last(index)

    def in_full(self, index: int, layout: Layout) -> Value:
        """An input with as many dims as what comes out, laid out so."""
        value = self.live(index)
        if isinstance(value, First) and layout.is_first:
            return value
        value = self.last(index)
        full = (1,) * (layout.rank - len(value.shape)) + value.shape
        shape = layout.laid(full)
        return permute(self.to, Value(value.index, full), layout.order, shape, self.name)

    def weight(self, index: int, order: Sequence[int]) -> Known:
        """An input that is a weight, its dims in another order; it must be there."""
        tensor = self.input(index)
        if tensor is None or len(tensor.shape) != len(order):
            raise LayerError(f"{self.op} without a weight of {len(order)} dims")
        shape = tuple(tensor.shape[dim] for dim in order)
        if isinstance(tensor, Constant):
            return Constant(shape, tensor.params)
        whole = last(self.to, tensor, self.name)
        shape = tuple(whole.shape[dim] for dim in order)
        return permute(self.to, whole, order, shape, self.name)


Handler = Callable[[Call], Result]
HANDLERS: dict[str, Handler] = {}
handles = registers(HANDLERS)
"""Registers the function below as what turns these operations into layers."""

SHAPE_ONLY = frozenset(("SHAPE", "RANK", "RANGE", "FILL", "ZEROS_LIKE"))
"""Operations whose result is about shapes, or does not depend on the network's input."""
WORK = frozenset(
    (
        "BATCH_MATMUL",
        "BIDIRECTIONAL_SEQUENCE_LSTM",
        "BIDIRECTIONAL_SEQUENCE_RNN",
        "CONV_2D",
        "CONV_3D",
        "CONV_3D_TRANSPOSE",
        "DEPTHWISE_CONV_2D",
        "FULLY_CONNECTED",
        "LSTM",
        "RNN",
        "SVDF",
        "TRANSPOSE_CONV",
        "UNIDIRECTIONAL_SEQUENCE_LSTM",
        "UNIDIRECTIONAL_SEQUENCE_RNN",
    )
)
"""Operations that multiply: they are counted even where all they work on is constant."""
