"""ONNX's operations that are layers: convolutions, products, norms, activations, pools."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

from convcost.errors import LayerError
from convcost.ops.base import Pads, Shape, Sizes
from convcost.ops.conv import window
from convcost.sources.imports import layers, movement, norms, weights
from convcost.sources.imports.assembler import Constant, Value
from convcost.sources.imports.contraction import einsum
from convcost.sources.imports.onnx_call import Call, Result, handles


@handles("Conv", "ConvTranspose")
def _convolution(call: Call) -> Value:
    weight = call.weight
    kernel = weight.shape[2:]
    dims = len(kernel)
    settings = {
        "stride": call.attribute("strides") or (1,) * dims,
        "dilation": call.attribute("dilations") or (1,) * dims,
        "groups": call.attribute("group", 1),
    }
    transposed = call.op == "convtranspose"
    value = call.value
    settings["padding"] = _pads(call, value.shape[-dims:], kernel, settings, transposed)
    if transposed:
        settings |= {
            "transposed": True,
            "output_padding": call.attribute("output_padding") or (0,) * dims,
        }
    tensors = (value, weight, call.input(2))
    return weights.convolution(call.to, *tensors, settings, call.shape, call.name)


@handles("DeformConv")
def _deformable(call: Call) -> Value:
    weight = call.weight
    dims = len(weight.shape) - 2
    settings = {
        "stride": call.attribute("strides") or (1,) * dims,
        "dilation": call.attribute("dilations") or (1,) * dims,
        "groups": call.attribute("group", 1),
        "offset_groups": call.attribute("offset_group", 1),
    }
    value = call.value
    settings["padding"] = _pads(call, value.shape[-dims:], weight.shape[2:], settings)
    moved = [call.live(each) for each in (call.input(2), call.input(4)) if each is not None]
    tensors = ([value, *moved], weight, call.input(3))
    return weights.deformable(call.to, *tensors, settings, call.shape, call.name)


def _pads(
    call: Call, sizes: Sizes, kernel: Sizes, settings: Mapping[str, Any], transposed: bool = False
) -> Pads:
    """The zeros on each side; SAME means as many as give ceil(size / stride) outputs."""
    dims = len(kernel)
    rule = call.attribute("auto_pad", "NOTSET")
    if rule in ("NOTSET", "VALID", ""):
        given = call.attribute("pads") or (0,) * 2 * dims
        return tuple((given[dim], given[dim + dims]) for dim in range(dims))
    if transposed:
        raise LayerError("automatic padding of a transposed convolution")
    found = []
    dilation = settings.get("dilation") or (1,) * dims
    for size, side, step, spread in zip(sizes, kernel, settings["stride"], dilation, strict=True):
        total = max(0, (-(-size // step) - 1) * step + spread * (side - 1) + 1 - size)
        less, more = total // 2, total - total // 2
        found.append((more, less) if rule == "SAME_LOWER" else (less, more))
    return tuple(found)


@handles("Gemm")
def _gemm(call: Call) -> Value:
    left, right = call.input(0), call.input(1)
    if isinstance(left, Value) and isinstance(right, Constant) and not call.attribute("transA", 0):
        turned = not call.attribute("transB", 0)
        tensors = (left, right, call.input(2))
        return weights.linear(call.to, *tensors, call.shape, call.name, turned)
    if call.attribute("transA", 0) or call.attribute("transB", 0):
        raise LayerError("a product of transposed tensors")
    made = movement.matmul(call.to, call.live(left), call.live(right), call.shape, call.name)
    if call.input(2) is None:
        return made
    values = [made, call.live(call.input(2))]
    return movement.combine(call.to, "add", {}, values, call.shape, call.name)


@handles("MatMul")
def _matmul(call: Call) -> Value:
    left, right = call.input(0), call.input(1)
    if isinstance(left, Value) and isinstance(right, Constant) and len(right.shape) == 2:
        return weights.linear(call.to, left, right, None, call.shape, call.name, turned=True)
    return movement.matmul(call.to, call.live(left), call.live(right), call.shape, call.name)


@handles("Einsum")
def _einsum(call: Call) -> Value:
    values = [call.live(each) for each in call.inputs]
    return einsum(call.to, call.attribute("equation", ""), values, call.shape, call.name)


@handles("Attention")
def _attention(call: Call) -> Value:
    values = [call.live(call.input(index)) for index in range(3)]
    if len(values[0].shape) != 4 or len(call.shapes) > 1:
        raise LayerError("attention of heads side by side, or with a cache")
    mask = call.input(3)
    if isinstance(mask, Constant):
        mask = call.live(mask) if mask.params else None
    return movement.attention(call.to, values, mask, call.shape, call.name)


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


@handles("MaxPool", "AveragePool")
def _pool(call: Call) -> Value:
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
    settings["padding"] = _pads(call, value.shape[-dims:], kernel, settings)
    settings["ceil"] &= call.shape[-dims:] != window(
        value.shape[-dims:], kernel, settings["stride"], settings["padding"], (1,) * dims
    )
    return layers.pool(
        call.to, value, call.op[:3].replace("ave", "avg"), settings, call.shape, call.name
    )


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
