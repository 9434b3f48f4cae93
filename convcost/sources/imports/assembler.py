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
from convcost.kinds.fields import FIXED, OWN, SHARED
from convcost.network import INPUT, Builder, Network
from convcost.ops.base import Shape
from convcost.text import listed

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

    `operations` is the number of all of the graph's operations; `notes` are what its numbers
    leave open, in words: why operations that there is a rule for are unknown all the same, and
    which parameters nothing uses.
    """

    network: Network
    unknown: Mapping[str, int]
    operations: int
    notes: tuple[str, ...] = ()


def plain_shape(shape: Shape) -> Shape:
    """A framework's shape as convcost has it: without a batch of 1, and never empty."""
    if len(shape) > 1 and shape[0] == 1:
        return shape[1:]
    return shape or (1,)


@dataclass(slots=True)
class Assembler:
    """Adds layers to a network, keeps its parameters' books and the names of unknown operations.

    `params` are the framework's parameters with their shapes; each is counted once, where it is
    first used. `otherwise` is whose weights are that are no parameters: `fixed`, or `unclear`
    where a file does not say what was learned.
    """

    builder: Builder
    params: MutableMapping[str, Shape]
    otherwise: str = FIXED
    unknown: Counter[str] = field(default_factory=Counter)
    _claimed: dict[str, None] = field(default_factory=dict)
    _names: set[str] = field(default_factory=set)
    _numbers: Counter[str] = field(default_factory=Counter)
    _placed: list[Constant] = field(default_factory=list)
    _reasons: dict[str, str] = field(default_factory=dict)

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
        index = builder.add(
            kind,
            {key: value for key, value in fields.items() if value is not None},
            name=self.unique(name),
            inputs=tuple(value.index for value in values),
        )
        if prod(builder.outs[index]) != prod(shape):
            made = builder.outs.pop()
            builder.layers.pop()
            raise LayerError(f"{kind} gives {made}, not {shape}")
        return self.reshape(Value(index, builder.outs[index]), shape, name)

    def add_unknown(
        self, op: str, values: Sequence[Value], shape: Shape, name: str, *, counted: bool = True
    ) -> Value:
        """A layer for an operation without a rule, which is noted; `counted` says that all of its
        weights are parameters, which are counted in any case."""
        self.unknown[op] += 1
        values = values or [Value(INPUT, ())]
        fields = {"op": op[:60], "shape": plain_shape(shape), "counted": counted}
        return self.add("unknown", fields, values, shape, name)

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
        layers, claimed, placed = len(self.builder.layers), len(self._claimed), len(self._placed)
        try:
            return rule()
        except LayerError as error:
            reason = error.problems[0].message
        except _TRIPPED as error:
            reason = f"its attributes, shapes or inputs do not fit ({type(error).__name__})"
        del self.builder.layers[layers:]
        del self.builder.outs[layers:]
        while len(self._claimed) > claimed:
            self._claimed.popitem()
        while len(self._placed) > placed:
            self._placed.pop().value = None
        self._reasons.setdefault(op, reason)
        return None

    def claim(self, tensor: Constant) -> str:
        """Count the parameter that `tensor` is, or is computed from, as a layer's own weights.

        `own`, or `shared` if it was counted before, or `otherwise` if it is no parameter.
        """
        wanted = prod(tensor.shape)
        fitting = sorted(name for name in tensor.params if prod(self.params[name]) == wanted)
        fresh = [name for name in fitting if name not in self._claimed]
        if fresh:
            self._claimed[fresh[0]] = None
            return OWN
        return SHARED if fitting else self.otherwise

    def weights(self, tensor: Constant) -> str:
        """`claim`, and layers of their own for further parameters that `tensor` is made of."""
        status = self.claim(tensor)
        self.parameters(tensor.params)
        return status

    def weights_and_bias(self, weight: Constant, bias: Constant | None) -> Fields:
        """The fields that tell whose a layer's weights are, and whether it has a bias."""
        status = self.weights(weight)
        fields: Fields = {} if status == OWN else {"weights": status}
        if bias is not None and self.weights(bias) == status:
            fields["bias"] = True
        return fields

    def norm_weights(self, *tensors: Constant | None) -> list[int]:
        """How many learnable numbers each of a norm's tensors holds; 0 where it has none."""
        return [
            prod(tensor.shape) if tensor is not None and self.weights(tensor) == OWN else 0
            for tensor in tensors
        ]

    def take(self, params: frozenset[str]) -> list[str]:
        """The parameters among `params` that nothing has counted yet; now they are."""
        fresh = sorted(name for name in params if name not in self._claimed)
        self._claimed.update(dict.fromkeys(fresh))
        return fresh

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
        return [
            self.add("parameter", {"shape": plain_shape(shape)}, [Value(INPUT, ())], shape, param)
            for param in self.take(params)
            for shape in (self.params[param],)
        ]

    def reshape(self, value: Value, shape: Shape, name: str) -> Value:
        """The same elements in the framework's `shape`; no layer where ours stays the same."""
        return Value(self.exactly(value, plain_shape(shape), name).index, shape)

    def exactly(self, value: Value, plain: Shape, name: str) -> Value:
        """The same elements in our shape `plain`, batch or not."""
        before = self.plain(value)
        if before == plain:
            return value
        if len(plain) == 1:
            index = self._movement("flatten", {}, value, name)
        else:
            index = self._movement("reshape", {"shape": plain}, value, name)
        return Value(index, value.shape)

    def _movement(self, kind: str, fields: Fields, value: Value, name: str) -> int:
        return self.builder.add(
            kind, fields, name=self.unique(f"{name}.{kind}"), inputs=(value.index,)
        )

    def finish(self, notes: Sequence[str] = (), operations: int = 0) -> Imported:
        """The network, with the parameters that no operation used as layers of their own."""
        left = self.take(frozenset(self.params))
        groups: dict[str, int] = {}
        for param in left:
            top = param.split(".")[0]
            groups[top] = groups.get(top, 0) + prod(self.params[param])
        if not self.builder.layers:
            raise ConvcostError("this network has no operations")
        return Imported(
            self._with_unused(groups),
            dict(self.unknown),
            operations,
            (*notes, *self._notes(groups)),
        )

    def _with_unused(self, groups: Mapping[str, int]) -> Network:
        """The network with a `parameter` layer in front for each group of unused parameters."""
        network = self.builder.network()
        sizes = {top: size for top, size in groups.items() if size}
        if not sizes:
            return network
        front = Builder(network.name, network.input)
        for top, size in sizes.items():
            name = self.unique(f"{top}.unused")
            front.add("parameter", {"shape": (size,)}, name=name, inputs=(INPUT,))
        shift = len(front.layers)
        for layer in network.layers:
            inputs = tuple(index if index == INPUT else index + shift for index in layer.inputs)
            front.layers.append(layer._replace(inputs=inputs))
        return front.network()

    def _notes(self, groups: Mapping[str, int]) -> list[str]:
        notes = [f"{op} is unknown: {why}" for op, why in self._reasons.items()]
        if groups:
            names = listed(groups)
            notes.append(f"no operation uses the parameters of {names}; they are counted")
        return notes
