"""One call of a Keras layer, and the register of what turns it into layers of ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from convcost.errors import LayerError
from convcost.ops.base import TOO_LONG, Shape, Sizes
from convcost.sources.imports.assembler import Assembler, Constant, Value
from convcost.sources.imports.handlers import registers
from convcost.sources.imports.keras.described import Described, found_in
from convcost.sources.imports.movement import permute

LAST = "channels_last"


class Tensor(NamedTuple):
    """A tensor of Keras's. Its `value` has the dims in Keras's order, or, if it is `turned`, the
    channels right behind the batch, where Keras has them last."""

    value: Value
    turned: bool = False

    @property
    def shape(self) -> Shape:
        """Its shape as Keras has it, with the batch."""
        shape = self.value.shape
        return (shape[0], *shape[2:], shape[1]) if self.turned else shape


Result = Tensor | Sequence[Tensor]


@dataclass(slots=True)
class Weights:
    """What Keras counts: its weights by name, and which of them are not trained; those that are
    no parameters of ours, such as statistics, are `kept`."""

    to: Assembler
    frozen: set[str] = field(default_factory=set)
    kept: dict[str, int] = field(default_factory=dict)

    def forget(self, but: int, kept: int) -> None:
        """All that came behind the first so many, and those `kept`."""
        for name in [*self.to.params][but:]:
            del self.to.params[name]
            self.frozen.discard(name)
        for name in [*self.kept][kept:]:
            del self.kept[name]


@dataclass(frozen=True, slots=True)
class Call:
    """A layer, the tensors that arrive, and what to call what it becomes.

    `path` is where its weights lie, the same in every call. A layer in a model that is not
    trained is `frozen`.
    """

    to: Assembler
    layer: Described
    args: Sequence[Any]
    kwargs: Mapping[str, Any]
    path: str
    weights: Weights
    walk: Callable[[Call], Result]
    frozen: bool = False

    @property
    def name(self) -> str:
        """What its layers are called."""
        return self.path

    def setting(self, *names: str) -> Any:
        """The first of these in its configuration; None where it has none of them."""
        config = self.layer.config
        return next((config[name] for name in names if config.get(name) is not None), None)

    def flag(self, name: str, usual: bool = True) -> bool:
        """A setting that is true or false."""
        said = self.layer.config.get(name)
        return usual if said is None else bool(said)

    @property
    def is_frozen(self) -> bool:
        """Whether its weights are not trained: it says so, or the model does that it is in."""
        return self.frozen or not self.flag("trainable")

    def count(self, *names: str) -> int:
        """A setting that is a whole number above 0; LayerError if it is none."""
        return counted(self.setting(*names), names[0])

    def sizes(self, name: str, dims: int, usual: Any = 1) -> Sizes:
        """A setting of one number for each of `dims` dims."""
        said = self.setting(name)
        return sizes_of(usual if said is None else said, dims, name)

    def tensors(self) -> list[Tensor]:
        """Every tensor that arrives, in order."""
        return [*found_in([*self.args, *self.kwargs.values()], Tensor)]

    @property
    def tensor(self) -> Tensor:
        """The first of them."""
        return self.nth(0)

    def nth(self, index: int) -> Tensor:
        """One of them; LayerError where there are fewer."""
        found = self.tensors()
        if len(found) <= index:
            raise LayerError(f"{self.layer.cls} of what is no tensor")
        return found[index]

    def weight(self, name: str, shape: Sequence[int], is_trained: bool = True) -> Constant:
        """A weight of the layer's."""
        path = f"{self.path}.{name}"
        size = tuple(counted(each, name) for each in shape)
        self.to.params[path] = size
        if self.is_frozen or not is_trained:
            self.weights.frozen.add(path)
        return Constant(size, frozenset([path]))

    def maybe(self, has: bool, name: str, shape: Sequence[int]) -> Constant | None:
        """The same where the layer `has` it."""
        return self.weight(name, shape) if has else None

    def keep(self, name: str, numbers: int) -> None:
        """Note numbers that Keras counts and that are no parameters."""
        self.weights.kept[f"{self.path}.{name}"] = numbers

    @property
    def is_last(self) -> bool:
        """Whether its channels are the last dim, in Keras."""
        said = self.setting("data_format")
        if said not in (None, LAST, "channels_first"):
            raise LayerError(f"a data_format that is neither {LAST} nor channels_first")
        return said in (None, LAST)

    def spatial(self, tensor: Tensor) -> Value:
        """A tensor with the channels right behind the batch, as our layers have it."""
        return self.first(tensor) if self.is_last else self.plain(tensor)

    def made(self, value: Value) -> Tensor:
        """What a layer gives whose tensor was `spatial`."""
        return Tensor(value, self.is_last and len(value.shape) > 2)

    def plain(self, tensor: Tensor) -> Value:
        """A tensor with its dims in Keras's order."""
        if not tensor.turned:
            return tensor.value
        order = (0, *range(2, len(tensor.shape)), 1)
        return permute(self.to, tensor.value, order, tensor.shape, f"{self.name}.last")

    def first(self, tensor: Tensor) -> Value:
        """A tensor with its last dim right behind the batch."""
        if tensor.turned or len(tensor.shape) < 3:
            return tensor.value
        rank = len(tensor.shape)
        order = (0, rank - 1, *range(1, rank - 1))
        shape = tuple(tensor.shape[dim] for dim in order)
        return permute(self.to, tensor.value, order, shape, f"{self.name}.first")

    def inside(self, layer: Described, args: Sequence[Any], name: str = "") -> Result:
        """What a layer inside of this one gives."""
        is_frozen = self.is_frozen
        path = f"{self.path}.{name or layer.name}"
        return convert(
            replace(self, layer=layer, args=args, kwargs={}, path=path, frozen=is_frozen)
        )


Handler = Callable[[Call], Result]
HANDLERS: dict[str, Handler] = {}
handles = registers(HANDLERS)
"""Registers the function below as what turns calls of these classes into layers."""


def convert(call: Call) -> Result:
    """What a layer gives, or a model; LayerError for one that has no handler."""
    if call.layer.graph:
        return call.walk(call)
    handler = HANDLERS.get(call.layer.key)
    if handler is None and not call.layer.module:
        handler = HANDLERS.get(call.layer.cls)
    if handler is None or call.layer.own:
        raise LayerError(f"{call.layer.cls} is not one of Keras's layers that are known here")
    return handler(call)


def counted(said: Any, name: str) -> int:
    """A whole number above 0; LayerError if it is none."""
    if type(said) is not int or not 0 < said < TOO_LONG:
        raise LayerError(f"{name} is no number above 0")
    return said


def sizes_of(said: Any, dims: int, name: str) -> Sizes:
    """One number for each of `dims` dims."""
    several = list(said) if isinstance(said, list | tuple) else [said] * dims
    if len(several) != dims:
        raise LayerError(f"{name} has {len(several)} numbers for {dims} dims")
    return tuple(counted(each, name) for each in several)
