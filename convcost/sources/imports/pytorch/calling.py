"""How code calls an operation: tools that count see some of the ways and miss others."""

from __future__ import annotations

import dis
from functools import cache
from types import FrameType
from typing import Any

import torch
from torch.nn import functional as functions

_OPERATORS = ("matmul", "add", "mul")
"""Operations that an operator calls by the name of a method."""


def way_of(func: Any, name: str, frame: FrameType) -> str:
    """How the code in `frame` calls it: as a function, as a method of tensors or torch's own
    function of that name, or by an operator such as `@`; in place is as good as that."""
    if _is_function(func, name):
        return "function"
    is_operator = name.removesuffix("_") in _OPERATORS and (
        name.endswith("_") or _is_operator(frame)
    )
    return "operator" if is_operator else "method"


@cache
def _is_function(func: Any, name: str) -> bool:
    return getattr(functions, name, None) is func or not hasattr(torch.Tensor, name)


def _is_operator(frame: FrameType) -> bool:
    # The bytecode alone tells `x @ y` from `x.matmul(y)`: PyTorch calls both the same.
    code = frame.f_code.co_code
    return dis.opname[code[frame.f_lasti]].startswith(("BINARY_", "INPLACE_"))


def is_layer(module: Any) -> bool:
    """Whether it is a layer of PyTorch's own, with nothing inside; or a part of an exported program
    or of TorchScript, which do not tell."""
    where = type(module).__module__
    if where.startswith("torch.nn.modules."):
        return not module._modules
    return where.startswith(("torch.fx.", "convcost."))


def are_renamed(params: frozenset[str]) -> bool:
    """Whether a weight is made of these under names that PyTorch's own wrappers give."""
    return any(param.endswith(("weight_g", "weight_v", "weight_orig")) for param in params)


def holds(path: str, params: frozenset[str]) -> bool:
    """Whether these are the weights of the module at `path`, under the names of a layer's."""
    whole = [param.rpartition(".") for param in params]
    return bool(params) and all(
        owner == path and ("weight" in name or "bias" in name) for owner, _, name in whole
    )
