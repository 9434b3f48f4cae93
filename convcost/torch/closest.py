"""Modules with the weights with which they come closest to the convolution that they replace."""

from __future__ import annotations

from typing import Any

from convcost.errors import LayerError
from convcost.kinds.registry import Stages
from convcost.ops.conv import Conv, TransposedConv
from convcost.text import quote
from convcost.torch.factors import FACTORS

ERROR = "weight_error"
"""What a module that was approximated has its error under."""


def approximate(old: Any, new: Any, kind: str, body: Stages) -> None:
    """Give `new`, of that kind, the weights with which it comes closest to `old`, and the error
    that is left: the norm of what its kernel lacks, in parts of the norm of the old one.

    LayerError where that is no matter of weights alone.
    """
    import torch

    if old.weight.is_meta:
        raise LayerError("it has no values that something could come close to")
    ops: list[Any] = [op for op, _ in body]
    if not all(isinstance(op, Conv | TransposedConv) for op in ops) or not _is_chain(body):
        raise LayerError(f"{quote(kind)} is more than convolutions in a row, so none is closest")
    with torch.no_grad():
        kernel = _dense(old)
        if kind in FACTORS and len(ops) > 1:
            if any(op.groups > 1 for op in ops) and kind == "spatial-separable":
                raise LayerError("there is no closest spatial-separable layer in groups")
            weights, found = FACTORS[kind](kernel, ops)
        elif len(ops) == 1 and tuple(ops[0].kernel) == tuple(kernel.shape[2:]):
            found = _only_groups(kernel, ops[0].groups)
            weights = [_in_groups(found, ops[0].groups)]
        else:
            raise LayerError(f"there is no closest {quote(kind)}")
        parts = [each for each in new.modules() if hasattr(each, "kernel_size")]
        for part, op, made in zip(parts, ops, weights, strict=True):
            weight = made if made.shape[1] * op.groups == op.n else _in_groups(made, op.groups)
            is_transposed = isinstance(part, torch.nn.modules.conv._ConvTransposeNd)
            part.weight.copy_(_turned(weight, part.groups) if is_transposed else weight)
            if part.bias is not None:
                part.bias.zero_()
        if old.bias is not None:
            parts[-1].bias.copy_(old.bias)
        whole = float(kernel.norm())
        setattr(new, ERROR, float((kernel - found).norm()) / whole if whole else 0.0)


def errors(module: Any) -> dict[str, float]:
    """The error of each module that `replace` made with the closest weights, by its path: 0 where
    it does what the old one did, 1 where it does nothing of it."""
    found = {path: vars(each).get(ERROR) for path, each in module.named_modules()}
    return {path: error for path, error in found.items() if error is not None}


def _is_chain(body: Stages) -> bool:
    return all(sources == (at - 1,) for at, (_, sources) in enumerate(body))


def _dense(old: Any) -> Any:
    """The kernel of a convolution, outputs x inputs x sizes, zero between groups; in double
    precision."""
    import torch

    weight = old.weight.double()
    if isinstance(old, torch.nn.modules.conv._ConvTransposeNd):
        weight = _turned(weight, old.groups)
    return _apart(weight, old.groups)


def _apart(weight: Any, groups: int) -> Any:
    """The weights of groups, outputs x inputs of one group x sizes, as one kernel."""
    if groups == 1:
        return weight
    outputs, inputs, *sizes = weight.shape
    each = outputs // groups
    dense = weight.new_zeros(outputs, inputs * groups, *sizes)
    for group in range(groups):
        rows = slice(group * each, (group + 1) * each)
        dense[rows, group * inputs : (group + 1) * inputs] = weight[rows]
    return dense


def _in_groups(kernel: Any, groups: int) -> Any:
    """What of a kernel lies within groups, as their weights."""
    import torch

    rows = kernel.chunk(groups, 0)
    return torch.cat([row.chunk(groups, 1)[at] for at, row in enumerate(rows)])


def _only_groups(kernel: Any, groups: int) -> Any:
    return _apart(_in_groups(kernel, groups), groups)


def _turned(weight: Any, groups: int) -> Any:
    """Weights as a transposed convolution holds them, inputs x outputs of one group x sizes, or
    these as any other does."""
    rows, columns, *sizes = weight.shape
    split = weight.reshape(groups, rows // groups, columns, *sizes).transpose(1, 2)
    return split.reshape(groups * columns, rows // groups, *sizes)
