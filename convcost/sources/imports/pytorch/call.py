"""One operation of PyTorch's, and the register of what turns it into layers."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any, NamedTuple

from convcost.errors import LayerError
from convcost.ops.base import Shape
from convcost.sources.imports.assembler import Assembler, Constant, Value
from convcost.sources.imports.handlers import registers

Result = Value | Constant | tuple[Any, ...]


class Call(NamedTuple):
    """One operation: its arguments by name, and the shapes that come out."""

    to: Assembler
    op: str
    args: dict[str, Any]
    shapes: list[Shape]
    name: str

    @property
    def shape(self) -> Shape:
        """The shape of the first tensor that comes out."""
        return self.shapes[0]

    def arg(self, *names: str) -> Any:
        """The first of these arguments that the operation has; None if it has none of them."""
        args = self.args
        for name in names:
            if name in args:
                return args[name]
        return None

    def tensors(self) -> list[Value | Constant]:
        """Every tensor among the arguments, in order."""
        found: list[Value | Constant] = []
        for value in self.args.values():
            if isinstance(value, (Value, Constant)):
                found.append(value)
            elif isinstance(value, (list, tuple)):
                found += [each for each in value if isinstance(each, (Value, Constant))]
        return found

    def live(self, tensor: Any) -> Value:
        """A tensor as a layer's output; a constant gets a layer of its own."""
        if isinstance(tensor, Constant):
            return self.to.constant(tensor, self.name)
        if not isinstance(tensor, Value):
            raise LayerError(f"{self.op} of what is no tensor")
        return tensor

    @property
    def value(self) -> Value:
        """The tensor that it works on."""
        return self.live(self.arg("self", "input", "x", "query"))

    def same_size(self) -> bool:
        """Whether what comes out has the elements of what goes in."""
        tensors = self.tensors()
        return bool(tensors) and prod(tensors[0].shape) == prod(self.shape)


Handler = Callable[[Call], Result]
HANDLERS: dict[str, Handler] = {}
handles = registers(HANDLERS)
"""Registers the function below as what turns these operations into layers."""

SHAPE_ONLY = frozenset(
    (
        "new_zeros",
        "new_ones",
        "new_full",
        "new_empty",
        "zeros_like",
        "ones_like",
        "full_like",
        "empty_like",
        "rand_like",
        "randn_like",
    )
)
"""Operations whose result depends on their input's shape alone."""
WORK = frozenset(
    (
        "conv1d",
        "conv2d",
        "conv3d",
        "convolution",
        "conv_transpose1d",
        "conv_transpose2d",
        "conv_transpose3d",
        "linear",
        "addmm",
        "mm",
        "bmm",
        "grouped_mm",
        "matmul",
        "baddbmm",
        "addbmm",
        "einsum",
        "tensordot",
        "inner",
        "bilinear",
        "chain_matmul",
        "linalg_multi_dot",
        "scaled_dot_product_attention",
        "torchvision::deform_conv2d",
        "lstm",
        "gru",
        "rnn_tanh",
        "rnn_relu",
        "lstm_cell",
        "gru_cell",
        "rnn_tanh_cell",
        "rnn_relu_cell",
    )
)
"""Operations that multiply: they are counted even where all they work on is constant."""
