"""An ONNX file as a network. Nothing in it is run, and external data is never read.

Weights need not be there: their shapes are in the file. Shapes in between come from ONNX's own
shape inference, which gets the graph without the weights.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from convcost.errors import ConvcostError, Place, SpecError, UsageError
from convcost.network import Input
from convcost.ops.base import MAX_DIMS
from convcost.sources.imports.assembler import Imported
from convcost.sources.imports.isolated import isolated
from convcost.sources.imports.numbers import Seen
from convcost.sources.imports.onnx.batch import batch_of, doubts, refuse_misfits, take_out
from convcost.sources.imports.onnx.bounds import (
    graphs_in,
    refuse_long_shapes,
    refuse_many_branches,
    refuse_too_many,
)
from convcost.sources.imports.onnx.call import text_of
from convcost.sources.imports.onnx.data import describe
from convcost.sources.imports.onnx.inputs import LARGEST_DIM, inputs_of, is_open, set_inputs
from convcost.sources.imports.onnx.quantised import seen_of
from convcost.sources.imports.onnx.shapes import NOTE, completed, is_complete
from convcost.sources.teaching import NO_RULES, Rules
from convcost.sources.yaml.files import file_bytes
from convcost.text import quote

LARGEST_FILE = 1 << 30
SMALL = 4096
"""Bytes of a tensor that may be a shape rather than weights."""
SMALL_ZEROS = 1 << 20
"""Bytes of one that may be the state that a recurrent layer starts from."""
_SMALLER = "save its weights as external data, which is never read: onnx.save tells how"
_POINTER = b"version https://git-lfs"


def import_file(
    path: str,
    inputs: tuple[Input, ...] = (),
    root: str = "",
    rules: Rules = NO_RULES,
    raw: bytes | None = None,
) -> Imported:
    """As for `Importer`: UsageError without the onnx package, SpecError for a file that is not a
    sane ONNX model, or that has no such inputs, and for rules that fail."""
    onnx = _onnx()
    try:
        if raw is None:
            raw = file_bytes(path, LARGEST_FILE, root, _SMALLER)
        # Each form of the model takes the place of the one before: some take hundreds of MiB.
        model = _parsed(onnx, path, raw)
        network = partial(_network, _stem(path), rules, seen_of(model.graph))
        raw, batch, notes = _prepared(onnx, model, inputs)
        del model
        if batch == 1:
            return network(_inferred(onnx, raw), notes)
        try:
            of_one = _inferred(onnx, raw, batch)
            refuse_misfits(of_one.graph)
            said = f"its batch of {batch} is taken out; counts are for one input"
            return network(of_one, [*notes, said])
        except ConvcostError:
            said = f"counts are for its whole batch of {batch}: one input alone cannot be followed"
            return network(_inferred(onnx, raw), [*notes, said])
    except ConvcostError as error:
        raise SpecError(*error.at(Place(path))) from None


def _network(
    name: str, rules: Rules, seen: Mapping[str, Seen], model: Any, notes: Sequence[str]
) -> Imported:
    from convcost.sources.imports.onnx.graph import network_of

    made = network_of(model.graph, name, rules, text_of(model.producer_name), seen)
    more = (text_of(each.value) for each in model.metadata_props if each.key == NOTE)
    every = (*notes, *made.network.notes, *more)
    network = made.network._replace(inputs=inputs_of(model.graph), notes=every)
    return made._replace(network=network)


def needs_input(path: str, root: str = "") -> bool:
    """As for `Importer`."""
    try:
        return is_open(_parsed(_onnx(), path, file_bytes(path, LARGEST_FILE, root)))
    except ConvcostError:
        return True


def _onnx() -> Any:
    try:
        import onnx
    except ImportError:
        raise UsageError(
            "reading ONNX files needs the onnx package, which is not installed",
            hint="pip install onnx",
        ) from None
    return onnx


def _stem(path: str) -> str:
    name = os.path.basename(path).removesuffix(".onnx")
    return re.sub(r"[^\w.-]+", "-", name) or "network"


def _parsed(onnx: Any, path: str, raw: bytes) -> Any:
    if raw.startswith(_POINTER):
        hint = '"git lfs pull" fetches that; in older commits it is not there to be compared with'
        raise SpecError("Git LFS keeps this file elsewhere", place=Place(path), hint=hint)
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


def _prepared(onnx: Any, model: Any, inputs: tuple[Input, ...]) -> tuple[bytes, int, list[str]]:
    """The model with its functions put in place and its inputs set, the batch that these have, and
    what to know of them.

    It is serialized: as objects of Python, operations take twelve times as much memory.
    """
    del model.metadata_props[:]
    for nodes in (model.graph.node, *(function.node for function in model.functions)):
        _forget_constants(onnx, nodes)
    for tensor in model.graph.initializer:
        _forget_data(onnx, tensor)
    refuse_too_many(model)
    if model.functions:
        from onnx.inliner import inline_local_functions

        placed = isolated(
            "its functions cannot be put in place",
            lambda: _serialized(inline_local_functions(model)),
        )
        model = onnx.ModelProto.FromString(placed)
    notes = list(set_inputs(model, inputs))
    batch = batch_of(model.graph)
    if batch == 1 and not inputs:
        notes += doubts(model.graph)
    refuse_long_shapes(model.graph)
    refuse_many_branches(model.graph)
    return model.SerializeToString(), batch, notes


def _inferred(onnx: Any, raw: bytes, batch: int = 1) -> Any:
    """The model with every shape that can be known, without the `batch` of its inputs."""
    try:
        work = partial(_with_shapes, onnx, raw, batch)
        shaped = isolated("its shapes cannot be followed", lambda: _serialized(work()))
        return onnx.ModelProto.FromString(shaped)
    except ConvcostError as error:
        hint = "onnx.checker.check_model tells more"
        raise ConvcostError(quote(str(error), 200), hint=hint) from None


def _serialized(model: Any) -> bytes:
    made: bytes = model.SerializeToString()
    return made


def _with_shapes(onnx: Any, raw: bytes, batch: int) -> Any:
    if batch > 1:
        model = onnx.ModelProto.FromString(raw)
        take_out(model, batch)
        raw = model.SerializeToString()
    made = onnx.shape_inference.infer_shapes(raw, data_prop=True)
    return made if is_complete(made.graph) else completed(onnx, made)


def _forget_constants(onnx: Any, nodes: Any) -> None:
    """Drop the data of constants, also in branches and bodies of loops, and what is written about
    operations, where `shapes` says which are idle."""
    for node in nodes:
        node.ClearField("doc_string")
        for attribute in node.attribute:
            if attribute.HasField("t"):
                _forget_data(onnx, attribute.t)
        for graph in graphs_in(node):
            for tensor in graph.initializer:
                _forget_data(onnx, tensor)
            _forget_constants(onnx, graph.node)


def _forget_data(onnx: Any, tensor: Any) -> None:
    """Drop a tensor's data, unless it is small enough to be a shape; nothing outside is named."""
    describe(tensor)
    is_zero = not tensor.raw_data.strip(b"\0") if tensor.raw_data[:1] == b"\0" else False
    most = SMALL_ZEROS if is_zero else SMALL
    if tensor.data_location == onnx.TensorProto.EXTERNAL or tensor.ByteSize() > most:
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
