"""Which tensors of a TensorFlow Lite graph are in memory while it runs, and how long."""

from __future__ import annotations

import re
from math import prod

from convcost.errors import ConvcostError
from convcost.ops.base import Shape
from convcost.schedule import Kept
from convcost.setting import packed
from convcost.sources.imports.tflite.schema import Graph, Operator


def kept_in(graph: Graph, batch: int) -> tuple[Kept, ...]:
    """The tensors that are made while one of a `batch` of inputs is worked on, in the file's order:
    each from the operation that makes it to the last that takes it, inputs from the start, outputs
    to the end.

    Constants are where the file is, and variables are kept for good (TensorFlow Lite Micro, David
    et al. 2021).
    """
    last = {at: index for index, op in enumerate(graph.operators) for at in op.inputs}
    last |= dict.fromkeys(graph.outputs, len(graph.operators) - 1)
    found = {at: _kept(graph, at, "input", "", 0, last, batch) for at in graph.inputs if at >= 0}
    for index, op in enumerate(graph.operators):
        name = name_of(graph, op)
        for at in op.outputs:
            if at >= 0 and not graph.tensors[at].is_variable:
                found[at] = _kept(graph, at, name, op.op.lower(), index, last, batch)
    return tuple(found[at] for at in sorted(found) if found[at].bytes)


def _kept(
    graph: Graph, at: int, name: str, op: str, first: int, last: dict[int, int], batch: int
) -> Kept:
    tensor = graph.tensors[at]
    size = packed(prod(divided(tensor.shape, batch, loosely=True)), tensor.sort.bits)
    return Kept(name, op, size, first, max(last.get(at, first), first))


def name_of(graph: Graph, op: Operator) -> str:
    """What an operation is called: as the first tensor that it gives, as far as that is its own."""
    named = graph.tensors[op.outputs[0]].name if op.outputs and op.outputs[0] >= 0 else ""
    own = named[:1000].partition(";")[0].replace("/", ".")
    name = re.sub(r"[^\w.-]+", "_", own).strip("_.")[-100:].strip("_.")
    return name or re.sub(r"[^\w.-]+", "_", op.op.lower()[:100])


def divided(shape: Shape, batch: int, *, loosely: bool = False) -> Shape:
    """The shape of a tensor for one of a `batch` of inputs; where it is none of several,
    ConvcostError, or `loosely` as it is."""
    if batch == 1 or not shape or (loosely and shape[0] % batch):
        return shape
    if shape[0] % batch:
        raise ConvcostError(f"{shape} is not for {batch} inputs")
    return (shape[0] // batch, *shape[1:])
