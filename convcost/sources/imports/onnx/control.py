"""Branches and loops of an ONNX graph put in place: a branch is the one that is taken, or else the
costlier one; a loop's body stands as often as it runs, where that is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

from convcost.errors import ConvcostError
from convcost.sources.imports.onnx.bounds import MOST_PLACED
from convcost.sources.imports.onnx.call import attributes_of, text_of
from convcost.sources.imports.onnx.contrib import OWN
from convcost.text import quote

if TYPE_CHECKING:
    from convcost.sources.imports.onnx.shapes import Walk

MOST_IN_ROUNDS = 10_000
"""Operations that the rounds of a loop may come to; one that has more is unknown but for one."""


def put_in_place(walk: Walk, node: Any, names: Mapping[str, str]) -> None:
    """Add what stands inside an If, a Loop or a Scan, whose tensors outside have `names`."""
    graphs = {each.name: each.g for each in node.attribute if each.HasField("g")}
    walk.placed += sum(len(each.node) for each in graphs.values()) + len(names) // 100
    if walk.placed > MOST_PLACED:
        raise ConvcostError(f"its branches come to more than {MOST_PLACED:,} operations")
    place = _Place(walk, node, names, f"{text_of(node.name or node.output[0])}/")
    match node.op_type:
        case "If" if {"then_branch", "else_branch"} <= graphs.keys():
            place.branch(graphs["then_branch"], graphs["else_branch"])
        case "Loop" if "body" in graphs:
            place.loop(graphs["body"])
        case "Scan" if "body" in graphs:
            place.scan(graphs["body"])
        case _:
            walk.add(_without_graphs(node))


class _Place:
    """One of them, whose tensors inside are called by `prefix`."""

    def __init__(self, walk: Walk, node: Any, names: Mapping[str, str], prefix: str) -> None:
        self._walk = walk
        self._node = node
        self._names = names
        self._prefix = prefix
        self._given = attributes_of(node)
        self._word = f"{node.op_type} {quote(text_of(node.name or node.output[0]), 40)}"

    def branch(self, then: Any, other: Any) -> None:
        """The branch that the condition takes, or the costlier one."""
        condition = self._walk.values.get(self._node.input[0])
        if condition is not None and condition.size == 1:
            taken = (then, "then/") if condition.ravel()[0] else (other, "else/")
            self._pass_on(self._graph(taken[0], self._held(*taken)))
            return
        found = []
        for graph, side in ((then, "then/"), (other, "else/")):
            start = len(self._walk.nodes)
            outputs = self._graph(graph, self._held(graph, side))
            nodes = self._walk.nodes[start:]
            del self._walk.nodes[start:]
            found.append((_work(self._walk, nodes), nodes, outputs))
        costlier = max(found, key=lambda each: each[0])
        for branch in found:
            if branch is not costlier:
                self._walk.idle += branch[1]  # which tell what its tensors are there for
        _, nodes, outputs = costlier
        self._walk.nodes += nodes
        self._pass_on(outputs)
        self._walk.notes.append(
            f"{self._word} depends on the input: the costlier of its branches is counted"
        )

    def loop(self, body: Any) -> None:
        """The body as often as it runs."""
        walk, (most, going, *state) = self._walk, [*self._node.input, ""][: len(self._node.input)]
        limit = walk.values.get(most)
        times = int(limit.ravel()[0]) if limit is not None and limit.size == 1 else None
        held = self._held(body, "")
        scanned: list[list[str]] = []
        is_known = times is not None and times * len(body.node) <= MOST_IN_ROUNDS
        count, times = times, times if times is not None and is_known else 1
        for at in range(max(0, times)):
            if going and _is_false(walk, going):
                break
            inner = self._round(body, held, at, [self._number(at), going, *state])
            going, *outputs = self._graph(body, inner)
            state, scans = outputs[: len(state)], outputs[len(state) :]
            scanned.append(scans)
            if going not in walk.values:
                is_known, count = False, None
                break
        count = len(scanned) if is_known else count
        self._end([*state, *self._joined(scanned)], is_known, count)

    def scan(self, body: Any) -> None:
        """The body for each slice of the sequences that it goes over, and before opset 9 for each
        of a batch of them, which all tensors have in front."""
        walk, count = self._walk, int(self._given.get("num_scan_inputs", 0))
        has_batch = walk.opsets.get("", 1) < 9
        inputs = list(self._node.input[has_batch:])  # behind the lengths of sequences
        split = len(inputs) - count
        axes = self._given.get("scan_input_axes") or (0,) * count
        shape = walk.shape(inputs[split]) if count else None
        batch, *own = (shape or (1,)) if has_batch else (1, *(shape or ()))
        times = own[axes[0]] if own and -len(own) <= axes[0] < len(own) else 1
        often = batch * times if shape is not None else None
        is_known = often is not None and often * len(body.node) <= MOST_IN_ROUNDS
        if not is_known:
            batch = times = 1
        held, found = self._held(body, ""), []
        for one in range(batch):
            parts = [self._part(name, 0, one) for name in inputs] if has_batch else inputs
            rounds = range(one * times, (one + 1) * times)
            found.append(self._scanned(body, held, parts, axes, rounds))
        outputs = found[0]
        if has_batch:
            outputs = self._joined(found, name="batch")
        self._end(outputs, is_known, often)

    def _scanned(
        self,
        body: Any,
        held: Mapping[str, str],
        inputs: Sequence[str],
        axes: Sequence[int],
        rounds: range,
    ) -> list[str]:
        """What comes out of a scan over sequences, the last of its inputs."""
        split = len(inputs) - len(axes)
        state, scanned = list(inputs[:split]), list[list[str]]()
        for step, at in enumerate(rounds):
            parts = [
                self._part(name, axis, step)
                for name, axis in zip(inputs[split:], axes, strict=True)
            ]
            outputs = self._graph(body, self._round(body, held, at, [*state, *parts]))
            state, scans = outputs[:split], outputs[split:]
            scanned.append(scans)
        behind = self._given.get("scan_output_axes") or ()
        return [*state, *self._joined(scanned, behind, f"{rounds.start}/scan")]

    def _held(self, graph: Any, side: str) -> dict[str, str]:
        """The names inside a graph, whose own tensors the model has now, once for all rounds."""
        names = dict(self._names)
        constants = [
            (node.output[0], attribute.t)
            for node in graph.node
            if node.op_type == "Constant" and node.output
            for attribute in node.attribute
            if attribute.HasField("t")
        ]
        for name, tensor in (*((each.name, each) for each in graph.initializer), *constants):
            names[name] = f"{self._prefix}{side}{text_of(name)}"
            made = self._walk.onnx.TensorProto()
            made.CopyFrom(tensor)
            made.name = names[name]
            self._walk.added.append(made)
            self._walk.held.add(made.name)
            self._walk.tensor(made.name, made)
        for node in graph.node:
            for name in node.output:
                if name:
                    names.setdefault(name, f"{self._prefix}{side}{text_of(name)}")
                    if names[name] == self._names.get(name):
                        names[name] = f"{self._prefix}{side}{text_of(name)}"
        return names

    def _round(
        self, body: Any, held: Mapping[str, str], at: int, inputs: Sequence[str]
    ) -> dict[str, str]:
        """The names inside one round of a body that takes `inputs`."""
        names = dict(held)
        fixed = {each.name for each in body.initializer}
        for node in body.node:
            if node.op_type != "Constant":
                for name in node.output:
                    if name and name not in fixed:
                        names[name] = f"{self._prefix}{at}/{text_of(name)}"
        names |= {each.name: name for each, name in zip(body.input, inputs, strict=False)}
        return names

    def _graph(self, graph: Any, names: Mapping[str, str]) -> list[str]:
        """Add a graph's nodes; the names of what comes out."""
        for node in graph.node:
            is_held = node.op_type == "Constant" and names.get(node.output[0]) in self._walk.held
            if not is_held:
                self._walk.visit(node, names)
        return [names.get(each.name, each.name) for each in graph.output]

    def _number(self, at: int) -> str:
        """The tensor of a round's number."""
        import numpy

        name = f"{self._prefix}{at}/round"
        self._walk.known(name, numpy.asarray(at, dtype="int64"))
        self._walk.nodes.append(self._walk.constant(name, self._walk.values[name]))
        return name

    def _part(self, sequence: str, axis: int, at: int) -> str:
        """The slice of a sequence that one round takes."""
        name = f"{self._prefix}{at}/{sequence}"
        inputs = [sequence, self._number(at)]
        self._walk.add(self._walk.onnx.helper.make_node("Gather", inputs, [name], axis=axis))
        return name

    def _joined(
        self, rounds: Sequence[Sequence[str]], axes: Sequence[int] = (), name: str = "scan"
    ) -> list[str]:
        """What each of the rounds has made, behind that of the round before."""
        every = zip(*rounds, strict=True)
        axes = axes or [0] * len(self._node.output)
        return [
            self._stacked(parts, axes[at], f"{self._prefix}{name}/{at}")
            for at, parts in enumerate(every)
        ]

    def _end(self, outputs: Sequence[str], is_known: bool, count: int | None) -> None:
        if is_known:
            self._pass_on(outputs)
            said = f"{self._word} is counted {count} times, as often as it runs"
        else:
            make = self._walk.onnx.helper.make_node
            own = make(self._node.op_type, outputs, list(self._node.output), domain=OWN)
            for name, output in zip(self._node.output, outputs, strict=False):
                if name and output in self._walk.types:
                    self._walk.types.setdefault(name, self._walk.types[output])
            self._walk.add(own)
            often = "as often as its input says" if count is None else f"{count:,} times, too often"
            said = f"{self._word} runs {often}: one round is counted"
        self._walk.notes.append(said)

    def _stacked(self, parts: Sequence[str], axis: int, name: str) -> str:
        """What the rounds have made, behind each other along a new dim."""
        import numpy

        make = self._walk.onnx.helper.make_node
        wider = []
        for at, part in enumerate(parts):
            shape = self._walk.shape(part)
            if shape is None:
                return part
            place = axis % (len(shape) + 1)
            sizes = numpy.asarray((*shape[:place], 1, *shape[place:]), dtype="int64")
            self._walk.known(f"{name}/{at}/sizes", sizes)
            self._walk.nodes.append(self._walk.constant(f"{name}/{at}/sizes", sizes))
            self._walk.add(make("Reshape", [part, f"{name}/{at}/sizes"], [f"{name}/{at}"]))
            wider.append(f"{name}/{at}")
        self._walk.add(make("Concat", wider, [name], axis=axis))
        return name

    def _pass_on(self, outputs: Iterable[str]) -> None:
        """Call what comes out as the graph outside does."""
        make = self._walk.onnx.helper.make_node
        for inner, name in zip(outputs, self._node.output, strict=False):
            if name:
                self._walk.add(make("Identity", [inner], [name]))


def _without_graphs(node: Any) -> Any:
    kept = [each for each in node.attribute if not each.HasField("g")]
    del node.attribute[:]
    node.attribute.extend(kept)
    return node


def _is_false(walk: Walk, name: str) -> bool:
    found = walk.values.get(name)
    return found is not None and found.size == 1 and not found.ravel()[0]


def _work(walk: Walk, nodes: Sequence[Any]) -> tuple[int, int]:
    """How much nodes multiply, and how many they are: enough to tell which of two costs more."""
    total = 0
    for node in nodes:
        shapes = [walk.shape(name) or () for name in node.input]
        out = prod(walk.shape(node.output[0]) or ()) if node.output else 0
        match node.op_type:
            case "Conv" | "ConvInteger" if len(shapes) > 1:
                total += out * prod(shapes[1][1:])
            case "ConvTranspose" if len(shapes) > 1:
                total += prod(shapes[0]) * prod(shapes[1][1:])
            case "MatMul" | "Gemm" if shapes and shapes[0]:
                total += out * shapes[0][-1]
            case "LSTM" | "GRU" | "RNN" if len(shapes) > 2:
                total += prod(shapes[0][:2]) * (prod(shapes[1]) + prod(shapes[2]))
    return total, len(nodes)
