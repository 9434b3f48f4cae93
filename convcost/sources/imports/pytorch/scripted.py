"""TorchScript run operation by operation: compiled code shows nobody what it does."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from functools import partial
from inspect import Parameter, Signature
from typing import Any

import torch
from torch import Tensor, nn

_PART = re.compile(r"(\w+)\([^)]*\)")
"""A module on the way to another, in the words of a graph."""
_NO_PART = ("SELF", "UNKNOWN_INSTANCE")
_DTYPES = (
    torch.uint8,
    torch.int8,
    torch.int16,
    torch.int32,
    torch.int64,
    torch.float16,
    torch.float32,
    torch.float64,
    torch.complex32,
    torch.complex64,
    torch.complex128,
    torch.bool,
    torch.qint8,
    torch.quint8,
    torch.qint32,
    torch.bfloat16,
)
"""By the numbers that TorchScript has for them."""


def _stop(message: Any, *_: Any) -> None:
    raise RuntimeError(message)


def _same(value: Any, *_: Any) -> Any:
    return value


def _appended(found: list[Any], value: Any) -> list[Any]:
    found.append(value)
    return found


_PLAIN: dict[str, Callable[..., Any]] = {
    "prim::ListConstruct": lambda *each: list(each),
    "prim::TupleConstruct": lambda *each: each,
    "prim::DictConstruct": lambda *each: dict(zip(each[::2], each[1::2], strict=True)),
    "prim::ListUnpack": tuple,
    "prim::TupleUnpack": tuple,
    "prim::TupleIndex": operator.getitem,
    "prim::NumToTensor": torch.tensor,
    "prim::RaiseException": _stop,
    "prim::Uninitialized": lambda: None,
    "prim::unchecked_cast": _same,
    "prim::annotate": _same,
    "prim::dtype": lambda tensor: _DTYPES.index(tensor.dtype),
    "prim::min": min,
    "prim::max": max,
    "aten::Int": int,
    "aten::IntImplicit": int,
    "aten::Float": float,
    "aten::FloatImplicit": float,
    "aten::ScalarImplicit": lambda tensor: tensor.item(),
    "aten::Bool": bool,
    "aten::__getitem__": operator.getitem,
    "aten::_set_item": operator.setitem,
    "aten::__contains__": operator.contains,
    "aten::__is__": operator.is_,
    "aten::__isnot__": operator.is_not,
    "aten::__not__": operator.not_,
    "aten::append": _appended,
    "aten::len": len,
    "aten::list": list,
    "aten::format": lambda text, *each: text.format(*each),
    "aten::warn": _same,
}
"""What happens to numbers, lists and texts, where PyTorch's own operations do not see it."""
_OF_LISTS: dict[str, Callable[..., Any]] = {
    "aten::add": operator.add,
    "aten::mul": operator.mul,
    "aten::slice": lambda found, *ends: found[slice(*ends)],
    "aten::copy": list,
    "aten::extend": operator.iadd,
    "aten::pop": list.pop,
    "aten::eq": operator.eq,
    "aten::ne": operator.ne,
}
"""What names of operations on tensors mean for lists."""


class _Code:
    """A script's module. Copies of what is made of it share it, as nothing changes it."""

    def __init__(self, script: Any) -> None:
        self.script = script
        self.learned = list(script.named_parameters(recurse=False))

    def __deepcopy__(self, _: Any) -> _Code:
        return self


class Part(nn.Module):
    """A module inside a script: what it holds, and a place for what is done in it."""

    def __init__(self, script: Any, known: dict[Tensor, nn.Parameter]) -> None:
        super().__init__()
        self._code = _Code(script)
        for name, tensor in self._code.learned:
            learned = nn.Parameter(tensor.detach(), requires_grad=tensor.requires_grad)
            self.register_parameter(name, known.setdefault(tensor, learned))
        for name, tensor in script.named_buffers(recurse=False):
            self.register_buffer(name, tensor)
        for name, child in script.named_children():
            self.add_module(name, Part(child, known))

    def forward(self, work: Callable[[], Any]) -> Any:
        """What `work` gives, which hooks then see to be done here."""
        return work()

    def held(self, name: str) -> Any:
        """What it holds under that name."""
        for own in (self._parameters, self._buffers, self._modules):
            if name in own:
                return own[name]
        found = self._code.script._c.getattr(name)
        if isinstance(found, list):  # as recurrent layers keep their weights
            own = {id(tensor): self._parameters[name] for name, tensor in self._code.learned}
            return [own.get(id(each), each) for each in found]
        return found


class Scripted(Part):
    """A script as a module whose operations PyTorch's modes see.

    One that was frozen has no parameters: what it has in their place is in `frozen`.
    """

    def __init__(self, script: Any) -> None:
        super().__init__(script.eval(), {})
        self.frozen = nn.ParameterDict()
        if not any(True for _ in self.parameters()):
            self.frozen.update(_weights(script.inlined_graph))

    @property
    def forward(self) -> Callable[..., Any]:
        return _Forward(self, self._code.script)


