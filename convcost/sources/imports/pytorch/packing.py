"""Sequences packed for recurrent layers: their lengths are asked for, and what they hold is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from convcost.sources.imports.assembler import Constant, Value
from convcost.sources.imports.movement import gather
from convcost.sources.imports.pytorch.call import Call, handles

if TYPE_CHECKING:  # the handler is read where no torch is
    from torch import Tensor

PACKING = ("pack_padded_sequence", "pad_packed_sequence")


def packed(
    func: Callable[..., tuple[Tensor, Tensor]], data: Tensor, *others: Any
) -> tuple[Tensor, Tensor]:
    """What packing or padding `data` gives: a tensor without values, and the sizes for real, as
    one feature in its place tells them."""
    import torch

    from convcost.sources.imports.pytorch.empty import empty

    kept = 2 if len(others) == 2 else 1  # dims before the features
    made, sizes = func(torch.zeros((*data.shape[:kept], 1)), *others)
    return empty((*made.shape[:-1], *data.shape[kept:]), data.dtype), sizes


@handles(*PACKING)
def _packed(call: Call) -> tuple[Value, Constant]:
    value = call.live(call.arg("input", "data", "self"))
    if call.same_size() and 1 in (*value.shape[:2], *call.shape[:2]):
        made = call.to.reshape(value, call.shape, call.name)
    else:
        made = gather(call.to, value, call.op, call.shape, call.name)
    return made, Constant(call.shapes[1])
