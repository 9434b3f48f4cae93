"""What moves elements: Keras's reshaping layers, and the operations of keras.ops that do so."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from convcost.errors import LayerError
from convcost.ops.base import MAX_DIMS, Shape
from convcost.sources.imports import movement
from convcost.sources.imports.assembler import Value
from convcost.sources.imports.keras.call import Call, Result, Tensor, counted, handles


@handles("Flatten")
def _flatten(call: Call) -> Result:
    """The order of the elements does not matter to what comes."""
    value = call.tensor.value
    shape = (value.shape[0], prod(value.shape[1:]))
    return Tensor(call.to.reshape(value, shape, call.name))


@handles("Reshape")
def _reshape(call: Call) -> Result:
    said = call.setting("target_shape")
    if not isinstance(said, list | tuple):
        raise LayerError("a shape that is none")
    return reshaped(call, call.tensor, said)


def reshaped(call: Call, tensor: Tensor, said: Sequence[Any]) -> Tensor:
    """The elements of each input in a shape, in which -1 is what is left.

    Channels that are last before and behind it stay first in our layers; a vector becomes an image
    whose channels come first, as the order of its elements is whatever the layer before learns.
    """
    batch, *before = tensor.shape
    sizes = _filled(said, prod(before))
    keeps = tensor.turned and len(sizes) > 1 and sizes[-1] == before[-1]
    if keeps or (len(before) == 1 and len(sizes) > 2):
        value = tensor.value
        shape = (batch, sizes[-1], *sizes[:-1])
        return Tensor(call.to.reshape(value, shape, call.name), turned=True)
    value = call.plain(tensor)
    return Tensor(call.to.reshape(value, (batch, *sizes), call.name))


def _filled(said: Sequence[Any], elements: int) -> Shape:
    known = [counted(each, "a size") for each in said if each not in (-1, None)]
    if len(said) - len(known) > 1 or len(said) > MAX_DIMS or elements % prod(known):
        raise LayerError("a shape that does not fit")
    left = elements // prod(known)
    return tuple(left if each in (-1, None) else each for each in said)


@handles("Permute")
def _permute(call: Call) -> Result:
    said = call.setting("dims")
    order = (0, *said) if isinstance(said, list | tuple) else (0,)
    return Tensor(permuted(call, call.tensor, order))


def permuted(call: Call, tensor: Tensor, order: Sequence[int]) -> Value:
    """The dims in another order, with the batch."""
    value = call.plain(tensor)
    if sorted(order) != [*range(len(value.shape))]:
        raise LayerError("an order that does not name each dim once")
    shape = tuple(value.shape[dim] for dim in order)
    return movement.permute(call.to, value, order, shape, call.name)


@handles("ops.Transpose")
def _transpose(call: Call) -> Result:
    said = call.setting("axes") or call.kwargs.get("axes")
    order = said if isinstance(said, list | tuple) else range(len(call.tensor.shape))[::-1]
    return Tensor(permuted(call, call.tensor, [*order]))


@handles("ops.Reshape")
def _reshape_all(call: Call) -> Result:
    said = call.setting("newshape") or call.kwargs.get("newshape") or [*call.args][-1]
    if not isinstance(said, list | tuple) or said[:1] not in ([-1], [None], [1], (-1,)):
        raise LayerError("a shape whose batch is not left open")
    return reshaped(call, call.tensor, said[1:])


@handles("RepeatVector")
def _repeat(call: Call) -> Result:
    value, times = call.plain(call.tensor), call.count("n")
    shape = (value.shape[0], times, *value.shape[1:])
    return Tensor(movement.gather(call.to, value, "repeat", shape, call.name))


@handles("ops.ExpandDims")
def _expand(call: Call) -> Result:
    value = call.plain(call.tensor)
    said = call.kwargs.get("axis", call.setting("axis"))
    axis = movement.checked_dim(int(said), len(value.shape) + 1)
    shape = (*value.shape[:axis], 1, *value.shape[axis:])
    return Tensor(call.to.reshape(value, shape, call.name))


@handles("ops.Squeeze")
def _squeeze(call: Call) -> Result:
    value = call.plain(call.tensor)
    said = call.kwargs.get("axis", call.setting("axis"))
    several = said if isinstance(said, list) else [said]
    out = {movement.checked_dim(int(each), len(value.shape)) for each in several}
    shape = tuple(size for dim, size in enumerate(value.shape) if dim not in out)
    return Tensor(call.to.reshape(value, shape, call.name))


@handles("ops.GetItem")
def _item(call: Call) -> Result:
    """Slices with numbers in them; the batch is whole."""
    value = call.plain(call.tensor)
    said = call.args[1] if len(call.args) > 1 else call.kwargs.get("key")
    parts = list(said) if isinstance(said, list | tuple) else [said]
    if Ellipsis in parts:
        at = parts.index(Ellipsis)
        rest = len(value.shape) - (len(parts) - 1)
        parts[at : at + 1] = [slice(None)] * rest
    name = call.name
    gone: list[int] = []
    for dim, part in enumerate(parts):
        if type(part) is int:
            start = movement.checked_dim(part, value.shape[dim])
            span = range(start, start + 1)
            gone.append(dim)
        elif isinstance(part, slice):
            span = range(value.shape[dim])[part]
        else:
            raise LayerError("an index that is no slice")
        if not dim and len(span) != value.shape[0]:
            raise LayerError("a slice of the batch")
        shape = (*value.shape[:dim], len(span), *value.shape[dim + 1 :])
        value = movement.take(call.to, value, dim, span, shape, name)
    shape = tuple(size for dim, size in enumerate(value.shape) if dim not in gone)
    return Tensor(call.to.reshape(value, shape, name))
