"""The batch that an ONNX model was exported with, taken out: counts are for one input."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod
from typing import Any

from convcost.errors import ConvcostError
from convcost.ops.base import MAX_DIMS, format_shape
from convcost.sources.imports.onnx.call import INT64, integers, text_of
from convcost.sources.imports.onnx.inputs import given_to, open_outputs
from convcost.text import command_line, quote

PER_INPUT = frozenset(
    (
        "AveragePool",
        "BatchNormalization",
        "Conv",
        "ConvInteger",
        "ConvTranspose",
        "DepthToSpace",
        "GlobalAveragePool",
        "GlobalMaxPool",
        "GroupNormalization",
        "InstanceNormalization",
        "MaxPool",
        "QLinearConv",
        "SpaceToDepth",
    )
)
"""Operations whose first tensor has a batch in front, by their definition in ONNX."""
_MOST_TOLD = 5
_OF_ROWS = {"Gemm": 0, "MatMul": 0, "Gather": 1}
"""Which tensor of an operation is a batch of vectors or of words, where it has two dims."""
_KEEPING = frozenset(
    (
        "Add",
        "Cast",
        "Clip",
        "DequantizeLinear",
        "Div",
        "DynamicQuantizeLinear",
        "Identity",
        "LeakyRelu",
        "Mul",
        "Pad",
        "QuantizeLinear",
        "Relu",
        "Resize",
        "Sigmoid",
        "Sub",
        "Tanh",
    )
)
"""Operations that leave in front what their first tensor has there."""


def batch_of(graph: Any) -> int:
    """The batch of a graph's inputs: what stands in front of one that reaches an operation which
    says so. 1 where nothing tells: it may be steps."""
    shapes = _shapes(given_to(graph))
    for node in graph.node:
        shape = shapes.get(node.input[0]) if node.input else None
        if shape and node.op_type in PER_INPUT:
            return shape[0]
        place = _OF_ROWS.get(node.op_type, len(node.input))
        rows = shapes.get(node.input[place], []) if place < len(node.input) else []
        if len(rows) == 2 and 1 not in rows:
            return rows[0]
        if shape and _keeps(node):
            shapes.update(dict.fromkeys(node.output, shape))
    return 1


def doubts(graph: Any) -> list[str]:
    """What to know of the first few inputs that may have a batch in front, where nothing tells."""
    shapes = _shapes(given_to(graph)[:_MOST_TOLD])
    return [
        f"the {shape[0]} in front of its input {_word(name)} may be a batch; counts are for all: "
        f"{_example(name, shape[1:])} is one of them"
        for name, shape in shapes.items()
        if len(shape) > 1 and shape[0] > 1 and 1 not in shape[1:]
    ]


def _example(name: str | bytes, sizes: Sequence[int]) -> str:
    return command_line(("--input", f"{text_of(name)}={format_shape(tuple(sizes))}"))


def take_out(model: Any, batch: int) -> None:
    """Set the batch of a model's inputs to 1, and that in shapes which tensors are put into."""
    graph = model.graph
    for each in given_to(graph):
        dims = each.type.tensor_type.shape.dim
        if dims and dims[0].dim_value == batch:
            dims[0].dim_value = 1
    open_outputs(model)
    known = {tensor.name: integers(tensor) for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant" and node.output:
            known[node.output[0]] = _held(node)
        elif node.op_type == "Concat" and node.output:
            known[node.output[0]] = _joined([known.get(name) for name in node.input])
        elif node.op_type in ("Reshape", "Expand") and len(node.input) > 1:
            sizes = known.get(node.input[1])
            if sizes and sizes[0] == batch:
                node.input[1] = _added(graph, f"{node.input[1]}.of_one", [1, *sizes[1:]])


def refuse_misfits(graph: Any) -> None:
    """ConvcostError if a tensor is put into a shape of another size; inference passes over that."""
    shapes = _shapes((*graph.input, *graph.value_info, *graph.output))
    for node in graph.node:
        if node.op_type == "Reshape" and node.input and node.output:
            before, after = (shapes.get(name) for name in (node.input[0], node.output[0]))
            if before and after and prod(before) != prod(after):
                raise ConvcostError(f"{before} does not go into {after}")


def _held(node: Any) -> list[int] | None:
    """The integers of a constant."""
    for each in node.attribute:
        if each.HasField("t"):
            return integers(each.t)
        if each.name in ("value_int", "value_ints"):
            return list(each.ints) or [each.i]
    return None


def _joined(parts: list[list[int] | None]) -> list[int] | None:
    """What sizes that stand one behind the other come to, where all are known and few."""
    found = [size for part in parts for size in part or ()]
    return found if all(parts) and len(found) <= MAX_DIMS else None


def _added(graph: Any, name: str, sizes: list[int]) -> str:
    """The name of a new constant of the graph."""
    graph.initializer.add(name=name, data_type=INT64, dims=[len(sizes)], int64_data=sizes)
    return name


def _shapes(infos: Iterable[Any]) -> dict[str, list[int]]:
    return {each.name: [dim.dim_value for dim in each.type.tensor_type.shape.dim] for each in infos}


def _word(name: str | bytes) -> str:
    return quote(text_of(name), 40)


def _keeps(node: Any) -> bool:
    if node.op_type == "Transpose":
        return any(each.name == "perm" and list(each.ints[:1]) == [0] for each in node.attribute)
    return node.op_type in _KEEPING
