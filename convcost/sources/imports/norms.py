"""Norms with any weight and bias: learned, shared, fixed, or computed by the network itself.

What of its weights a norm cannot have as its own, as the other half is someone else's, is a layer
behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from convcost.errors import LayerError
from convcost.kinds.fields import OWN
from convcost.ops.base import Shape
from convcost.sources.imports.assembler import Assembler, Constant, Fields, Value, plain_shape
from convcost.sources.imports.movement import permute
from convcost.sources.imports.weights import Tensor, behind
from convcost.text import with_article


def norm(
    to: Assembler,
    value: Value,
    sort: str,
    weights: Sequence[Tensor | None],
    name: str,
) -> Value:
    """A norm of each channel with any weight and bias, `weights`."""
    channels = value.shape[1] if len(value.shape) > 1 else value.shape[0]
    own = _own(to, weights)
    if all(own):
        sizes = {prod(tensor.shape) for tensor in weights if isinstance(tensor, Constant)}
        if sizes != {channels}:
            told = with_article(f"{sort} norm")
            raise LayerError(f"{told} of {channels} channels with other weights")
        _count(to, weights)
        return _of_channels(to, value, sort, True, name)
    made = _of_channels(to, value, sort, False, name)
    return _scaled(to, made, weights, own, max(len(value.shape) - 2, 0), name)


def last_norm(
    to: Assembler,
    value: Value,
    sizes: Shape,
    weights: Sequence[Tensor | None],
    name: str,
    sort: str = "layer",
) -> Value:
    """A norm over the last dims, `sizes`, with any weight and bias, `weights`."""
    if not sizes or value.shape[-len(sizes) :] != sizes:
        raise LayerError("a norm over dims that are not the last")
    if any(tensor is not None and prod(tensor.shape) != prod(sizes) for tensor in weights):
        raise LayerError(f"a norm over {prod(sizes)} elements with other weights")
    weight, bias = _own(to, weights)
    inside = [weight, weight and bias and sort == "layer"]
    _count(to, [tensor for tensor, is_in in zip(weights, inside, strict=True) if is_in])
    made = _of_last(to, value, sizes, (inside[0], inside[1]), name, sort)
    left = [None if is_in else tensor for tensor, is_in in zip(weights, inside, strict=True)]
    return _scaled(to, made, left, _own(to, left), 0, name)


def _own(to: Assembler, weights: Sequence[Tensor | None]) -> list[bool]:
    """Which of a norm's weight and bias are its own; of one parameter for both, the weight."""
    own = []
    taken: frozenset[str] = frozenset()
    for tensor in weights:
        made_of = tensor.params if isinstance(tensor, Constant) else frozenset[str]()
        is_own = isinstance(tensor, Constant) and to.whose(tensor) == OWN and not made_of & taken
        own.append(is_own)
        taken |= made_of if is_own else frozenset()
    return own


def _count(to: Assembler, weights: Sequence[Tensor | None]) -> None:
    for tensor in weights:
        if isinstance(tensor, Constant):
            to.weights(tensor)


def _scaled(
    to: Assembler,
    value: Value,
    weights: Sequence[Tensor | None],
    own: Sequence[bool],
    dims: int,
    name: str,
) -> Value:
    """A norm's weight and bias as layers behind it, as far as they are its own or computed; what
    is counted elsewhere, or fixed, is a part of the norm."""
    for kind, tensor, is_own in zip(("multiply", "add"), weights, own, strict=True):
        if is_own or isinstance(tensor, Value):
            value = behind(to, kind, value, tensor, dims, name)
        elif isinstance(tensor, Constant):
            to.parameters(tensor.params)
    return value


def _of_channels(to: Assembler, value: Value, sort: str, affine: bool, name: str) -> Value:
    """A norm of each channel, with two learnable numbers for each if it is `affine`."""
    shape = value.shape
    if len(shape) > 1 and shape[0] != 1:  # windows in the place of the batch: one more dim
        order = (1, 0, *range(2, len(shape)))
        turned = tuple(shape[dim] for dim in order)
        value = to.exactly(permute(to, value, order, turned, name), turned, name)
        made = _of_channels(to, Value(value.index, (1, *turned)), sort, affine, name)
        return permute(to, Value(made.index, turned), order, shape, name)
    fields: Fields = {} if affine == (sort != "instance") else {"affine": affine}
    return to.add(f"{sort}-norm", fields, [value], shape, name)


def _of_last(
    to: Assembler,
    value: Value,
    sizes: Shape,
    has: tuple[bool, bool],
    name: str,
    sort: str = "layer",
) -> Value:
    """A norm over the last dims, `sizes`; `has` a weight and a bias for each of their elements."""
    weight, bias = has
    fields: Fields = {
        "dims": len(sizes) if len(sizes) > 1 else None,
        "sort": sort if sort != "layer" else None,
        "weight": None if weight else False,
        "bias": None if bias == (weight and sort == "layer") else bias,
    }
    value = to.exactly(value, _at_least(value.shape, len(sizes)), name)
    return to.add("last-norm", fields, [value], value.shape, name)


def _at_least(shape: Shape, dims: int) -> Shape:
    plain = plain_shape(shape)
    return plain if len(plain) >= dims else shape
