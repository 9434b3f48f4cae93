"""A copy of a module without its weights, so that what somebody has at hand stays as it is."""

from __future__ import annotations

import copy
from typing import Any


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


def _copied(torch: Any, tensor: Any) -> Any:
    from convcost.sources.imports.pytorch.empty import LARGEST_REAL

    if torch.nn.parameter.is_lazy(tensor):
        return type(tensor)(device="meta", dtype=tensor.dtype)
    if isinstance(tensor, torch.nn.Parameter):
        empty = tensor.detach().to("meta")
        return torch.nn.Parameter(empty, requires_grad=tensor.requires_grad)
    keeps_values = not tensor.is_meta and tensor.numel() <= LARGEST_REAL
    return tensor.detach().to("cpu", copy=True) if keeps_values else tensor.detach().to("meta")
