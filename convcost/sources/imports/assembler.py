"""Builds a network from a framework's graph, whose tensors have a batch.

A framework's shape starts with a batch of 1, mostly; convcost's leaves it out. Where the first
dim of a tensor is something else (windows, heads), it stays, so both meet in `plain_shape`.
Whatever convcost cannot build becomes a layer of kind `unknown`, never nothing.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any, NamedTuple, TypeVar

from convcost.errors import ConvcostError, LayerError
from convcost.kinds import find
from convcost.kinds.fields import FIXED, OWN, UNCLEAR
from convcost.network import INPUT, Builder, Network
from convcost.ops.base import Shape
from convcost.sources.imports.alike import Alike
from convcost.sources.imports.calls import as_called
from convcost.sources.imports.ledger import Ledger
from convcost.sources.imports.numbers import Numbers
from convcost.sources.imports.unknowns import Unknowns
from convcost.sources.imports.unused import Group, with_unused
from convcost.sources.imports.visits import Visit

Fields = dict[str, Any]
Made = TypeVar("Made")

_TRIPPED = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    struct.error,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Value:
    """A tensor that depends on the input: the layer it comes from, and its framework's shape."""

    index: int
    shape: Shape


@dataclass(eq=False, slots=True)
class Constant:
    """A tensor that does not depend on the input, and the parameters that it is made of.

    `value` is its layer once something other than a layer's weights needed it.
    """

    shape: Shape
    params: frozenset[str] = frozenset()
    value: Value | None = None


class Imported(NamedTuple):
    """A network out of real code; `unknown` counts the operations that convcost has no rule for.

    `operations` is the number of all of the graph's operations; `visits` are the runs of modules,
    in order, where there are any.
    """

    network: Network
    unknown: Mapping[str, int]
    operations: int
    visits: tuple[Visit, ...] = ()

    @property
    def paths(self) -> dict[str, str]:
        """Of each layer, by its name, the path of the module that did it: of several, one in the
        other, the innermost."""
        inside = ((visit, self.network.layers[visit.start : visit.stop]) for visit in self.visits)
        return {layer.name: visit.path for visit, layers in inside for layer in layers}


def plain_shape(shape: Shape) -> Shape:
    """A framework's shape as convcost has it: without a batch of 1, and never empty."""
    if len(shape) > 1 and shape[0] == 1:
        return shape[1:]
    return shape or (1,)


