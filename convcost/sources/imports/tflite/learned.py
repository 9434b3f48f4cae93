"""Which tensors of a TensorFlow Lite file were learned: the rule is that of ONNX files, and a graph
is told in ONNX's words for it.

A tensor is known by the buffer that holds its numbers: one that several tensors share is one
parameter, in whichever graph.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import NamedTuple

from convcost.ops.base import Shape
from convcost.sources.imports.onnx.data import VARIED, ZEROS, describe, varies
from convcost.sources.imports.onnx.learned import learned_in
from convcost.sources.imports.tflite.call import WORK
from convcost.sources.imports.tflite.schema import Graph, Operator, Tensor

_FLOAT = 1
_TYPES = {0: _FLOAT, 1: 10, 2: 6, 3: 2, 4: 7, 7: 5, 9: 3, 10: 11, 17: 3, 18: 16, 19: 3, 20: 2}
"""ONNX's number of a type of ours; two numbers in a byte are looked at as one."""
_WIDE = (6, 7)
"""Integers of 32 and 64 bits, as ONNX numbers them, which may be biases."""
_WORDS: Mapping[str, tuple[str, tuple[int, ...]]] = {
    "ADD": ("Add", ()),
    "ADD_N": ("Sum", ()),
    "BATCH_MATMUL": ("MatMul", ()),
    "CAST": ("Cast", ()),
    "CONCATENATION": ("Concat", ()),
    "CONV_2D": ("Conv", ()),
    "CONV_3D": ("Conv", ()),
    "CONV_3D_TRANSPOSE": ("ConvTranspose", (2, 1, 3)),
    "COS": ("Cos", ()),
    "DENSIFY": ("Identity", ()),
    "DEPTHWISE_CONV_2D": ("Conv", ()),
    "DEQUANTIZE": ("DequantizeLinear", ()),
    "DIV": ("Div", ()),
    "EMBEDDING_LOOKUP": ("Gather", (1, 0)),
    "EXPAND_DIMS": ("Unsqueeze", ()),
    "FULLY_CONNECTED": ("Gemm", ()),
    "GATHER": ("Gather", ()),
    "MUL": ("Mul", ()),
    "PACK": ("Concat", ()),
    "PAD": ("Pad", ()),
    "PADV2": ("Pad", ()),
    "PRELU": ("PRelu", ()),
    "QUANTIZE": ("QuantizeLinear", ()),
    "RESHAPE": ("Reshape", ()),
    "RNN": ("RNN", ()),
    "SIN": ("Sin", ()),
    "SLICE": ("Slice", ()),
    "SOFTMAX": ("Softmax", ()),
    "SPLIT": ("Split", (1, 0)),
    "SPLIT_V": ("Split", ()),
    "SQUEEZE": ("Squeeze", ()),
    "STRIDED_SLICE": ("Slice", ()),
    "SUB": ("Sub", ()),
    "SVDF": ("RNN", ()),
    "TRANSPOSE": ("Transpose", ()),
    "TRANSPOSE_CONV": ("ConvTranspose", (2, 1, 3)),
    "UNIDIRECTIONAL_SEQUENCE_RNN": ("RNN", ()),
    "UNPACK": ("Split", ()),
    **dict.fromkeys(("BROADCAST_TO", "TILE"), ("Expand", ())),
    **dict.fromkeys(("MAXIMUM", "MINIMUM"), ("Clip", ())),
    **dict.fromkeys(("RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR"), ("Resize", ())),
    **dict.fromkeys(
        ("EQUAL", "NOT_EQUAL", "GREATER", "GREATER_EQUAL", "LESS", "LESS_EQUAL"), ("Equal", ())
    ),
}
"""ONNX's operation that takes its tensors for the same, and the order in which it has them."""
_ALL_WEIGHTS = frozenset(
    (
        "BIDIRECTIONAL_SEQUENCE_LSTM",
        "BIDIRECTIONAL_SEQUENCE_RNN",
        "LSTM",
        "UNIDIRECTIONAL_SEQUENCE_LSTM",
    )
)
"""Operations all of whose constants are weights."""
_BIASES = {
    **dict.fromkeys(("CONV_2D", "CONV_3D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"), 2),
    **dict.fromkeys(("TRANSPOSE_CONV", "CONV_3D_TRANSPOSE"), 3),
}
"""Where an operation has its bias."""


@dataclass(slots=True)
class _Node:
    """An operation as the rule looks at it."""

    op_type: str
    input: list[str]
    output: list[str]
    attribute: tuple[()] = ()


@dataclass(slots=True)
class _Tensor:
    """A constant as the rule looks at it; its numbers are there while they are described."""

    name: str
    dims: Shape
    data_type: int
    raw_data: bytes | memoryview = b""
    doc_string: str = ""
    int32_data: tuple[()] = ()
    float_data: tuple[()] = ()
    double_data: tuple[()] = ()


