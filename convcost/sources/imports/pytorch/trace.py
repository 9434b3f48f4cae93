"""A PyTorch module as a network: its forward is run for its shapes, and what it does is noted.

Nothing is computed. What depends on the input becomes layers as it happens; what does not (weights,
and whatever is computed from them) is kept apart until something needs it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from math import prod
from typing import Any

import torch
from torch import Tensor

from convcost.network import Builder
from convcost.ops.base import Shape
from convcost.sources.imports.assembler import Assembler, Constant, Imported, Value, plain_shape
from convcost.sources.imports.numbers import NOTHING_SEEN, Numbers, Seen
from convcost.sources.imports.pytorch.calling import are_renamed, holds, is_layer
from convcost.sources.imports.pytorch.empty import NO_TENSORS, tensors_in
from convcost.sources.imports.pytorch.inputs import Call as Arguments
from convcost.sources.imports.pytorch.inputs import named_leaves
from convcost.sources.imports.pytorch.meta import ShapeMode
from convcost.sources.imports.pytorch.ops import HANDLERS, SHAPE_ONLY, WORK, Call
from convcost.sources.imports.pytorch.schema import is_in_place
from convcost.sources.imports.pytorch.scripted import Part, is_frozen
from convcost.sources.imports.unknowns import Unknowns
from convcost.sources.imports.visits import Visits
from convcost.sources.teaching import NO_RULES, Rules

_STEPS = ("bmm", "baddbmm", "softmax")
"""What multi-head attention is made of where it gives its scores as well."""
Known = Value | Constant | tuple["Known", ...] | None


def network_of(
    module: Any,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    name: str,
    rules: Rules = NO_RULES,
    seen: Mapping[str, Seen] = NOTHING_SEEN,
) -> Imported:
    """The network that `module` is on these inputs, tensors on the meta device with a batch of 1.

    The first of floats is its input, and the others are layers; tensors that have values are
    constants. `rules` are the user's, of operations that have none here; `seen` are parameters
    whose numbers are known. Whatever its forward raises is raised.
    """
    inputs = [each for each in tensors_in((args, kwargs)) if each.is_meta]
    first = next((each for each in inputs if each.is_floating_point()), inputs[0])
    builder, numbers = Builder(name, plain_shape(tuple(first.shape))), Numbers(seen)
    names = {id(each): name for name, each in module.named_parameters()}
    unsure = frozenset(each for each in names.values() if is_frozen(module, each))
    to = Assembler(builder, {}, unsure=unsure, unknown=Unknowns(rules), numbers=numbers)
    trace = _Trace(to, module, names)
    trace.keep(first, to.input(tuple(first.shape)))
    for each, tensor in named_leaves(module.forward, Arguments(args, kwargs)):
        if isinstance(tensor, Tensor) and tensor.is_meta and tensor is not first:
            trace.keep(tensor, to.constant(Constant(tuple(tensor.shape)), each))
    with torch.no_grad(), trace.following(), trace:
        made = module(*args, **kwargs)
    for tensor in tensors_in(made):
        if isinstance(known := trace.of(tensor), Value):
            to.plain(known)  # as nothing else may have asked for it
    finished = to.finish(operations=trace.operations)
    more = len(finished.network.layers) - len(builder.layers)
    return finished._replace(visits=tuple(trace.visits.of(more, _shapes)))


class _Trace(ShapeMode):
    """Notes every operation of a run; what each tensor has come to is known by the tensor."""

    def __init__(self, to: Assembler, module: Any, names: Mapping[int, str]) -> None:
        super().__init__()
        self.to = to
        self.operations = 0
        self.names = names
        modules = dict(module.named_modules())
        self.paths = {id(each): path for path, each in modules.items()}
        self.modules: list[Any] = []
        self.visits = Visits()
        self.known: dict[int, tuple[Tensor, Known]] = {}
        for each in tensors_in([vars(each) for each in modules.values()]):
            if not torch.nn.parameter.is_lazy(each):
                self.keep(each, self._held(each))

    def keep(self, tensor: Tensor, known: Known) -> None:
        """From here on the tensor is `known` as that."""
        self.known[id(tensor)] = tensor, known

    def of(self, tensor: Tensor) -> Known:
        """What a tensor has come to; None for one that is still to be made, when it is needed."""
        kept = self.known.get(id(tensor))
        if kept:
            return kept[1]
        if torch.nn.parameter.is_lazy(tensor):
            return None
        known = self._unseen(tensor)
        self.keep(tensor, known)
        return known

    def is_live(self, tensor: Tensor) -> bool:
        """Whether it depends on the input."""
        return isinstance(self.of(tensor), (Value, tuple))

    def _held(self, tensor: Tensor) -> Constant:
        """A tensor of the module's own."""
        name = self.names.get(id(tensor))
        shape = tuple(tensor.shape)
        if name is None:
            return Constant(shape)
        self.to.params.setdefault(name, shape)
        return Constant(shape, frozenset([name]))

    def _unseen(self, tensor: Tensor) -> Known:
        """One that no operation here has given: a constant; without values it came from code
        that PyTorch's own eyes do not see."""
        is_held = id(tensor) in self.names or isinstance(tensor, torch.nn.Parameter)
        if is_held or not tensor.is_meta:
            return self._held(tensor)
        name, shapes = self._name("code"), [tuple(tensor.shape)]
        return self.to.add_unknown("code that cannot be followed", [], shapes, name)[0]

    def saw(self, name: str, args: Any, kwargs: Any, tensors: Any, result: Any) -> None:
        """Add the operation to the network, or what it gives to the constants."""
        outputs = tensors_in(result)
        if not outputs:
            return
        op = name.removesuffix("_")
        inputs = [self.of(each) for each in tensors]
        shapes = [tuple(each.shape) for each in outputs]
        is_live = any(isinstance(each, (Value, tuple)) for each in inputs)
        learned = _params_of(inputs)
        if op in SHAPE_ONLY or not (is_live or op in WORK):
            for tensor, shape in zip(outputs, shapes, strict=True):
                self.keep(tensor, Constant(shape, learned))
            return
        self.operations += 1
        self.to.called = self._called(op, learned)
        self._note(op, args, kwargs, outputs, shapes)
        if is_in_place(name):
            self._changed(args[0])

    def _note(
        self, op: str, args: Any, kwargs: Any, outputs: list[Tensor], shapes: list[Shape]
    ) -> None:
        found = self.arguments.of(op, args, kwargs)
        bound = {key: self._resolved(each) for key, each in found.items()}
        call = Call(self.to, op, bound, shapes, self._name(op))
        handler = HANDLERS.get(op)
        made: Any = self.to.attempt(op, partial(handler, call)) if handler else None
        if made is None:
            made = self._unknown(call) if any(map(prod, shapes)) else Constant(shapes[0])
        several = made if isinstance(made, tuple) else (made,) * len(outputs)
        for tensor, known in zip(outputs, several, strict=False):
            self.keep(tensor, known)

    def _called(self, op: str, learned: frozenset[str]) -> str:
        """How the code calls an operation on what is made of parameters, those that are `learned`;
        empty for a layer of PyTorch's own, which tools see."""
        module = self.modules[-1] if self.modules else None
        if isinstance(module, torch.nn.MultiheadAttention):
            return "attention-steps" if op in _STEPS else "attention"
        if is_layer(module):
            return "renamed" if are_renamed(learned) else ""
        if self.by == "function" and type(module).__module__ == "torch.nn.modules.transformer":
            return "method"  # its activation is kept from before any tool could see it
        path = self.paths.get(id(module), "")
        if module is not None and not module._modules and holds(path, learned):
            return "subclass"
        return self.by

    def _unknown(self, call: Call) -> Known:
        tensors = [call.live(each) for each in call.tensors()]
        shapes = [each for each in call.shapes if prod(each)]
        made = iter(self.to.add_unknown(call.op, tensors, shapes, call.name))
        first, *others = (next(made) if prod(each) else Constant(each) for each in call.shapes)
        return (first, *others) if others else first

    def wrote(self, tensor: Tensor, values: list[Tensor]) -> None:
        """A part of `tensor` is overwritten: elements are moved, if any depends on the input."""
        known = [self.of(each) for each in (tensor, *values)]
        live = [each for each in known if isinstance(each, Value)]
        shape = tuple(tensor.shape)
        if live:
            self.operations += 1
            fields = {"op": "copy", "shape": plain_shape(shape)}
            self.keep(tensor, self.to.add("gather", fields, live[-1:], shape, self._name("copy")))
            self._changed(tensor)

    def _changed(self, tensor: Tensor) -> None:
        """What a change to a tensor in place means for the one that it is a part of."""
        whole = tensor._base
        if whole is not None and id(whole) in self.known:
            self.wrote(whole, [tensor])

    def _resolved(self, value: Any) -> Any:
        if type(value) in NO_TENSORS:
            return value
        if isinstance(value, Tensor):
            return self.of(value)
        if isinstance(value, (list, tuple)):
            if NO_TENSORS.issuperset(map(type, value)):
                return list(value)
            return [each.item() if _is_number(each) else self._resolved(each) for each in value]
        return value

    def _name(self, op: str) -> str:
        """The path of the module that does it; behind it the operation, where that is a part."""
        if not self.modules:
            return op
        path = self.paths.get(id(self.modules[-1]), "")
        if self._is_in_layer() and not isinstance(self.modules[-1], torch.nn.MultiheadAttention):
            return path or op
        return f"{path}.{op}" if path else op

    def _is_in_layer(self) -> bool:
        """Whether a layer of PyTorch's own is at work, which hooks of other tools see."""
        module = self.modules[-1] if self.modules else None
        if isinstance(module, Part):
            return not module._modules
        return type(module).__module__.startswith("torch.nn.modules.")

    def _enter(self, module: Any, given: Any) -> None:
        self.modules.append(module)
        path = self.paths.get(id(module), "")
        self.visits.enter(path, given, len(self.to.builder.layers))

    def _leave(self, _: Any, given: Any, made: Any) -> None:
        self.modules.pop()
        self.visits.leave(made, len(self.to.builder.layers))

    @contextmanager
    def following(self) -> Iterator[None]:
        """Know in which module the run is."""
        hooks, fast = torch.nn.modules.module, torch.backends.mha
        was_fast = fast.get_fastpath_enabled()
        fast.set_fastpath_enabled(False)  # with masks, it goes by way of nested tensors
        entered = hooks.register_module_forward_pre_hook(self._enter)
        left = hooks.register_module_forward_hook(self._leave, always_call=True)
        try:
            yield
        finally:
            fast.set_fastpath_enabled(was_fast)
            entered.remove()
            left.remove()


def _params_of(values: Iterable[Known]) -> frozenset[str]:
    """The parameters that the constants among them are made of."""
    params = [each.params for each in values if isinstance(each, Constant) and each.params]
    return params[0] if len(params) == 1 else frozenset().union(*params)


def _shapes(values: object) -> tuple[Shape, ...]:
    return tuple([tuple(each.shape) for each in tensors_in(values)])


def _is_number(value: Any) -> bool:
    """Whether it is a tensor that stands for a whole number, as sizes may be given."""
    if not isinstance(value, Tensor) or value.is_meta or value.dim():
        return False
    return value.dtype in (torch.int64, torch.int32)
