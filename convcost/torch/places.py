"""Which module of a network each layer is, and whether another can stand in its place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from convcost.cost import evaluate
from convcost.network import Network
from convcost.ops.base import Shape
from convcost.ops.conv import Conv, TransposedConv
from convcost.sources.imports.assembler import Imported
from convcost.text import listed, quote

_CONVOLUTIONS = (Conv, TransposedConv)
_HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")


class Places:
    """The modules of a network that was followed, which has `layers` when it is recognised."""

    def __init__(self, module: Any, followed: Imported, network: Network) -> None:
        self.network = network
        self._costs = evaluate(network)
        self._modules = dict(module.named_modules())
        self._paths = followed.paths
        self._runs: dict[str, set[str]] = defaultdict(set)
        for layer in followed.network.layers:
            if any(isinstance(op, _CONVOLUTIONS) for op, _ in layer.stages):
                self._runs[self._paths.get(layer.name, "")].add(layer.name)
        self._holders: dict[int, list[str]] = defaultdict(list)
        for path, each in self._modules.items():
            for tensor in each.parameters(recurse=False):
                self._holders[id(tensor)].append(path)

    def path(self, at: int) -> str:
        """The path of the module that does what the layer at `at` does."""
        return self._paths.get(self.network.layers[at].name, "")

    def shape(self, at: int) -> Shape:
        """What arrives at a layer."""
        return self._costs.layers[at].ins[0]

    def objection(self, at: int, planned: Collection[int]) -> str:
        """Why the module of a layer cannot give way to another, as those of all that are planned
        do; empty if it can."""
        layer, path = self.network.layers[at], self.path(at)
        ops = [op for op, _ in layer.stages if isinstance(op, _CONVOLUTIONS)]
        if len(ops) != 1 or layer.name not in self._paths:
            return "it is several modules, one behind the other"
        module = self._modules[path]
        names = {self.network.layers[each].name for each in planned}
        others = sorted(self._runs[path] - names)
        if others:
            return f"its module is layer {listed([quote(each) for each in others])} as well"
        return _of_module(module, ops[0]) or self._of_place(module, path)

    def _of_place(self, module: Any, path: str) -> str:
        """What stands against it in what is around."""
        others = {each for it in module.parameters() for each in self._holders[id(it)]} - {path}
        if others:
            return f"it shares its weights with {listed(sorted(map(quote, others)))}"
        return ""


def _of_module(module: Any, op: Conv | TransposedConv) -> str:
    """Why a module is not just what the op is; empty if it is."""
    from torch import nn

    dims, name = len(op.kernel), type(module).__name__
    usual: Any = getattr(nn, f"Conv{'Transpose' * isinstance(op, TransposedConv)}{dims}d", None)
    if usual is None or not isinstance(module, usual):
        return f"{quote(name)} does it, which is no convolution of PyTorch's"
    kind = type(module)
    names = ("forward", "_conv_forward", "__call__")
    if any(getattr(kind, each, None) is not getattr(usual, each, None) for each in names):
        return f"{quote(name)} has a forward of its own"
    if any(getattr(module, each) for each in _HOOKS):
        return f"{quote(name)} has hooks, which may change what it does"
    if module.padding_mode != "zeros":
        return f"it pads by {quote(module.padding_mode)}, and not with zeros"
    if {each for each, _ in module.named_parameters()} != {"weight", *["bias"] * op.bias}:
        return f"the weights of {quote(name)} are no plain parameters"
    if (module.in_channels, module.out_channels, module.groups) != (op.n, op.m, op.groups):
        return f"{quote(name)} holds other weights than it uses"
    return ""
