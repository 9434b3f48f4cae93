"""A TensorFlow Lite file as a network. Nothing in it is run, and no TensorFlow is needed.

The shapes of all tensors stand in the file, or follow from what is given for inputs that it leaves
open.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from convcost.errors import ConvcostError, Place, SpecError
from convcost.network import Input
from convcost.sources.imports.assembler import Imported
from convcost.sources.imports.tflite.graph import network_of
from convcost.sources.imports.tflite.inputs import batch_of, inputs_of, is_open, with_given
from convcost.sources.imports.tflite.learned import Learned, Names, learned_of
from convcost.sources.imports.tflite.schema import Graph, graphs_in
from convcost.sources.teaching import NO_RULES, Rules
from convcost.sources.yaml.files import file_bytes
from convcost.text import listed

LARGEST_FILE = 1 << 32
_SMALLER = "convert it to numbers of fewer bits"
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
            raw = file_bytes(path, LARGEST_FILE, root, _SMALLER)
        main, *others = graphs_in(raw)
        return _imported(with_given(main, inputs), others, _stem(path), rules)
    except ConvcostError as error:
        raise SpecError(*error.at(Place(path))) from None


def needs_input(path: str, root: str = "") -> bool:
    """As for `Importer`."""
    try:
        return is_open(graphs_in(file_bytes(path, LARGEST_FILE, root))[0])
    except ConvcostError:
        return True


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
    network = made.network._replace(
        inputs=inputs_of(main, batch), notes=(*notes, *made.network.notes)
    )
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


def _stem(path: str) -> str:
    name = os.path.basename(path).removesuffix(".tflite")
    return re.sub(r"[^\w.-]+", "-", name) or "network"
