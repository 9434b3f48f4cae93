"""Attention by heads: features split into heads, and put side by side again.

A tensor has its tokens and features last, (..., tokens, features), and by heads
(..., heads, tokens, features of one).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from convcost.errors import LayerError
from convcost.ops.base import Shape
from convcost.sources.imports.assembler import Assembler, Constant, Value
from convcost.sources.imports.movement import permute, take


def parts(to: Assembler, value: Value, sizes: Sequence[int], name: str) -> list[Value]:
    """Pieces of the last dim, of these sizes."""
    *lead, _ = value.shape
    ends = accumulate(sizes)
    return [
        take(to, value, len(lead), range(end - size, end), (*lead, size), name)
        for size, end in zip(sizes, ends, strict=True)
    ]


def by_head(to: Assembler, value: Value, heads: int, name: str) -> Value:
    """A tensor by heads; LayerError where they do not share its features."""
    *lead, features = value.shape
    if not heads or features % heads:
        raise LayerError(f"{features} features for {heads} heads")
    return exchanged(to, to.reshape(value, (*lead, heads, features // heads), name), name)


def side_by_side(to: Assembler, value: Value, shape: Shape, name: str) -> Value:
    """A tensor by heads in `shape`, the heads of each token in a row."""
    return to.reshape(exchanged(to, value, name), shape, name)


def exchanged(to: Assembler, value: Value, name: str) -> Value:
    """Heads and tokens exchanged."""
    rank = len(value.shape)
    order = (*range(rank - 3), rank - 2, rank - 3, rank - 1)
    return permute(to, value, order, tuple(value.shape[dim] for dim in order), name)


def mask_of(to: Assembler, mask: Value | Constant | None, name: str) -> Value | None:
    """What is added to the scores, where it is learned or computed; a plain mask costs nothing."""
    if isinstance(mask, Constant):
        return to.constant(mask, name) if mask.params else None
    return mask
