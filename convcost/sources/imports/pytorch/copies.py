"""A copy of a module without its weights, so that what somebody has at hand stays as it is."""

from __future__ import annotations

import copy
from contextlib import suppress
from typing import Any

from convcost.sources.imports.numbers import Seen, seen_in


def without_weights(torch: Any, module: Any) -> Any:
    """A copy of `module` for inference; its weights are on the meta device, and shared ones stay
    so. Raises whatever copying what the module holds besides raises.
    """
    memo: dict[int, Any] = {}
    for each in module.modules():
        held = (*each._parameters.values(), *each._buffers.values(), *vars(each).values())
        for tensor in held:
            if isinstance(tensor, torch.Tensor):
                memo.setdefault(id(tensor), _copied(torch, tensor))
    return copy.deepcopy(module, memo).eval()


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


def _copied(torch: Any, tensor: Any) -> Any:
    from convcost.sources.imports.pytorch.empty import LARGEST_REAL

    if torch.nn.parameter.is_lazy(tensor):
        return type(tensor)(device="meta", dtype=tensor.dtype)
    if isinstance(tensor, torch.nn.Parameter):
        empty = tensor.detach().to("meta")
        return torch.nn.Parameter(empty, requires_grad=tensor.requires_grad)
    keeps_values = not tensor.is_meta and tensor.numel() <= LARGEST_REAL
    return tensor.detach().to("cpu", copy=True) if keeps_values else tensor.detach().to("meta")
