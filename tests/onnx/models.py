"""ONNX models, built node by node; weights are shapes without data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from onnx import TensorProto, helper

from convcost import evaluate
from convcost.cost import Report
from convcost.sources import SpecFile, code

RUNTIME = "com.microsoft"


def weight(name: str, *shape: int, external: str = "") -> Any:
    """A weight whose data is not there, or said to be in the file `external`."""
    tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=shape)
    if external:
        tensor.data_location = TensorProto.EXTERNAL
        entry = tensor.external_data.add()
        entry.key, entry.value = "location", external
    return tensor


def numbers(name: str, *values: int) -> Any:
    """A tensor of integers, such as a shape."""
    return helper.make_tensor(name, TensorProto.INT64, [len(values)], values)


def model(
    nodes: Sequence[Any],
    weights: Sequence[Any],
    shape: Sequence[int | str | None] = (1, 3, 8, 8),
    opset: int = 17,
    functions: Sequence[Any] = (),
) -> Any:
    """A model from x to y."""
    graph = helper.make_graph(
        list(nodes),
        "graph",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        list(weights),
    )
    imports = [helper.make_opsetid("", opset), helper.make_opsetid("own", 1)]
    return helper.make_model(graph, opset_imports=imports, functions=list(functions))


def saved(folder: Path, made: Any) -> str:
    """The path of the model in a file."""
    path = folder / "model.onnx"
    path.write_bytes(made.SerializeToString())
    return str(path)


def counted(
    folder: Path,
    nodes: Sequence[Any],
    weights: Sequence[Any],
    shape: Sequence[int],
    opset: int = 23,
) -> Report:
    """What nodes from x to y cost, all of which is understood."""
    made = model(nodes, weights, shape, opset)
    made.opset_import.add(domain=RUNTIME, version=1)
    report = evaluate(code.read_code(SpecFile(saved(folder, made))))
    assert not report.status
    return report


node = helper.make_node
