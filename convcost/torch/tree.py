"""The modules of a network as a tree, in the order in which they run, with what each costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Literal, NamedTuple

from convcost.cost import LayerCost, Report
from convcost.ops.base import Shape
from convcost.sources.imports.assembler import plain_shape
from convcost.sources.imports.unused import UNUSED
from convcost.sources.imports.visits import NOBODY, Visit
from convcost.status import ALL_COMPLETE, Statuses, merged

Learns = Literal["yes", "no", "in part", ""]
_LEARNS: Mapping[bool, Learns] = {True: "yes", False: "no"}


class Row(NamedTuple):
    """One run of a module, or a list of modules of which some run.

    `number` is the place of it among those of its `depth`, from 1, as torchinfo counts; `again`
    says that it has run before. `params`, `macs` and `activations` are those of all that is in it,
    each parameter once, and multiply-adds of this run, for one input; shapes are without a batch.
    `trainable` tells whether its parameters ask for gradients; it is empty without parameters.
    """

    path: str
    kind: str
    depth: int
    number: int
    ins: tuple[Shape, ...]
    outs: tuple[Shape, ...]
    params: int
    macs: int
    activations: int
    trainable: Learns = ""
    kernel: Shape = ()
    groups: int | None = None
    again: bool = False
    status: Statuses = ALL_COMPLETE

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rpartition(".")[2]


@dataclass(slots=True)
class _Node:
    path: str
    visit: Visit | None = None
    inner: list[_Node] = field(default_factory=list)
    lists: dict[str, _Node] = field(default_factory=dict)


def rows_of(module: Any, visits: Sequence[Visit], report: Report) -> tuple[Row, ...]:
    """A row for each run of a module and, around those of a list, one for the list."""
    return tuple(_Rows(module, report).of(_tree(visits), 0))


def unused(report: Report) -> tuple[str, ...]:
    """The outermost modules of which some parameters are used by nothing that runs."""
    ends = (layer.name for layer in report.layers if layer.kind == "parameter")
    return tuple(name.removesuffix(UNUSED) for name in ends if name.endswith(UNUSED))


def _tree(visits: Sequence[Visit]) -> _Node:
    """The outermost visit, with those inside it, lists among them, in its node."""
    nodes: list[_Node] = []
    for visit in visits:
        made = _Node(visit.path, visit)
        if visit.caller != NOBODY:
            _around(nodes[visit.caller], visit.path).inner.append(made)
        nodes.append(made)
    return nodes[0]


def _around(node: _Node, path: str) -> _Node:
    """Where a module at `path` that runs inside of `node` belongs: there, or in a list of it."""
    front = f"{node.path}." if node.path else ""
    if not path.startswith(front):
        return node
    before = node.path
    for part in path.removeprefix(front).split(".")[:-1]:
        before = f"{before}.{part}" if before else part
        if before not in node.lists:
            node.lists[before] = _Node(before)
            node.inner.append(node.lists[before])
        node = node.lists[before]
    return node


class _Weight(NamedTuple):
    """A parameter: how many numbers it has, None before it has a size, and whether it learns."""

    size: int | None
    learns: bool


class _Rows:
    """Makes rows of nodes, from the outermost inwards."""

    def __init__(self, module: Any, report: Report) -> None:
        self._modules = dict(module.named_modules(remove_duplicate=False))
        self._layers = report.layers
        self._numbers = Counter[int]()
        self._seen: set[str] = set()
        self._weights = _weights_in(self._modules)

    def of(self, node: _Node, depth: int) -> list[Row]:
        """The row of a node, and those of the nodes in it."""
        self._numbers[depth] += 1
        number, again = self._numbers[depth], node.path in self._seen
        self._seen.add(node.path)
        inner = [self.of(each, depth + 1) for each in node.inner]
        made = _Run(self._modules.get(node.path), self._weights.get(node.path, {}).values())
        visit = node.visit or Visit(node.path, NOBODY, (), (), 0, 0)
        layers = self._layers[visit.start : visit.stop]
        kernel = made.kernel
        parts: Sequence[LayerCost | Row] = layers if node.visit else [rows[0] for rows in inner]
        row = Row(
            node.path,
            type(made.module).__name__,
            depth,
            number,
            tuple(map(plain_shape, visit.ins)),
            tuple(map(plain_shape, visit.outs)),
            made.params(layers),
            sum([each.macs for each in parts]),
            sum([each.activations for each in parts]),
            made.trainable,
            kernel,
            made.groups if kernel else None,
            again,
            merged([each.status for each in parts if each.status]),
        )
        return [row, *chain.from_iterable(inner)]


class _Run(NamedTuple):
    """A module, and every parameter in it, once."""

    module: Any
    weights: Collection[_Weight]

    def params(self, layers: Sequence[LayerCost]) -> int:
        """How many numbers they are; where some have no size yet, that is told by the layers."""
        sizes = [each.size for each in self.weights if each.size is not None]
        is_whole = len(sizes) == len(self.weights)
        return sum(sizes) if is_whole else sum(each.params for each in layers)

    @property
    def trainable(self) -> Learns:
        flags = {each.learns for each in self.weights}
        return "in part" if len(flags) > 1 else _LEARNS[flags.pop()] if flags else ""

    @property
    def kernel(self) -> Shape:
        found = self._own("kernel_size")
        several = found if isinstance(found, tuple) else (found,)
        return several if all(isinstance(each, int) for each in several) else ()

    @property
    def groups(self) -> int | None:
        found = self._own("groups")
        return found if isinstance(found, int) else None

    def _own(self, name: str) -> Any:
        """What it has of that name, or (); a module takes long to say that it has nothing."""
        has_it = name in getattr(self.module, "__dict__", ()) or hasattr(type(self.module), name)
        return getattr(self.module, name) if has_it else ()


def _weights_in(modules: Mapping[str, Any]) -> dict[str, dict[int, _Weight]]:
    """Every parameter of each module and of those in it, once."""
    from torch.nn.parameter import is_lazy

    found: dict[str, dict[int, _Weight]] = {}
    for path in reversed(list(modules)):  # those inside come behind those around them
        own = found.setdefault(path, {})
        for each in modules[path]._parameters.values():
            if each is not None:
                size = None if is_lazy(each) else each.numel()
                own[id(each)] = _Weight(size, each.requires_grad)
        if path:
            found.setdefault(path.rpartition(".")[0], {}).update(own)
    return found
