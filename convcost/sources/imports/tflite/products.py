"""TensorFlow Lite's matrix products: fully connected layers, and products of tensors."""

from __future__ import annotations

from math import prod

from convcost.errors import LayerError
from convcost.sources.imports import movement, weights
from convcost.sources.imports.assembler import Constant, Value
from convcost.sources.imports.layout import First, last
from convcost.sources.imports.tflite.call import Call, handles

_OF_A_MATRIX = 2


@handles("FULLY_CONNECTED")
def _fully_connected(call: Call) -> Value:
    """Whatever the format of its weight is, its shape is outputs x inputs."""
    weight = call.input(1)
    if weight is None or len(weight.shape) != _OF_A_MATRIX:
        raise LayerError("a fully connected layer without a matrix")
    value = call.live(0)
    whole = weight.shape[1]
    if isinstance(value, First) and value.shape[0] == 1 and prod(value.shape) == whole:
        value = call.to.reshape(value, (1, whole), call.name)  # in which order changes no count
    else:
        value = call.last(0)
    if isinstance(weight, Value):
        weight = last(call.to, weight, call.name)
    tensors = (value, weight, call.input(2))
    return weights.linear(call.to, *tensors, call.shape, call.name)


@handles("BATCH_MATMUL")
def _product(call: Call) -> Value:
    """A matrix that does not depend on the input is a linear layer's weight."""
    right, turns = call.input(1), (call.node.option("AdjX"), call.node.option("AdjY"))
    left = call.last(0)
    left = _turned(call, left) if turns[0] else left
    if isinstance(right, Constant) and len(_trimmed(right).shape) == _OF_A_MATRIX:
        tensors = (left, _trimmed(right), None)
        return weights.linear(call.to, *tensors, call.shape, call.name, turned=not turns[1])
    other = call.last(1)
    other = _turned(call, other) if turns[1] else other
    return movement.matmul(call.to, left, other, call.shape, call.name)


def _trimmed(tensor: Constant) -> Constant:
    """A matrix, where there is but one of them."""
    lead = tensor.shape[:-_OF_A_MATRIX]
    return Constant(tensor.shape[-_OF_A_MATRIX:], tensor.params) if prod(lead) == 1 else tensor


def _turned(call: Call, value: Value) -> Value:
    """The last two dims exchanged."""
    rank = len(value.shape)
    order = (*range(rank - 2), rank - 1, rank - 2)
    shape = tuple(value.shape[dim] for dim in order)
    return movement.permute(call.to, value, order, shape, call.name)