@dataclass(slots=True)
class _Graph:
    """A graph as the rule looks at it."""

    node: list[_Node]
    initializer: list[_Tensor]
    value_info: tuple[()] = ()


class Learned(NamedTuple):
    """The tensors that were learned, with their shapes; those of them of which nothing tells it;
    and zeros in a bias's place that a converter has put there."""

    params: dict[str, Shape]
    unsure: frozenset[str]
    idle: frozenset[str] = frozenset()


@dataclass(slots=True)
class Names:
    """What the constants of a file are called here: by their buffers, or else by themselves."""

    _by_buffer: dict[tuple[int, int], str] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)

    def of(self, graph: Graph) -> dict[int, str]:
        """The name of every tensor of a graph that no operation of it makes."""
        made = {each for op in graph.operators for each in op.outputs}
        return {
            at: self._name(tensor, at)
            for at, tensor in enumerate(graph.tensors)
            if at not in made and at not in graph.inputs and not tensor.is_variable
        }

    def _name(self, tensor: Tensor, at: int) -> str:
        name = tensor.name or f"tensor{at}"
        if name in self._taken and tensor.data is None:
            name = f"{name}_{at}"
        if tensor.data is not None:
            key = (tensor.buffer, prod(tensor.shape))
            if key not in self._by_buffer:
                self._by_buffer[key] = f"{name}_{at}" if name in self._taken else name
            name = self._by_buffer[key]
        self._taken.add(name)
        return name


def learned_of(graph: Graph, names: Mapping[int, str]) -> Learned:
    """What of a graph was learned, whose constants have these `names`."""
    variables = _never_assigned(graph)
    called = {**names, **{at: graph.tensors[at].name or f"tensor{at}" for at in variables}}
    held = _held(graph, called)
    view = _Graph([*_nodes(graph, called, variables)], [*held.values()])
    found = learned_in(view, "")
    biases = {called[at] for at in _biases(graph) if at in called}
    zeros = {name for name in biases if name in held and held[name].doc_string == ZEROS}
    if any(varies(held[name]) for name in biases - zeros if name in held):
        kept = {name: shape for name, shape in found.params.items() if name not in zeros}
        return Learned(kept, found.unsure - zeros, frozenset(zeros))
    return Learned(found.params, found.unsure | (zeros & found.params.keys()))


def _biases(graph: Graph) -> Iterator[int]:
    """The tensors that stand in a bias's place, or are turned into what does."""
    before = {op.outputs[:1]: op.inputs for op in graph.operators if op.op == "DEQUANTIZE"}
    for op in graph.operators:
        place = _BIASES.get(op.op, len(op.inputs))
        yield from before.get(op.inputs[place : place + 1], op.inputs[place : place + 1])


def _never_assigned(graph: Graph) -> set[int]:
    """The tensors that are read of variables which nothing in the graph writes: weights that are
    kept so."""
    written = any(op.op == "ASSIGN_VARIABLE" for op in graph.operators)
    read = (op for op in graph.operators if op.op == "READ_VARIABLE" and not written)
    return {at for op in read for at in op.outputs if at >= 0}


def _held(graph: Graph, called: Mapping[int, str]) -> dict[str, _Tensor]:
    """The constants, each with a word on its numbers."""
    weights = {at for op in graph.operators if op.op in WORK for at in _in_order(op)[1]}
    found: dict[str, _Tensor] = {}
    for at, name in called.items():
        tensor = graph.tensors[at]
        if name in found or tensor.type not in _TYPES:
            continue
        held = _Tensor(name, tensor.shape, _TYPES[tensor.type], tensor.data or b"")
        describe(held)
        if held.data_type in _WIDE and tensor.data is not None:
            held.doc_string = VARIED if bytes(tensor.data).strip(b"\0") else ZEROS
        held.raw_data = b""
        if tensor.is_float or at in weights:  # integers that stand for real numbers
            held.data_type = _FLOAT
        found[name] = held
    return found


def _nodes(graph: Graph, called: Mapping[int, str], left: set[int]) -> Iterator[_Node]:
    """The operations in ONNX's words, but for what reads the tensors that are `left`."""

    def name(at: int) -> str:
        return "" if at < 0 else called.get(at, f"#{at}")

    for op in graph.operators:
        if left.intersection(op.outputs):
            continue
        word, taken = _in_order(op)
        if op.op in _ALL_WEIGHTS:
            yield from (_Node("PRelu", ["", name(at)], []) for at in op.inputs[1:] if at in called)
            taken = op.inputs[:1]
        yield _Node(word, [name(at) for at in taken], [name(at) for at in op.outputs])


def _in_order(op: Operator) -> tuple[str, Sequence[int]]:
    """ONNX's word for an operation, and what it takes in the order that it has there."""
    word, order = _WORDS.get(op.op, (op.op, ()))
    if not order:
        return word, op.inputs
    return word, [op.inputs[at] if at < len(op.inputs) else -1 for at in order]
