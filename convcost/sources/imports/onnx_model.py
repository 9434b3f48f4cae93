"""An ONNX file as a network. Nothing in it is run, and external data is never read.

Weights need not be there: their shapes are in the file. Shapes in between come from ONNX's own
shape inference, which gets the graph without the weights.
"""

from __future__ import annotations

import os
import re
from functools import partial
from typing import Any

from convcost.errors import ConvcostError, Place, SpecError, UsageError
from convcost.ops.base import MAX_DIGITS, MAX_DIMS, Shape
from convcost.sources.imports.assembler import Imported
from convcost.sources.imports.isolated import isolated
from convcost.sources.imports.onnx_bounds import graphs_in, refuse_long_shapes, refuse_too_many
from convcost.sources.imports.onnx_call import text_of
from convcost.sources.yaml.files import file_bytes
from convcost.text import quote

LARGEST_FILE = 1 << 30
SMALL = 4096
"""Bytes of a tensor that may be a shape rather than weights."""
LARGEST_DIM = 10**MAX_DIGITS


def import_onnx(path: str, shape: Shape | None = None, root: str = "") -> Imported:
    """The network in the ONNX file `path`.

    `shape` is the input without its batch, for a file that leaves it open; `root` as for
    `file_bytes`. UsageError without
    the onnx package; SpecError for a file that is not a sane ONNX model of one input.
    """
    onnx = _onnx()
    model = _parsed(onnx, path, root)
    try:
        graph = _prepared(onnx, model, shape)
        from convcost.sources.imports.onnx_graph import network_of

        return network_of(graph, _stem(path))
    except ConvcostError as error:
        raise SpecError(*error.at(Place(path))) from None


def _onnx() -> Any:
    try:
        import onnx
    except ImportError:
        raise UsageError(
            "reading ONNX files needs the onnx package, which is not installed",
            hint='pip install "convcost[onnx]"',
        ) from None
    return onnx


def _stem(path: str) -> str:
    name = os.path.basename(path).removesuffix(".onnx")
    return re.sub(r"[^\w.-]+", "-", name) or "network"


def _parsed(onnx: Any, path: str, root: str) -> Any:
    raw = file_bytes(path, LARGEST_FILE, root)
    model = onnx.ModelProto()
    try:
        model.ParseFromString(raw)
    except Exception:  # protobuf's errors differ by its backend
        raise SpecError(
            "this is not an ONNX model, or only a part of one", place=Place(path)
        ) from None
    if not model.graph.node:
        raise SpecError("this ONNX model has no operations", place=Place(path))
    return model


def _prepared(onnx: Any, model: Any, shape: Shape | None) -> Any:
    """The model's graph with functions put in place and every shape that can be known."""
    for nodes in (model.graph.node, *(function.node for function in model.functions)):
        _forget_constants(onnx, nodes)
    for tensor in model.graph.initializer:
        _forget_data(onnx, tensor)
    refuse_too_many(model)
    if model.functions:
        from onnx.inliner import inline_local_functions

        work = partial(inline_local_functions, model)
        placed = isolated("its functions cannot be put in place", work)
        model = onnx.ModelProto.FromString(placed)
    _set_input(model, shape)
    refuse_long_shapes(model.graph)
    try:
        infer = partial(onnx.shape_inference.infer_shapes, model, data_prop=True)
        return onnx.ModelProto.FromString(isolated("ONNX's shape inference fails", infer)).graph
    except ConvcostError as error:
        hint = "onnx.checker.check_model tells more"
        raise ConvcostError(quote(str(error), 200), hint=hint) from None


def _forget_constants(onnx: Any, nodes: Any) -> None:
    """Drop the data of constants, also in branches and bodies of loops."""
    for node in nodes:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                _forget_data(onnx, attribute.t)
        for graph in graphs_in(node):
            for tensor in graph.initializer:
                _forget_data(onnx, tensor)
            _forget_constants(onnx, graph.node)


def _forget_data(onnx: Any, tensor: Any) -> None:
    """Drop a tensor's data, unless it is small enough to be a shape; nothing outside is named."""
    if tensor.data_location == onnx.TensorProto.EXTERNAL or tensor.ByteSize() > SMALL:
        for name in (
            "raw_data",
            "float_data",
            "int32_data",
            "int64_data",
            "double_data",
            "uint64_data",
            "string_data",
            "external_data",
        ):
            tensor.ClearField(name)
        tensor.ClearField("data_location")
    if len(tensor.dims) > MAX_DIMS or any(not 0 <= dim < LARGEST_DIM for dim in tensor.dims):
        raise ConvcostError(f"the tensor {quote(text_of(tensor.name))} has an impossible shape")


def _set_input(model: Any, shape: Shape | None) -> None:
    """Give the one input a shape of numbers: a batch of 1, and `shape` where that is given."""
    weights = {tensor.name for tensor in model.graph.initializer}
    inputs = [each for each in model.graph.input if each.name not in weights]
    if len(inputs) != 1:
        names = ", ".join(quote(text_of(each.name), 20) for each in inputs[:5]) or "none"
        raise ConvcostError(f"a network has one input, and this has {len(inputs)}: {names}")
    if not inputs[0].type.HasField("tensor_type"):
        raise ConvcostError("its input is no tensor")
    tensor = inputs[0].type.tensor_type
    dims = tensor.shape.dim
    if shape is not None:
        if tensor.HasField("shape") and len(dims) not in (len(shape), len(shape) + 1):
            raise ConvcostError(f"its input has {len(dims)} dims with the batch")
        whole = shape if tensor.HasField("shape") and len(dims) == len(shape) else (1, *shape)
        del dims[:]
        for size in whole:
            dims.add().dim_value = size
        _open_outputs(model)
    elif dims and not dims[0].dim_value:
        dims[0].ClearField("dim_param")
        dims[0].dim_value = 1
        _open_outputs(model)
    if not dims or any(not 0 < dim.dim_value < LARGEST_DIM for dim in dims):
        raise ConvcostError(
            "its input has no shape of plain numbers",
            hint="give --input, channels first and without the batch: --input 3x224x224",
        )


def _open_outputs(model: Any) -> None:
    """Forget the shapes that the file states, which were for another input."""
    del model.graph.value_info[:]
    for each in model.graph.output:
        each.type.tensor_type.ClearField("shape")
