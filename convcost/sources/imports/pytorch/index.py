"""What stands in the brackets of `tensor[...]`, as PyTorch's operations one after the other."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import torch


class Steps(NamedTuple):
    """`moves` are operations with the arguments behind the tensor; then `picks` are picked.

    `picks` has a tensor of whole numbers for each dim that one picks along, None for the others.
    """

    moves: list[tuple[str, tuple[Any, ...]]]
    picks: list[Any]


class ValuesNeededError(RuntimeError):
    """What happens depends on the values of a tensor that has none here."""


_ASKED = "meta tensor|register_meta|aten::(_?unique|bincount|masked_select|equal).* with Meta"


def needs_values(error: Exception) -> bool:
    """Whether it was raised where code, or an operation of PyTorch's, asks for values."""
    return isinstance(error, ValuesNeededError) or bool(re.search(_ASKED, str(error)))


def steps(index: Any, rank: int) -> Steps:
    """The steps of `tensor[index]`, the tensor having `rank` dims.

    ValuesNeededError for a mask whose values depend on an input.
    """
    parts = list(index) if isinstance(index, tuple) else [index]
    parts = [_as_tensor(part) for part in parts]
    rest = rank - sum(map(_dims_taken, parts))
    moves: list[tuple[str, tuple[Any, ...]]] = []
    picks: dict[int, Any] = {}
    dim = 0
    for part in parts:
        if part is Ellipsis:
            dim += rest
        elif part is None:
            moves.append(("unsqueeze", (dim,)))
            dim += 1
        elif isinstance(part, slice):
            if part != slice(None):
                bounds = (part.start, part.stop, 1 if part.step is None else part.step)
                moves.append(("slice", (dim, *bounds)))
            dim += 1
        elif isinstance(part, torch.Tensor):
            for each in _numbers(part):
                picks[dim] = each
                dim += 1
        else:
            moves.append(("select", (dim, part.__index__())))
    return Steps(moves, [picks.get(place) for place in range(max(picks, default=-1) + 1)])


def _as_tensor(part: Any) -> Any:
    """Lists and arrays pick as tensors do; so does a tensor of one number, as one."""
    if isinstance(part, torch.Tensor):
        is_number = not part.dim() and not part.is_meta and part.dtype != torch.bool
        return part.item() if is_number else part
    if isinstance(part, (list, tuple, bool)) or (hasattr(part, "dtype") and hasattr(part, "shape")):
        return torch.as_tensor(part)
    return part


def _dims_taken(part: Any) -> int:
    if part is None or part is Ellipsis:
        return 0
    return part.dim() if isinstance(part, torch.Tensor) and part.dtype == torch.bool else 1


def _numbers(part: Any) -> list[Any]:
    """The numbers that a tensor picks by: itself, or where a mask holds."""
    if part.dtype != torch.bool:
        return [part]
    if part.is_meta:
        raise ValuesNeededError("how much a boolean mask picks depends on the values of the input")
    return list(part.nonzero(as_tuple=True))
