"""ONNX's operations that are layers: norms, activations, pools."""

from __future__ import annotations

from math import prod
from typing import Any

from convcost.errors import LayerError
from convcost.ops.base import Shape
from convcost.ops.conv import window
from convcost.sources.imports import layers, movement, norms, weights
from convcost.sources.imports.assembler import Constant, Value
from convcost.sources.imports.onnx.call import Call, Result, handles
from convcost.sources.imports.onnx.convolutions import channels_first, pads_of


@handles("BatchNormalization", "InstanceNormalization", "GroupNormalization")
def _norm(call: Call) -> Value:
    sort = call.op.removesuffix("normalization")
    own = (call.input(1), call.input(2))
    return norms.norm(call.to, call.value, sort, own, call.name)


@handles("LayerNormalization", "RMSNormalization", "SimplifiedLayerNormalization")
def _last_norm(call: Call) -> Result:
    value = call.value
    axis = movement.checked_dim(call.attribute("axis", -1), len(value.shape))
    own = (call.input(1), call.input(2))
    sort = "layer" if call.op.startswith("layer") else "rms"
    return norms.last_norm(call.to, value, value.shape[axis:], own, call.name, sort)


ACTIVATIONS = {
    "Relu": "relu",
    "LeakyRelu": "leaky-relu",
    "Elu": "elu",
    "Selu": "selu",
    "Gelu": "gelu",
    "Swish": "silu",
    "Mish": "mish",
    "Sigmoid": "sigmoid",
    "HardSigmoid": "hard-sigmoid",
    "HardSwish": "hard-swish",
    "Tanh": "tanh",
    "Softplus": "softplus",
    "Softmax": "softmax",
}


@handles(*ACTIVATIONS)
def _activation(call: Call) -> Value:
    return layers.activation(call.to, call.value, ACTIVATIONS[call.node.op_type], call.name)


@handles("SwiGLU")
def _gated(call: Call) -> Value:
    pair = [layers.activation(call.to, call.value, "silu", call.name), call.live(call.input(1))]
    return movement.combine(call.to, "multiply", {}, pair, call.shape, call.name)


@handles("PRelu")
def _prelu(call: Call) -> Value:
    slopes, value = call.input(1), call.value
    if isinstance(slopes, Constant) and (weights_per := _slopes_of(slopes.shape, value.shape)):
        return weights.prelu(call.to, value, slopes, weights_per, call.name)
    values = [value, call.live(slopes)]
    fields = {"op": "prelu"}
    return movement.combine(call.to, "elementwise", fields, values, call.shape, call.name)


def _slopes_of(slopes: Shape, shape: Shape) -> str:
    """What each of the slopes is for, in a tensor of `shape`; nothing where we have no word."""
    if prod(slopes) == 1:
        return "layer"
    if shape[0] != 1:
        return ""
    slopes = slopes[1:] if slopes[0] == 1 and len(slopes) == len(shape) else slopes
    if slopes == (shape[1], *(1,) * (len(shape) - 2)):
        return "channel"
    return "element" if slopes == shape[1:] else ""


@handles("Dropout")
def _dropout(call: Call) -> Value:
    return call.to.add("dropout", {}, [call.value], call.shape, call.name)


@handles("MaxPool", "AveragePool", "com.microsoft.NhwcMaxPool", "com.microsoft.QLinearAveragePool")
def _pool(call: Call) -> Value:
    is_last = call.op.startswith("nhwc") or call.attribute("channels_last", 0)
    return channels_first(call, _pooled) if is_last else _pooled(call)


def _pooled(call: Call) -> Value:
    kernel = call.attribute("kernel_shape")
    dims = len(kernel)
    if any(step != 1 for step in call.attribute("dilations") or ()):
        raise LayerError("a dilated pool")
    settings: dict[str, Any] = {
        "k": kernel,
        "stride": call.attribute("strides") or (1,) * dims,
        "ceil": bool(call.attribute("ceil_mode", 0)),
    }
    value = call.value
    settings["padding"] = pads_of(call, value.shape[-dims:], kernel, settings)
    settings["ceil"] &= call.shape[-dims:] != window(
        value.shape[-dims:], kernel, settings["stride"], settings["padding"], (1,) * dims
    )
    sort = "avg" if "average" in call.op else "max"
    return layers.pool(call.to, value, sort, settings, call.shape, call.name)


@handles("GlobalAveragePool", "GlobalMaxPool")
def _global_pool(call: Call) -> Value:
    sort = "avg" if "average" in call.op else "max"
    return layers.pool_to(call.to, call.value, sort, len(call.shape) - 2, call.shape, call.name)


@handles("Clip")
def _clip(call: Call) -> Value:
    low, high = (_scalar(call, index) for index in (1, 2))
    if (low, high) == (0.0, 6.0):
        return layers.activation(call.to, call.value, "relu6", call.name)
    return layers.elementwise(call.to, call.value, "clip", call.name)


def _scalar(call: Call, index: int) -> float | None:
    """A floating-point number among the inputs, where the file has it."""
    import struct

    if index >= len(call.node.input):
        return None
    tensor = call.numbers.get(call.node.input[index])
    if tensor is None or isinstance(tensor, list) or tensor.data_type != 1:
        return None
    if len(tensor.raw_data) == 4:
        number: float = struct.unpack("<f", tensor.raw_data)[0]
        return number
    return float(tensor.float_data[0]) if tensor.float_data else None
