"""The inputs of an ONNX model: what was given for them, and a batch of 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcost.errors import ConvcostError
from convcost.network import Input
from convcost.ops.base import MAX_DIGITS, Shape
from convcost.sources.imports.onnx.call import text_of
from convcost.sources.inputs import by_name, format_input
from convcost.text import command_line, quote

LARGEST_DIM = 10**MAX_DIGITS
DTYPES = {
    1: "float32",
    2: "uint8",
    3: "int8",
    5: "int16",
    6: "int32",
    7: "int64",
    9: "bool",
    10: "float16",
    11: "float64",
    16: "bfloat16",
}
"""TensorProto's element types, as PyTorch spells them."""


def given_to(graph: Any) -> list[Any]:
    """The inputs of a graph that are no weights."""
    weights = {tensor.name for tensor in graph.initializer}
    return [each for each in graph.input if each.name not in weights]


def inputs_of(graph: Any) -> tuple[Input, ...]:
    """The same as values, without their batch, once all sizes are known."""
    found = []
    for each in given_to(graph):
        tensor = each.type.tensor_type
        shape = tuple(dim.dim_value for dim in tensor.shape.dim)
        own = shape[1:] if shape[:1] == (1,) else shape
        found.append(Input(text_of(each.name), own, DTYPES.get(tensor.elem_type, "unknown")))
    return tuple(found)


def is_open(model: Any) -> bool:
    """Whether some input's shape is not known, but for its batch."""
    tensors = [each.type.tensor_type for each in given_to(model.graph)]
    return any(
        not each.HasField("shape") or not all(dim.dim_value > 0 for dim in each.shape.dim[1:])
        for each in tensors
    )


def set_inputs(model: Any, given: Sequence[Input]) -> tuple[str, ...]:
    """Give every input a shape of numbers: a batch of 1, and what is `given` for it by its name, or
    else in order; what there is to know of that.

    ConvcostError for a name that no input has, for a shape that does not fit, and for an input
    whose sizes nothing tells.
    """
    inputs = given_to(model.graph)
    if not inputs:
        raise ConvcostError("this network has no inputs", hint="export it with what it works on")
    shapes = by_name([text_of(each.name) for each in inputs], given)
    notes: list[str] = []
    for each in inputs:
        if not each.type.HasField("tensor_type"):
            raise ConvcostError(
                f"its input {quote(text_of(each.name), 40)} is no tensor",
                hint="export it with tensors in place of sequences and of what may be left out",
            )
        tensor, wanted = each.type.tensor_type, shapes.get(text_of(each.name))
        if wanted is not None:
            batch = _state(tensor, wanted)
            if batch > 1:
                notes.append(
                    f"--input {format_input(wanted)} has a batch of {batch}; counts are for one "
                    "input"
                )
            open_outputs(model)
        elif tensor.shape.dim and tensor.shape.dim[0].dim_value < 1:
            tensor.shape.dim[0].ClearField("dim_param")
            tensor.shape.dim[0].dim_value = 1
            open_outputs(model)
        _refuse_open(text_of(each.name), tensor, len(inputs) > 1)
    return tuple(notes)


def _state(tensor: Any, given: Input) -> int:
    """Set the shape that is given; the batch that it has, where it has one."""
    dims, shape = tensor.shape.dim, given.shape
    if tensor.HasField("shape") and len(dims) not in (len(shape), len(shape) + 1):
        raise ConvcostError(
            f"its input has {len(dims)} dims with the batch, and {format_input(given)} is given"
        )
    whole: Shape = (1, *shape)
    batch = 1
    if tensor.HasField("shape") and len(dims) == len(shape):
        # The file says how many dims there are: the first is a batch where it is open.
        whole = shape
        if dims[0].dim_value < 1:
            whole, batch = (1, *shape[1:]), shape[0]
    del dims[:]
    for size in whole:
        dims.add().dim_value = size
    return batch


def _refuse_open(name: str, tensor: Any, is_one_of_several: bool) -> None:
    known = all(0 < dim.dim_value < LARGEST_DIM for dim in tensor.shape.dim)
    if tensor.HasField("shape") and known:
        return
    typed = command_line(("--input", f"{name}=3x224x224" if is_one_of_several else "3x224x224"))
    whose = f"its input {quote(name, 40)}" if is_one_of_several else "its input"
    is_empty = any(dim.HasField("dim_value") and not dim.dim_value for dim in tensor.shape.dim)
    what = "is empty: a size of it is 0" if is_empty else "has no shape of plain numbers"
    raise ConvcostError(
        f"{whose} {what}",
        hint=f"give --input, channels first and without the batch: {typed}",
    )


def open_outputs(model: Any) -> None:
    """Forget the shapes that the file states, which were for another input."""
    del model.graph.value_info[:]
    for each in model.graph.output:
        each.type.tensor_type.ClearField("shape")
