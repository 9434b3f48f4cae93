"""ONNX's convolutions: of floats and integers, transposed, deformable, with what is fused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import prod
from typing import Any

from convcost.errors import LayerError
from convcost.ops.base import Pads, Sizes
from convcost.sources.imports import layers, movement, weights
from convcost.sources.imports.assembler import Constant, Fields, Value
from convcost.sources.imports.onnx.call import Call, Known, Result, handles
from convcost.sources.imports.padding import covering, cut_to


@handles("Conv", "ConvInteger")
def _convolution(call: Call) -> Value:
    # Behind the weight, ConvInteger has zero points.
    bias = call.input(2) if call.op == "conv" else None
    return _convolved(call, call.weight, bias)


@handles("QLinearConv", "com.microsoft.QLinearConv")
def _of_integers(call: Call) -> Value:
    is_last = call.attribute("channels_last", 0)
    return channels_first(call, _quantised) if is_last else _quantised(call)


def _quantised(call: Call) -> Value:
    return _convolved(call, _needed(call, 3), call.input(8))


def channels_first(call: Call, rule: Callable[[Call], Value]) -> Value:
    """What `rule` makes of a call whose first tensor has its channels last, as what comes out."""
    value = call.value
    rank = len(value.shape)
    there, back = (0, rank - 1, *range(1, rank - 1)), (0, *range(2, rank), 1)
    inner, shape = (tuple(each[dim] for dim in there) for each in (value.shape, call.shape))
    turned = movement.permute(call.to, value, there, inner, call.name)
    made = rule(replace(call, inputs=[turned, *call.inputs[1:]], shapes=[shape]))
    return movement.permute(call.to, made, back, call.shape, call.name)


@handles("com.microsoft.FusedConv")
def _fused(call: Call) -> Value:
    made = _convolved(call, call.weight, call.input(2))
    if call.input(3) is not None:
        added = [made, call.live(call.input(3))]
        made = movement.combine(call.to, "add", {}, added, call.shape, call.name)
    return activated(call, made)


@handles("CausalConvWithState")
def _causal(call: Call) -> Result:
    """One for each channel, behind the end of what came before, or zeros."""
    value, weight, past = call.value, call.weight, call.input(3)
    before = weight.shape[-1] - 1
    if past is not None and before:
        whole = (*value.shape[:2], before + value.shape[2])
        value = movement.concat(call.to, [call.live(past), value], 2, whole, call.name)
        before = 0
    settings = _settings(call, weight)
    settings |= {"groups": weight.shape[0], "padding": ((before, 0),)}
    tensors = (value, weight, call.input(2))
    made = weights.convolution(call.to, *tensors, settings, call.shape, call.name)
    if call.attribute("activation", "none") in ("silu", "swish"):
        made = layers.activation(call.to, made, "silu", call.name)
    if len(call.shapes) == 1:
        return made
    if not prod(call.shapes[1]):
        return made, Constant(call.shapes[1])
    return made, movement.gather(call.to, value, "state", call.shapes[1], call.name)


def activated(call: Call, value: Value) -> Value:
    """`value` with the activation behind it that is fused to an operation."""
    sort = call.attribute("activation", "")
    known = {"Relu": "relu", "LeakyRelu": "leaky-relu", "Sigmoid": "sigmoid", "Tanh": "tanh"}
    if not sort:
        return value
    if sort in known:
        return layers.activation(call.to, value, known[sort], f"{call.name}.act")
    return layers.elementwise(call.to, value, sort.lower()[:40], f"{call.name}.act")


def _needed(call: Call, index: int) -> Known:
    tensor = call.input(index)
    if tensor is None:
        raise LayerError(f"{call.op} without a weight")
    return tensor


def _convolved(call: Call, weight: Known, bias: Known | None) -> Value:
    value, settings = call.value, _settings(call, weight)
    dims = len(weight.shape) - 2
    settings["padding"] = pads_of(call, value.shape[-dims:], weight.shape[2:], settings)
    tensors = (value, weight, bias)
    return weights.convolution(call.to, *tensors, settings, call.shape, call.name)


def _settings(call: Call, weight: Known) -> Fields:
    ones = (1,) * (len(weight.shape) - 2)
    return {
        "stride": call.attribute("strides") or ones,
        "dilation": call.attribute("dilations") or ones,
        "groups": call.attribute("group", 1),
    }


@handles("ConvTranspose")
def _transposed(call: Call) -> Value:
    value, weight = call.value, call.weight
    settings, kernel = _settings(call, weight), weight.shape[2:]
    dims = len(kernel)
    more = call.attribute("output_padding") or (0,) * dims
    rule = call.attribute("auto_pad", "NOTSET")
    if call.attribute("output_shape") or rule in ("SAME_UPPER", "SAME_LOWER"):
        sizes, wanted = value.shape[-dims:], call.shape[-dims:]
        settings |= cut_to(sizes, wanted, kernel, settings, more, rule != "SAME_UPPER")
    else:
        pads = pads_of(call, value.shape[-dims:], kernel, settings)
        settings |= {"padding": pads, "output_padding": more}
    tensors = (value, weight, call.input(2))
    made = settings | {"transposed": True}
    return weights.convolution(call.to, *tensors, made, call.shape, call.name)


@handles("DeformConv")
def _deformable(call: Call) -> Value:
    weight = call.weight
    dims = len(weight.shape) - 2
    settings = _settings(call, weight) | {"offset_groups": call.attribute("offset_group", 1)}
    value = call.value
    settings["padding"] = pads_of(call, value.shape[-dims:], weight.shape[2:], settings)
    moved = [call.live(each) for each in (call.input(2), call.input(4)) if each is not None]
    tensors = ([value, *moved], weight, call.input(3))
    return weights.deformable(call.to, *tensors, settings, call.shape, call.name)


def pads_of(call: Call, sizes: Sizes, kernel: Sizes, settings: Mapping[str, Any]) -> Pads:
    """The zeros on each side; SAME means as many as give ceil(size / stride) outputs."""
    dims = len(kernel)
    rule = call.attribute("auto_pad", "NOTSET")
    if rule in ("NOTSET", "VALID", ""):
        given = call.attribute("pads") or (0,) * 2 * dims
        return tuple((given[dim], given[dim + dims]) for dim in range(dims))
    dilation = settings.get("dilation") or (1,) * dims
    return covering(sizes, kernel, settings["stride"], dilation, rule == "SAME_LOWER")
