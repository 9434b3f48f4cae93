"""A TensorFlow Lite file as a network. Nothing in it is run, and no TensorFlow is needed.

The shapes of all tensors stand in the file, and hold for the inputs that it states.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence

from convcost.errors import ConvcostError, Place, SpecError
from convcost.network import Input
from convcost.sources.imports.assembler import Imported
from convcost.sources.imports.layout import IMAGES, Layout
from convcost.sources.imports.tflite.graph import first_input, network_of
from convcost.sources.imports.tflite.kept import divided
from convcost.sources.imports.tflite.learned import Learned, Names, learned_of
from convcost.sources.imports.tflite.schema import Graph, Tensor, graphs_in
from convcost.sources.inputs import format_input
from convcost.sources.teaching import NO_RULES, Rules
from convcost.sources.yaml.files import file_bytes
from convcost.text import listed, quote

LARGEST_FILE = 1 << 32
_ROWS = 2
_SETUP = "CALL_ONCE"


def import_file(
    path: str,
    inputs: tuple[Input, ...] = (),
    root: str = "",
    rules: Rules = NO_RULES,
    raw: bytes | None = None,
) -> Imported:
    """As for `Importer`: UsageError without the tflite package, SpecError for a file that is not a
    sane TensorFlow Lite model, or that has other inputs, and for rules that fail."""
    try:
        if raw is None:
            raw = file_bytes(path, LARGEST_FILE, root)
        main, *others = graphs_in(raw)
        _refuse_other_inputs(main, inputs)
        return _imported(main, others, _stem(path), rules)
    except ConvcostError as error:
        raise SpecError(*error.at(Place(path))) from None


def needs_input(path: str, root: str = "") -> bool:
    """As for `Importer`: never, as its shapes are those of its own inputs."""
    return False


def _imported(main: Graph, others: Sequence[Graph], name: str, rules: Rules) -> Imported:
    names = Names()
    called = names.of(main)
    learned, notes = learned_of(main, called), []
    inside = _inside(main, (main, *others))
    for at in sorted(inside):
        graph = (main, *others)[at]
        more = learned_of(graph, names.of(graph))
        learned = Learned(
            {**more.params, **learned.params}, learned.unsure | more.unsure, learned.idle
        )
    known = inside | {op.option("InitSubgraphIndex") for op in main.operators if op.op == _SETUP}
    apart = [graph.name or f"graph {at}" for at, graph in enumerate(others, 1) if at not in known]
    if apart:
        notes.append(f"counts are of its first graph, and not of {listed(apart)}")
    batch = batch_of(main)
    try:
        made = network_of(main, name, called, learned, rules, batch)
        if batch > 1:
            notes.append(f"its batch of {batch} is taken out; counts are for one input")
    except ConvcostError:
        if batch == 1:
            raise
        made, batch = network_of(main, name, called, learned, rules, 1), 1
        notes.append("counts are for its whole batch: one input alone cannot be followed")
    stated = tuple(_stated(main, batch))
    network = made.network._replace(inputs=stated, notes=(*notes, *made.network.notes))
    return made._replace(network=network)


def _inside(main: Graph, graphs: Sequence[Graph]) -> set[int]:
    """The graphs that operations of the main one run: bodies and branches, also in each other. What
    is run once, to set up, is not among them."""
    found: set[int] = set()
    waiting = [main]
    while waiting:
        for op in waiting.pop().operators:
            for at in op.graphs:
                if 0 < at < len(graphs) and at not in found:
                    found.add(at)
                    waiting.append(graphs[at])
    return found


def batch_of(graph: Graph) -> int:
    """The batch that a file was converted with: what stands in front of images, and of rows that a
    fully connected layer takes. 1 where nothing tells: it may be steps."""
    shape = graph.tensors[first_input(graph)].shape
    takes = [op for op in graph.operators if first_input(graph) in op.inputs]
    is_rows = any(op.op == "FULLY_CONNECTED" for op in takes) and len(shape) == _ROWS
    return max(shape[0], 1) if len(shape) in IMAGES or is_rows else 1


def _stated(graph: Graph, batch: int) -> Iterator[Input]:
    """The inputs without their batch, the first of real numbers in front."""
    start = first_input(graph)
    for at in (start, *(each for each in graph.inputs if each not in (start, -1))):
        tensor = graph.tensors[at]
        shape = divided(tensor.shape, batch)
        shape = Layout(at == start and len(shape) in IMAGES, len(shape)).laid(shape)
        own = shape[1:] if shape[:1] == (1,) else shape
        yield Input(tensor.name or f"input{at}", own, tensor.sort.name)


def _refuse_other_inputs(graph: Graph, given: Sequence[Input]) -> None:
    """ConvcostError for an input that the file leaves open, and for others than it has: the shapes
    of all tensors are those of its own."""
    hint = "convert it with sizes that are fixed: the shapes in it are those of one input"
    for at in graph.inputs:
        tensor = graph.tensors[at]
        if any(size < 0 for size in tensor.signature[1:]):
            whose = f"its input {quote(tensor.name, 40)}"
            raise ConvcostError(f"{whose} is open: {_signature(tensor)}", hint=hint)
    if given:
        own = list(_stated(graph, batch_of(graph)))
        free = [each.shape for each in own]
        named = {each.name: each.shape for each in own}
        for each in given:
            expected = named.get(each.name) if each.name else next(iter(free), None)
            if expected != each.shape:
                its = " and ".join(format_input(one) for one in own)
                message = f"--input {format_input(each)} is not what it takes"
                raise ConvcostError(message, hint=f"it was converted for {its}; leave that out")
            free = free[1:]


def _signature(tensor: Tensor) -> str:
    return "x".join("?" if size < 0 else str(size) for size in tensor.signature)


def _stem(path: str) -> str:
    name = os.path.basename(path).removesuffix(".tflite")
    return re.sub(r"[^\w.-]+", "-", name) or "network"
