"""The inputs of a TensorFlow Lite graph, and what was given for those that it leaves open."""

from __future__ import annotations

from collections.abc import Sequence

from convcost.errors import ConvcostError
from convcost.network import Input
from convcost.ops.base import Shape, format_shape
from convcost.sources.imports.layout import IMAGES, Layout
from convcost.sources.imports.tflite.graph import first_input
from convcost.sources.imports.tflite.kept import divided
from convcost.sources.imports.tflite.schema import Graph, Tensor
from convcost.sources.imports.tflite.shapes import resized
from convcost.sources.inputs import by_name, format_input
from convcost.text import command_line, quote

_ROWS = 2
_SIZES = {True: 224, False: 128}
"""Sizes of examples, of images and of others."""


def is_open(graph: Graph) -> bool:
    """Whether some input's shape is not known, but for its batch."""
    return any(-1 in graph.tensors[at].signature[1:] for at in _inputs(graph))


def with_given(graph: Graph, given: Sequence[Input]) -> Graph:
    """The graph for what is `given` for its inputs, by their names or in order.

    ConvcostError for an input that stays open, for a shape that is not as far as the file says it,
    and for operations of which nothing tells what they make of it.
    """
    own = [*zip(_inputs(graph), inputs_of(graph, batch_of(graph)), strict=True)]
    asked = by_name([each.name for _, each in own], given)
    shapes: dict[int, Shape] = {}
    for at, stated in own:
        tensor, wanted = graph.tensors[at], asked.get(stated.name)
        layout = _layout(graph, at, tensor.shape)
        if -1 in tensor.signature[1:]:
            shapes[at] = _closed(tensor, layout, wanted, len(own) > 1)
        elif wanted is not None and wanted.shape != stated.shape:
            its = " and ".join(format_input(each) for _, each in own)
            message = f"--input {format_input(wanted)} is not what it takes"
            raise ConvcostError(message, hint=f"it was converted for {its}; leave that out")
    made = (graph.tensors[at] for op in graph.operators for at in op.outputs if at >= 0)
    is_any_open = bool(shapes) or any(-1 in each.signature for each in made)
    return resized(graph, shapes) if is_any_open else graph


def batch_of(graph: Graph) -> int:
    """The batch that a file was converted with: what stands in front of images, and of rows that a
    fully connected layer takes. 1 where nothing tells: it may be steps."""
    shape = graph.tensors[first_input(graph)].shape
    takes = [op for op in graph.operators if first_input(graph) in op.inputs]
    is_rows = any(op.op == "FULLY_CONNECTED" for op in takes) and len(shape) == _ROWS
    return max(shape[0], 1) if len(shape) in IMAGES or is_rows else 1


def inputs_of(graph: Graph, batch: int) -> tuple[Input, ...]:
    """The inputs without their batch, the first of real numbers in front."""
    found = []
    for at in _inputs(graph):
        tensor = graph.tensors[at]
        shape = divided(tensor.shape, batch)
        shape = _layout(graph, at, shape).laid(shape)
        own = shape[1:] if shape[:1] == (1,) else shape
        found.append(Input(tensor.name or f"input{at}", own, tensor.sort.name))
    return tuple(found)


def _inputs(graph: Graph) -> list[int]:
    start = first_input(graph)
    return [start, *(each for each in graph.inputs if each not in (start, -1))]


def _layout(graph: Graph, at: int, shape: Shape) -> Layout:
    return Layout(at == first_input(graph) and len(shape) in IMAGES, len(shape))


def _closed(tensor: Tensor, layout: Layout, given: Input | None, is_one_of_several: bool) -> Shape:
    """The shape of a tensor that is open, with its batch, or that of one input."""
    name, signature = tensor.name, tensor.signature
    told = "x".join("?" if size < 0 else str(size) for size in signature)
    whose = f"its input {quote(name, 40)}"
    if given is None:
        size = _SIZES[layout.is_first]
        laid = layout.laid([size if each < 0 else each for each in signature])
        example = format_shape(laid[1:])
        typed = command_line(("--input", f"{name}={example}" if is_one_of_several else example))
        raise ConvcostError(
            f"{whose} is open: {told}",
            hint=f"give --input, channels first and without the batch: {typed}",
        )
    batch = max(signature[0], 1)
    sizes = (*given.shape[1:], given.shape[0]) if layout.is_first else given.shape
    shape = (batch, *sizes)
    fits = len(shape) == len(signature) and all(
        said in (-1, size) for said, size in zip(signature[1:], sizes, strict=True)
    )
    if not fits:
        raise ConvcostError(
            f"--input {format_input(given)} is not what it takes",
            hint=f"{whose} is {told}, with its batch and channels last",
        )
    return shape