class _Forward:
    """Runs the graph of a script's `forward`, whose signature it has."""

    def __init__(self, root: Scripted, script: Any) -> None:
        self.graph = script.inlined_graph
        self.root = root
        self.parts = dict(root.named_modules(remove_duplicate=False))
        self.frozen = root.frozen
        self.known: dict[str, Any] = {}
        self.owners: dict[str, Part] = {}
        self.__signature__ = Signature(
            [
                Parameter(
                    each.name,
                    Parameter.POSITIONAL_OR_KEYWORD,
                    default=each.default_value if each.has_default_value() else Parameter.empty,
                )
                for each in script.forward.schema.arguments[1:]
            ]
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        call = self.__signature__.bind(*args, **kwargs)
        call.apply_defaults()
        made = self._run(self.graph, (self.root, *call.arguments.values()), self.root)
        return made[0]

    def _run(self, block: Any, given: Sequence[Any], part: Any) -> list[Any]:
        """What a block gives that is given this; it stands in `part`."""
        self._keep(block.inputs(), given)
        for node in block.nodes():
            values = [self.known[each.debugName()] for each in node.inputs()]
            self._keep(node.outputs(), self._made(node, values, self._part(node, part)))
        return [self.known[each.debugName()] for each in block.outputs()]

    def _keep(self, names: Any, values: Sequence[Any]) -> None:
        self.known |= zip((each.debugName() for each in names), values, strict=False)

    def _part(self, node: Any, otherwise: Any) -> Any:
        """The module that a node stands in: the graph tells some, and weights the others."""
        names = [each for each in _PART.findall(node.getModuleHierarchy()) if each not in _NO_PART]
        owners = [
            self.owners[each.debugName()]
            for each in node.inputs()
            if each.debugName() in self.owners
        ]
        return self.parts.get(".".join(names) if names else "-") or next(iter(owners), otherwise)

    def _made(self, node: Any, values: list[Any], part: Any) -> Sequence[Any]:
        """What a node gives that is given these."""
        made: Any
        kind, blocks = node.kind(), list(node.blocks())
        if kind == "prim::Constant":
            name = _key(node.output())
            return [self.frozen[name] if name in self.frozen else node.output().toIValue()]
        if kind == "prim::GetAttr":
            found = values[0].held(node.s("name"))
            if isinstance(found, Tensor):
                self.owners[node.output().debugName()] = values[0]
            return [found]
        if kind == "prim::If":
            return self._run(blocks[0 if values[0] else 1], (), part)
        if kind == "prim::Loop":
            return self._repeated(blocks[0], *values, part=part)
        if kind in _PLAIN:
            made = _PLAIN[kind](*values)
        elif values and isinstance(values[0], list) and kind in _OF_LISTS:
            made = _OF_LISTS[kind](*values)
        elif not kind.startswith("prim::"):
            work = partial(_call, node.schema(), values)
            made = work() if part is self.root else part(work)
        elif isinstance(values[0], Tensor):  # what it asks of it, such as its device
            made = getattr(values[0], kind.removeprefix("prim::"))
        else:  # whoever follows it takes what is raised for its reason, as of any forward
            raise NotImplementedError(f"{kind} of TorchScript")
        return made if node.outputsSize() > 1 or kind.endswith("Unpack") else [made]

    def _repeated(self, block: Any, most: int, *state: Any, part: Any) -> Sequence[Any]:
        """What a loop carries from turn to turn, behind whether it goes on, once it does not."""
        turn = 0
        while state[0] and turn < most:
            state = tuple(self._run(block, (turn, *state[1:]), part))
            turn += 1
        return state[1:]


def _key(value: Any) -> str:
    """What a value of a graph is called, as a parameter may be."""
    return str(value.debugName()).replace(".", "/")


def _weights(graph: Any) -> dict[str, nn.Parameter]:
    """The tensors of several numbers that a graph holds."""
    found = {
        _key(node.output()): node.output().toIValue()
        for node in graph.nodes()
        if node.kind() == "prim::Constant"
    }
    return {
        name: nn.Parameter(value, requires_grad=False)
        for name, value in found.items()
        if isinstance(value, Tensor) and value.is_floating_point() and value.numel() > 1
    }


def _call(text: str, values: list[Any]) -> Any:
    """What an operation gives, by its description."""
    schema = torch._C.parse_schema(text)
    space, _, name = schema.name.partition("::")
    packet = getattr(getattr(torch.ops, space), name)
    placed, named = [], {}
    for argument, value in zip(schema.arguments, values, strict=True):
        is_dtype = argument.name == "dtype" and isinstance(value, int)
        given = _DTYPES[value] if is_dtype else value
        if argument.kwarg_only:
            named[argument.name] = given
        else:
            placed.append(given)
    return getattr(packet, schema.overload_name or "default")(*placed, **named)


def is_frozen(module: Any, param: str) -> bool:
    """Whether a parameter of that name may have been none, before the script was frozen."""
    return isinstance(module, Scripted) and param.startswith("frozen.")


def followable(module: Any) -> Any:
    """A module that is a script as one that can be followed; any other as it is, with the scripts
    inside it replaced."""
    made: dict[int, Any] = {}

    def replaced(each: Any) -> Any:
        if id(each) not in made:
            is_script = isinstance(each, torch.jit.ScriptModule)
            made[id(each)] = Scripted(each) if is_script else each
            if not is_script:
                each._modules.update({key: replaced(it) for key, it in each._modules.items() if it})
        return made[id(each)]

    return replaced(module)
