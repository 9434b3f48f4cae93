"""TensorFlow Lite's convolutions, also transposed, and pools."""

from __future__ import annotations

from convcost.errors import LayerError
from convcost.ops.base import Pads, Shape
from convcost.sources.imports import layers, weights
from convcost.sources.imports.assembler import Fields, Value
from convcost.sources.imports.layout import First, Layout
from convcost.sources.imports.padding import covering, cut_to
from convcost.sources.imports.tflite.call import Call, Known, handles
from convcost.sources.imports.tflite.schema import Operator

SAME = 0
"""TensorFlow Lite's number of the padding that is called so; 1 is `valid`."""


@handles("CONV_2D")
def _convolution(call: Call) -> Value:
    """As many groups as the weight's channels go into those that arrive."""
    weight = call.weight(1, (0, 3, 1, 2))
    return _convolved(call, weight, call.first(0).shape[1] // max(weight.shape[1], 1))


@handles("DEPTHWISE_CONV_2D")
def _depthwise(call: Call) -> Value:
    return _convolved(call, call.weight(1, (3, 0, 1, 2)), call.first(0).shape[1])


@handles("CONV_3D")
def _volumes(call: Call) -> Value:
    weight = call.weight(1, (4, 3, 0, 1, 2))
    return _convolved(call, weight, call.first(0).shape[1] // max(weight.shape[1], 1))


def _convolved(call: Call, weight: Known, groups: int) -> Value:
    value, kernel = call.first(0), weight.shape[2:]
    settings = settings_of(call.node, len(kernel)) | {"groups": groups}
    settings["padding"] = _pads(call, value.shape[2:], kernel, settings)
    return _laid(call, value, weight, 2, settings)


@handles("TRANSPOSE_CONV")
def _transposed(call: Call) -> Value:
    return _transposing(call, call.weight(1, (3, 0, 1, 2)))


@handles("CONV_3D_TRANSPOSE")
def _transposed_volumes(call: Call) -> Value:
    return _transposing(call, call.weight(1, (4, 3, 0, 1, 2)))


def _transposing(call: Call, weight: Known) -> Value:
    """Behind the shape that comes out and the weight stands what is convolved."""
    value, kernel = call.first(2), weight.shape[2:]
    settings = settings_of(call.node, len(kernel)) | {"groups": 1, "transposed": True}
    wanted = _shape(call)[2:]
    settings |= cut_to(value.shape[2:], wanted, kernel, settings, (0,) * len(kernel))
    if call.node.option("Padding") != SAME:  # all of what is too much stands behind
        pads = tuple((0, sum(pad)) for pad in settings["padding"])
        settings["padding"] = pads
    return _laid(call, value, weight, 3, settings)


def _laid(call: Call, value: Value, weight: Known, bias: int, settings: Fields) -> Value:
    tensors = (value, weight, call.input(bias))
    made = weights.convolution(call.to, *tensors, settings, _shape(call), call.name)
    return First(made.index, _shape(call))


def _shape(call: Call) -> Shape:
    """What comes out, its channels first."""
    return Layout(True, len(call.shape)).laid(call.shape)


def settings_of(node: Operator, dims: int) -> Fields:
    """The strides and dilations of a window of so many dims."""
    axes = ("D", "H", "W")[-dims:]
    return {
        "stride": tuple(node.option(f"Stride{axis}", 1) for axis in axes),
        "dilation": tuple(node.option(f"Dilation{axis}Factor", 1) for axis in axes),
    }


def _pads(call: Call, sizes: Shape, kernel: Shape, settings: Fields) -> Pads:
    if call.node.options is None:
        raise LayerError(f"{call.op} without its options")
    if call.node.option("Padding") != SAME:
        return ((0, 0),) * len(kernel)
    return covering(sizes, kernel, settings["stride"], settings["dilation"])


@handles("AVERAGE_POOL_2D", "MAX_POOL_2D", "L2_POOL_2D")
def _pool(call: Call) -> Value:
    value, shape = call.first(0), _shape(call)
    kernel = (call.node.option("FilterHeight"), call.node.option("FilterWidth"))
    settings = settings_of(call.node, 2)
    padding = _pads(call, value.shape[2:], kernel, settings)
    sort = "max" if call.op.startswith("max") else "avg"
    if kernel == value.shape[2:] and not any(map(any, padding)):
        made = layers.pool_to(call.to, value, sort, 2, shape, call.name)
    else:
        fields = {"k": kernel, "stride": settings["stride"], "padding": padding}
        made = layers.pool(call.to, value, sort, fields, shape, call.name)
    return First(made.index, shape)
