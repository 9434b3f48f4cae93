"""A copy of a module without its weights, so that what somebody has at hand stays as it is."""

from __future__ import annotations

import copy
from collections import OrderedDict
from contextlib import suppress
from functools import cache
from typing import Any

from convcost.sources.imports.numbers import Seen, seen_in

_AS_THEY_ARE = frozenset((int, float, bool, str, type(None)))
_COPYING = (
    *("__deepcopy__", "__reduce_ex__", "__reduce__", "__getstate__", "__setstate__"),
    "__new__",
)
"""By what a class says itself how its objects are copied."""
_MAPPINGS = (dict, OrderedDict)
_HOLDERS = (*_MAPPINGS, list, tuple, set)


def without_weights(torch: Any, module: Any) -> Any:
    """A copy of `module` for inference; its weights are on the meta device, and shared ones stay
    so. Raises whatever copying what the module holds besides raises.
    """
    copies = _Copies(torch)
    for each in module.modules():
        for tensor in (*each._parameters.values(), *each._buffers.values()):
            copies.of(tensor)
    return copies.of(module).eval()


class _Copies:
    """`copy.deepcopy` of modules in a fraction of the time: most of what they hold are empty
    mappings, numbers and other modules."""

    def __init__(self, torch: Any) -> None:
        from convcost.sources.imports.pytorch.empty import LARGEST_REAL

        self._torch = torch
        self._base = torch.nn.Module
        self._largest = LARGEST_REAL
        self._memo: dict[int, Any] = {}

    def of(self, value: Any) -> Any:
        """A copy of a module, or of anything else."""
        kind: Any = type(value)
        if kind in _AS_THEY_ARE:
            return value
        memo, key = self._memo, id(value)
        if key in memo:
            return memo[key]
        if kind in _HOLDERS and not value:
            made = memo[key] = kind()
            return made
        if kind in _HOLDERS and _AS_THEY_ARE.issuperset(map(type, value)):
            made = memo[key] = kind(value)
            if kind in _MAPPINGS:
                self._copy_values(made)
            return made
        if isinstance(value, self._torch.Tensor):
            made = self._memo[id(value)] = self._empty(value)
            return made
        if not isinstance(value, self._base) or _copies_itself(kind, self._base):
            return copy.deepcopy(value, self._memo)
        made = self._memo[id(value)] = kind.__new__(kind)
        vars(made).update(vars(value))
        self._copy_values(vars(made))
        return made

    def _copy_values(self, holder: dict[Any, Any]) -> None:
        """Copies in place of what a mapping has."""
        for key, each in holder.items():
            if type(each) not in _AS_THEY_ARE:
                holder[key] = self.of(each)

    def _empty(self, tensor: Any) -> Any:
        """A tensor like it: without values, unless it is a buffer that code may ask for them."""
        torch = self._torch
        if torch.nn.parameter.is_lazy(tensor):
            return type(tensor)(device="meta", dtype=tensor.dtype)
        if isinstance(tensor, torch.nn.Parameter):
            empty = torch.empty_like(tensor, device="meta", requires_grad=False)
            return torch.nn.Parameter(empty, requires_grad=tensor.requires_grad)
        keeps_values = not tensor.is_meta and tensor.numel() <= self._largest
        return tensor.detach().to("cpu", copy=True) if keeps_values else tensor.detach().to("meta")


@cache
def _copies_itself(kind: type, base: type) -> bool:
    """Whether a class of modules says how its objects are copied."""
    ways = [getattr(kind, name, None) for name in _COPYING if hasattr(kind, name)]
    usual = [getattr(base, name, None) for name in _COPYING]
    # A convolution only adds what old files lack.
    known = "torch.nn.modules.conv"
    return any(way not in usual and getattr(way, "__module__", "") != known for way in ways)


def seen_of(torch: Any, module: Any) -> dict[str, Seen]:
    """What the parameters of a module are like that have values, by name; of one that
    torch.nn.utils.prune masks, with its mask."""
    buffers = dict(module.named_buffers())
    found: dict[str, Seen] = {}
    for name, each in module.named_parameters():
        if each.is_meta or torch.nn.parameter.is_lazy(each):
            continue
        mask = buffers.get(f"{name.removesuffix('_orig')}_mask") if name.endswith("_orig") else None
        with suppress(Exception):  # a tensor of a sort that has no numbers to compare
            numbers = each.detach() if mask is None else each.detach() * mask
            kept = int(torch.count_nonzero(numbers))
            found[name] = seen_in(numbers if kept == numbers.numel() else numbers != 0, kept)
    return found