@dataclass(slots=True)
class Assembler:
    """Adds layers to a network, counts each parameter once, keeps the names of what is unknown.

    `params` are the framework's parameters with their shapes. `otherwise` is whose weights are
    that are no parameters: `fixed`, or `unclear` where a file does not say what was learned.
    `called` is how code calls what it does at the moment, where not as a layer. `unsure` are
    parameters that may be none, unless a layer has them as its weights, and `doubted` even then.
    """

    builder: Builder
    params: MutableMapping[str, Shape]
    otherwise: str = FIXED
    called: str = ""
    unsure: frozenset[str] = frozenset()
    doubted: frozenset[str] = frozenset()
    unknown: Unknowns = field(default_factory=Unknowns)
    numbers: Numbers = field(default_factory=Numbers)
    _ledger: Ledger = field(init=False)
    _alike: Alike = field(init=False)
    _names: set[str] = field(default_factory=set)
    _numbers: Counter[str] = field(default_factory=Counter)
    _placed: list[Constant] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._ledger = Ledger(self.params, self.otherwise)
        self._alike = Alike(self.builder)

    def input(self, shape: Shape) -> Value:
        """The network's input."""
        return Value(INPUT, shape)

    def plain(self, value: Value) -> Shape:
        """The shape of the layer that makes `value`."""
        shape = self.builder.shape(value.index)
        assert shape is not None
        return shape

    def add(
        self, kind: str, fields: Fields, values: Sequence[Value], shape: Shape, name: str
    ) -> Value:
        """A layer that turns `values` into a tensor of the framework's `shape`.

        LayerError, with nothing added, if it would have another shape.
        """
        builder = self.builder
        given = {key: value for key, value in fields.items() if value is not None}
        if self.called:
            given |= as_called(find(kind), self.called)
        own = self.unique(name)  # before a value is asked, which may add layers for it
        index = self._alike.add(kind, given, own, tuple([value.index for value in values]))
        if prod(builder.outs[index]) != prod(shape):
            made = builder.outs.pop()
            builder.layers.pop()
            self._alike.forget()
            raise LayerError(f"{kind} gives {made}, not {shape}")
        builder.layers[index] = self.numbers.told(builder.layers[index])
        return self.reshape(Value(index, shape), shape, name)

    def add_unknown(
        self, op: str, values: list[Value], shapes: list[Shape], name: str, counted: bool = True
    ) -> list[Value]:
        """Layers for an operation without a rule that gives tensors of `shapes`: one that costs
        what the user says, or is noted as unknown, and others that take more of its tensors out.

        `counted` says that all of its weights are parameters, which are counted in any case.
        SpecError for a rule of the user's that comes to no count.
        """
        told = self.unknown.cost(op, [value.shape for value in values], shapes)
        op, source = op[:60], [Value(INPUT, ())]
        fields = {"op": op, "shape": plain_shape(shapes[0]), "counted": counted}
        fields |= told.fields if told else {}
        if told and told.params:
            size = (told.params,)
            self.add("parameter", {"shape": size}, source, size, f"{name}.params")
        first = self.add("unknown", fields, values or source, shapes[0], name)
        others = (
            self.add("gather", {"op": op, "shape": plain_shape(shape)}, [first], shape, name)
            for shape in shapes[1:]
        )
        return [first, *others]

    def unique(self, name: str) -> str:
        """`name`, or with a number behind it if that is taken."""
        candidate = name
        while candidate in self._names or candidate == "input":
            self._numbers[name] += 1
            candidate = f"{name}_{self._numbers[name]}"
        self._names.add(candidate)
        return candidate

    def attempt(self, op: str, rule: Callable[[], Made]) -> Made | None:
        """What `rule` makes of an operation; None, with nothing added, where it does not apply.

        Attributes, shapes and inputs come from files that may say anything. A rule that trips
        over them has no use for the operation, which is then unknown: why is noted.
        """
        layers, counted, placed = len(self.builder.layers), len(self._ledger), len(self._placed)
        self.numbers.begin()
        try:
            return rule()
        except LayerError as error:
            reason = error.problems[0].message
        except _TRIPPED as error:
            reason = f"its attributes, shapes or inputs do not fit ({type(error).__name__})"
        self.numbers.begin()
        del self.builder.layers[layers:]
        del self.builder.outs[layers:]
        self._alike.forget()
        self._ledger.forget(counted)
        while len(self._placed) > placed:
            self._placed.pop().value = None
        self.unknown.note(op, reason)
        return None

    def whose(self, tensor: Constant) -> str:
        """Whose a layer's weights are that are `tensor`: `own`, `shared` with layers that count
        all of them, or `otherwise` if they are no parameters."""
        status = self._ledger.whose(tensor.params, prod(tensor.shape))
        return self._doubting(status, tensor.params)

    def _doubting(self, status: str, params: frozenset[str]) -> str:
        return UNCLEAR if status == OWN and params & self.doubted else status

    def weights(self, tensor: Constant) -> str:
        """`whose`, and they are counted: by the layer what is `own`, and by layers of their own
        further parameters that `tensor` is made of."""
        status = self._ledger.claim(tensor.params, prod(tensor.shape))
        self.numbers.take([tensor], self._ledger.claimed)
        self.parameters(tensor.params)
        return self._doubting(status, tensor.params)

    def weights_together(self, tensors: Sequence[Constant], size: int) -> str:
        """`weights` of a layer that has `size` of them in several tensors, biases among them."""
        parts = [(tensor.params, prod(tensor.shape)) for tensor in tensors]
        status = self._ledger.claim_together(parts, size)
        self.numbers.take(tensors, self._ledger.claimed)
        params = frozenset[str]().union(*(tensor.params for tensor in tensors))
        self.parameters(params)
        return self._doubting(status, params)

    def not_learned(self, tensor: Constant) -> None:
        """Note that `tensor` is no parameter, though it passes for one."""
        self._ledger.take(tensor.params)

    def constant(self, tensor: Constant, name: str) -> Value:
        """A layer for a constant: a `parameter` where it is learned, else a `constant`."""
        if tensor.value is None:
            tensor.value = self._materialised(tensor, name)
            self._placed.append(tensor)
        return tensor.value

    def _materialised(self, tensor: Constant, name: str) -> Value:
        learned = self.parameters(tensor.params)
        for value in learned:
            if prod(value.shape) == prod(tensor.shape):
                return self.reshape(value, tensor.shape, name)
        shape = plain_shape(tensor.shape)
        if learned:
            fields = {"op": "computed from parameters", "shape": shape}
            return self.add("gather", fields, learned[:1], tensor.shape, f"{name}.computed")
        source = [Value(INPUT, ())]
        return self.add("constant", {"shape": shape}, source, tensor.shape, f"{name}.constant")

    def parameters(self, params: frozenset[str]) -> list[Value]:
        """A `parameter` layer for each among `params` that nothing has counted yet."""
        made = []
        for param in self._ledger.take(params):
            shape = self.params[param]
            fields: Fields = {"shape": plain_shape(shape)}
            if param in self.unsure:
                fields["weights"] = UNCLEAR
            with self.numbers.only(param):
                made.append(self.add("parameter", fields, [Value(INPUT, ())], shape, param))
        return made

    def reshape(self, value: Value, shape: Shape, name: str) -> Value:
        """The same elements in the framework's `shape`; no layer where ours stays the same."""
        made = self.exactly(value, plain_shape(shape), name)
        return made if made.shape == shape else Value(made.index, shape)

    def exactly(self, value: Value, plain: Shape, name: str) -> Value:
        """The same elements in our shape `plain`, batch or not."""
        before = self.plain(value)
        if before == plain:
            return value
        if prod(before) != prod(plain):
            raise LayerError(f"{before} is no tensor of {plain}")
        if len(plain) == 1:
            index = self._movement("flatten", {}, value, name)
        else:
            index = self._movement("reshape", {"shape": plain}, value, name)
        return Value(index, value.shape)

    def _movement(self, kind: str, fields: Fields, value: Value, name: str) -> int:
        return self.builder.add(
            kind, fields, name=self.unique(f"{name}.{kind}"), inputs=(value.index,)
        )

    def finish(self, operations: int = 0) -> Imported:
        """The network, with the parameters that no operation used as layers of their own."""
        groups: dict[Group, list[str]] = {}
        for param in self._ledger.take(self.params):
            groups.setdefault((param.split(".")[0], param in self.unsure), []).append(param)
        if not self.builder.layers:
            raise ConvcostError("this network has no operations")
        network = with_unused(self.builder.network(), groups, self)
        notes = (*self.unknown.reasons(), *self.unknown.idle())
        return Imported(network._replace(notes=notes), dict(self.unknown.counts), operations)
