"""Tensors without memory, and what there is to say of tensors for whoever makes them."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from convcost.ops.base import Shape

_TRUTHS = ("eq", "ne", "lt", "gt", "le", "ge", "logical_and", "logical_or", "logical_not", "isnan")
NO_TENSORS = frozenset((int, float, bool, str, type(None)))
"""Most of what calls and modules hold, and no tensor is in."""
_TENSORS = frozenset((Tensor, torch.nn.Parameter))
"""What most tensors are."""
LARGEST_REAL = 2**20
"""Elements of the largest tensor that keeps its values, which code may ask for."""


def empty(shape: Shape, dtype: Any) -> Tensor:
    """A tensor without values."""
    return torch.empty(tuple(map(int, shape)), dtype=dtype, device="meta")


def tensors_in(value: Any) -> list[Tensor]:
    """Every tensor in it, however deep."""
    found: list[Tensor] = []
    _gather(value, found)
    return found


def _gather(value: Any, found: list[Tensor]) -> None:
    if isinstance(value, dict):
        value = value.values()
    elif isinstance(value, Tensor):
        found.append(value)
        return
    elif not isinstance(value, (list, tuple)):
        return
    for each in value:
        kind = type(each)
        if kind in _TENSORS:
            found.append(each)
        elif kind not in NO_TENSORS:
            _gather(each, found)


def on_meta(value: Any) -> Any:
    """The same arguments, tensors without their values."""
    if isinstance(value, Tensor):
        # A number may stay one: sizes are given so, too.
        return value if value.is_meta or not value.dim() else empty(value.shape, value.dtype)
    if isinstance(value, dict):
        return {key: on_meta(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)) and type(value) in (list, tuple):
        return type(value)(on_meta(each) for each in value)
    return value


def number_type(name: str, tensors: list[Tensor]) -> Any:
    """The type of number that the operation `name` gives, of those it works on."""
    if name in _TRUTHS:
        return torch.bool
    if name.startswith("arg"):
        return torch.int64
    for tensor in tensors:
        if tensor.is_floating_point():
            return tensor.dtype
    return tensors[-1].dtype


def wanted_size(args: Any, kwargs: Any) -> Shape:
    """The size that a call such as `torch.zeros` is given, as a list or as numbers."""
    if "size" in kwargs:
        return tuple(kwargs["size"])
    if args and isinstance(args[0], (list, tuple)):
        return tuple(args[0])
    return tuple(int(each) for each in args)
