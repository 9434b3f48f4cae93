"""Keras's pools, and what pads, crops and resizes images."""

from __future__ import annotations

from typing import Any

from convcost.errors import LayerError
from convcost.ops.base import Pads, Shape
from convcost.ops.conv import window
from convcost.sources.imports import layers, movement
from convcost.sources.imports.assembler import Value
from convcost.sources.imports.keras.call import Call, Result, Tensor, handles
from convcost.sources.imports.keras.convolutions import pads_of


@handles(
    *("MaxPooling1D", "MaxPooling2D", "MaxPooling3D", "MaxPool1D", "MaxPool2D", "MaxPool3D"),
    *("AveragePooling1D", "AveragePooling2D", "AveragePooling3D", "AvgPool1D", "AvgPool2D"),
    "AvgPool3D",
)
def _pool(call: Call) -> Result:
    value = call.spatial(call.tensor)
    dims = len(value.shape) - 2
    kernel = call.sizes("pool_size", dims, 2)
    stride = call.sizes("strides", dims, kernel)
    ones = (1,) * dims
    pads = pads_of(call, value, kernel, stride, ones)
    shape = (*value.shape[:2], *window(value.shape[2:], kernel, stride, pads, ones))
    settings = {"k": kernel, "stride": stride, "padding": pads}
    return call.made(layers.pool(call.to, value, _sort(call), settings, shape, call.name))


@handles(
    *("GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D", "GlobalMaxPool1D"),
    *("GlobalMaxPool2D", "GlobalMaxPool3D", "GlobalAveragePooling1D", "GlobalAveragePooling2D"),
    *("GlobalAveragePooling3D", "GlobalAvgPool1D", "GlobalAvgPool2D", "GlobalAvgPool3D"),
)
def _global(call: Call) -> Result:
    keep, tensor, sort = call.flag("keepdims", usual=False), call.tensor, _sort(call)
    if not tensor.turned and call.is_last and len(tensor.shape) > 2:
        rank = len(tensor.shape)
        ones = (1,) * (rank - 2) if keep else ()
        shape = (tensor.shape[0], *ones, tensor.shape[-1])
        word = "mean" if sort == "avg" else "max"
        over = range(1, rank - 1)
        return Tensor(layers.reduce(call.to, tensor.value, word, over, keep, shape, call.name))
    value = call.spatial(tensor)
    dims = len(value.shape) - 2
    shape = (*value.shape[:2], *(1,) * dims)
    made = layers.pool_to(call.to, value, sort, dims, shape, call.name)
    return call.made(made if keep else call.to.reshape(made, shape[:2], call.name))


@handles(
    *("AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D", "AdaptiveAveragePooling3D"),
    *("AdaptiveMaxPooling1D", "AdaptiveMaxPooling2D", "AdaptiveMaxPooling3D"),
)
def _adaptive(call: Call) -> Result:
    value = call.spatial(call.tensor)
    dims = len(value.shape) - 2
    shape = (*value.shape[:2], *call.sizes("output_size", dims))
    return call.made(layers.pool_to(call.to, value, _sort(call), dims, shape, call.name))


def _sort(call: Call) -> str:
    return "max" if "Max" in call.layer.cls else "avg"


@handles("ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D")
def _padding(call: Call) -> Result:
    return call.made(padded(call, call.spatial(call.tensor), _pairs(call, "padding", 1)))


def padded(call: Call, value: Value, pads: Pads) -> Value:
    """Zeros around `value`, channels first."""
    shape = tuple(
        size + before + behind for size, (before, behind) in zip(value.shape[2:], pads, strict=True)
    )
    return layers.pad(call.to, value, pads, (*value.shape[:2], *shape), call.name)


@handles("Cropping1D", "Cropping2D", "Cropping3D")
def _cropping(call: Call) -> Result:
    value, pads = call.spatial(call.tensor), _pairs(call, "cropping", 0)
    places = tuple(
        size - before - behind for size, (before, behind) in zip(value.shape[2:], pads, strict=True)
    )
    return call.made(_cropped(call, value, places, pads))


def _cropped(call: Call, value: Value, places: Shape, pads: Pads) -> Value:
    if min(places) < 1:
        raise LayerError("a crop that leaves nothing")
    shape = (*value.shape[:2], *places)
    for dim, (size, (before, _)) in enumerate(zip(places, pads, strict=True), 2):
        span = range(before, before + size)
        whole = (*value.shape[:dim], size, *value.shape[dim + 1 :])
        value = movement.take(call.to, value, dim, span, whole, call.name)
    return Value(value.index, shape)


def _pairs(call: Call, name: str, usual: int) -> Pads:
    """A setting as pairs: a number, one for each dim, or two for each dim."""
    dims = len(call.tensor.shape) - 2
    said = call.setting(name)
    said = usual if said is None else said
    several = list(said) if isinstance(said, list | tuple) else [said] * dims
    if dims == 1 and len(several) == 2:
        several = [several]
    pairs = tuple(map(_pair, several))
    if len(pairs) != dims:
        raise LayerError(f"{name} of {len(pairs)} dims for {dims}")
    return pairs


def _pair(said: Any) -> tuple[int, int]:
    before, behind = said if isinstance(said, list | tuple) else (said, said)
    if not (type(before) is type(behind) is int and min(before, behind) >= 0):
        raise LayerError("a padding that is no number")
    return before, behind


@handles("Resizing", "CenterCrop", "RandomCrop")
def _resizing(call: Call) -> Result:
    value = call.spatial(call.tensor)
    places = (call.count("height"), call.count("width"))
    if call.layer.cls != "Resizing":
        rest = [size - wanted for size, wanted in zip(value.shape[2:], places, strict=True)]
        pads = tuple((each // 2, each - each // 2) for each in rest)
        if min(rest) >= 0:
            return call.made(_cropped(call, value, places, pads))
    mode = str(call.setting("interpolation") or "bilinear")
    made = layers.resize(call.to, value, mode, 2, (*value.shape[:2], *places), call.name)
    return call.made(made)
