"""How large an ONNX model becomes: told before onnx, which has no bounds, is let at it.

A few kilobytes can stand for gigabytes: functions that call functions, also from the branches of
an If; shapes that are joined to themselves again and again. Both are worked out here from names
and counts alone, in time with the length of the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from convcost.errors import ConvcostError
from convcost.network import MAX_LAYERS
from convcost.sources.imports.onnx.call import INT32, INT64
from convcost.sources.quota import Quota

MAX_NESTED = 64
MAX_GROWTH = 8 * 2**20
"""Bytes of operations that functions may add to four times what the file itself has of them."""
MAX_PLACED = 25_000
"""Operations that functions may add to eight times what the file itself has; each takes some 80
microseconds."""
MAX_SHAPES = 2_000_000
"""Sizes, in the shapes of all tensors together."""

CONTROL = frozenset(("If", "Loop", "Scan"))
MOST_PLACED = 4_000
"""Operations that branches and loops may come to, and the names that are looked up in them by the
hundred; a loop that has more is unknown but for one round."""
MAX_CARRIED = 32_000_000
"""Tensors that ONNX carries into branches and loops: into each of them all that there are outside;
some 100 nanoseconds each."""


class Extent(NamedTuple):
    """Operations and their bytes once functions are in place; `uses` is how often the operations
    of a function take an attribute over from its call."""

    operations: int = 0
    size: int = 0
    uses: int = 0

    def plus(self, other: Extent) -> Extent:
        """Both together."""
        return Extent(*map(sum, zip(self, other, strict=True)))

    def times(self, factor: int) -> Extent:
        """So many of it, in which nothing is left to take over."""
        return Extent(self.operations * factor, self.size * factor)


def refuse_too_many(model: Any) -> None:
    """ConvcostError for more operations, or more bytes of them, than functions may come to."""
    sizes = [node.ByteSize() for node in _all_nodes(model)]
    most = min(MAX_LAYERS, 8 * len(sizes) + MAX_PLACED) if model.functions else MAX_LAYERS
    _Measure(model, most, 4 * sum(sizes) + MAX_GROWTH).check()


class _Measure:
    """The extents of a model's graph and functions, each function's once."""

    def __init__(self, model: Any, operations: int, size: int) -> None:
        self._model = model
        self._functions = {(each.domain, each.name): each for each in model.functions}
        self._known: dict[tuple[str, str], Extent] = {}
        self._operations = Quota("more than {most} operations are refused", operations)
        self._bytes = Quota("its functions, put in place, have more than {most} bytes", size)

    def check(self) -> None:
        for key in self._functions:  # also those that nothing calls: onnx reads them, too
            self._function(key, 0)
        self._nodes(self._model.graph.node, 0)

    def _function(self, key: tuple[str, str], depth: int) -> Extent:
        if key not in self._known:
            self._known[key] = self._nodes(self._functions[key].node, depth + 1)
        return self._known[key]

    def _nodes(self, nodes: Iterable[Any], depth: int) -> Extent:
        if depth > MAX_NESTED:
            raise ConvcostError("its functions and branches are nested too deeply")
        found = Extent()
        for node in nodes:
            found = found.plus(self._node(node, depth))
            self._refuse(found)
        return found

    def _node(self, node: Any, depth: int) -> Extent:
        taken = [each for each in node.attribute if each.ref_attr_name]
        found = Extent(1, node.ByteSize(), len(taken))
        for graph in graphs_in(node):
            found = found.plus(self._nodes(graph.node, depth + 1)._replace(size=0))
        key = (node.domain, node.op_type)
        if key not in self._functions:
            return found
        body = self._function(key, depth)
        defaults = sum(each.ByteSize() for each in self._functions[key].attribute_proto)
        passed = found.times(body.uses).plus(Extent(0, defaults * body.uses))
        return found.plus(body._replace(uses=body.uses if taken else 0)).plus(passed)

    def _refuse(self, found: Extent) -> None:
        for quota, amount in ((self._operations, found.operations), (self._bytes, found.size)):
            if amount > quota.most:
                quota.refuse(None)


def refuse_long_shapes(graph: Any) -> None:
    """ConvcostError if the shapes of its tensors may come to more sizes than there may be."""
    ranks: dict[str, int] = {}
    lengths: dict[str, int] = {}
    for each in (*graph.input, *graph.value_info):
        ranks[each.name] = len(each.type.tensor_type.shape.dim)
    _Shapes(ranks, lengths).graph(graph)


def refuse_many_branches(graph: Any) -> None:
    """ConvcostError if what stands in branches and loops is sure to be too much to be placed, or
    if there are too many of them for the tensors outside."""
    inside = [inner for node in graph.node if node.op_type in CONTROL for inner in graphs_in(node)]
    if sum(len(inner.node) for inner in inside) > MOST_PLACED:
        raise ConvcostError(f"its branches come to more than {MOST_PLACED:,} operations")
    tensors = len(graph.input) + len(graph.initializer) + len(graph.node)
    carried = Quota("its branches are given more than {most} tensors", MAX_CARRIED)
    while inside:
        carried.spend(tensors)
        inside += [each for node in inside.pop().node for each in graphs_in(node)]


class _Shapes:
    """At most so many dims has each tensor, and so many numbers where it is itself a shape."""

    def __init__(self, ranks: dict[str, int], lengths: dict[str, int]) -> None:
        self._ranks = ranks
        self._lengths = lengths
        self._quota = Quota("its tensors' shapes may have more than {most} sizes", MAX_SHAPES)

    def graph(self, graph: Any) -> None:
        """Follow the operations of a graph, and of those inside it."""
        for tensor in graph.initializer:
            self._note([tensor.name], len(tensor.dims), _integers(tensor))
        for node in graph.node:
            for inner in graphs_in(node):
                self.graph(inner)
            self._note(node.output, self._rank(node), self._length(node))

    def _note(self, names: Iterable[str], rank: int, length: int) -> None:
        for name in names:
            self._quota.spend(rank + length)
            self._ranks[name] = max(rank, self._ranks.get(name, 0))
            self._lengths[name] = max(length, self._lengths.get(name, 0))

    def _rank(self, node: Any) -> int:
        ranks = [self._ranks.get(name, 0) for name in node.input]
        match node.op_type:
            case "Gather" | "GatherND":
                return sum(ranks)
            case "Unsqueeze":
                return sum(ranks[:1]) + self._most_numbers(node)
            case "OneHot" | "Loop" | "Scan" | "ConcatFromSequence":
                return max(ranks, default=0) + 1
            case "Constant":
                return max((len(each.t.dims) for each in node.attribute), default=0)
            case "Einsum":
                return max([*ranks, *(len(each.s) for each in node.attribute)])
            case op if op in _KEEP_RANK:
                return max(ranks, default=0)
            case _:
                return max([*ranks, self._most_numbers(node)])

    def _most_numbers(self, node: Any) -> int:
        """The most numbers that an attribute of it, or an input that may be a shape, has."""
        attributes = (len(each.ints) for each in node.attribute)
        return max([1, *attributes, *(self._lengths.get(name, 0) for name in node.input)])

    def _length(self, node: Any) -> int:
        lengths = [self._lengths.get(name, 0) for name in node.input]
        match node.op_type:
            case "Concat":
                return sum(max(1, length) for length in lengths)
            case "Shape":
                return max((self._ranks.get(name, 0) for name in node.input), default=0)
            case "Constant":
                return max(
                    (_integers(each.t) + len(each.ints) for each in node.attribute), default=0
                )
            case op if op in _KEEP_NUMBERS:
                return max(lengths, default=0)
            case _:
                return 0


_KEEP_RANK = frozenset(("Add", "Cast", "Concat", "Conv", "Identity", "Mul", "Relu", "Slice"))
_KEEP_NUMBERS = frozenset(
    ("Add", "Cast", "Div", "Gather", "Identity", "Mul", "Slice", "Squeeze", "Sub", "Unsqueeze")
)
"""Operations through which ONNX follows the numbers of a shape."""


def _integers(tensor: Any) -> int:
    return (
        len(tensor.int64_data)
        + len(tensor.int32_data)
        + (len(tensor.raw_data) // 4 if tensor.data_type in (INT64, INT32) else 0)
    )


def graphs_in(node: Any) -> Iterator[Any]:
    """The graphs in the attributes of an operation: branches, bodies of loops."""
    for attribute in node.attribute:
        if attribute.HasField("g"):
            yield attribute.g
        yield from attribute.graphs


def _all_nodes(model: Any) -> Iterator[Any]:
    yield from model.graph.node
    for function in model.functions:
        yield from function.node
