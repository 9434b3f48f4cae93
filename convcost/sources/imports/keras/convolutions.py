"""Keras's convolutions, channels last or first."""

from __future__ import annotations

from typing import Literal

from convcost.errors import LayerError
from convcost.ops.base import Pads, Shape, Sizes
from convcost.ops.conv import SAME_TF, same_pads, window
from convcost.sources.imports import layers, movement, weights
from convcost.sources.imports.assembler import Constant, Fields, Value
from convcost.sources.imports.keras.activations import activated
from convcost.sources.imports.keras.call import Call, Result, Tensor, handles

Padding = Pads | Literal["same-tf"]


@handles(*("Conv1D", "Conv2D", "Conv3D", "Convolution1D", "Convolution2D", "Convolution3D"))
def _convolution(call: Call) -> Result:
    value = call.spatial(call.tensor)
    made = convolved(call, value, call.count("filters"), call.flag("use_bias"))
    return activated(call, call.made(made))


def convolved(call: Call, value: Value, m: int, bias: bool, name: str = "kernel") -> Value:
    """A convolution of `value`, channels first, by what the layer's settings say, to `m` channels;
    `name` is that of its weight, which Keras has as (*kernel, n, m)."""
    dims = len(value.shape) - 2
    n, groups = value.shape[1], call.count("groups") if call.setting("groups") else 1
    if n % groups:
        raise LayerError(f"{groups} groups do not divide {n} channels")
    kernel = call.sizes("kernel_size", dims)
    weight = call.weight(name, (*kernel, n // groups, m))
    biases = call.maybe(bias, "bias", (m,))
    return _placed(call, value, (m, n // groups, *kernel), weight, biases, groups)


@handles("DepthwiseConv1D", "DepthwiseConv2D")
def _depthwise(call: Call) -> Result:
    made = _of_each(call, call.spatial(call.tensor), call.flag("use_bias"))
    return activated(call, call.made(made))


def _of_each(call: Call, value: Value, bias: bool) -> Value:
    """A filter, or several, for each channel of `value`."""
    dims = len(value.shape) - 2
    n, kernel = value.shape[1], call.sizes("kernel_size", dims)
    m = n * (call.count("depth_multiplier") if call.setting("depth_multiplier") else 1)
    weight = call.weight("depthwise_kernel", (*kernel, n, m // n))
    biases = call.maybe(bias, "bias", (m,))
    return _placed(call, value, (m, 1, *kernel), weight, biases, n)


@handles("SeparableConv1D", "SeparableConv2D", "SeparableConvolution1D", "SeparableConvolution2D")
def _separable(call: Call) -> Result:
    inner = _of_each(call, call.spatial(call.tensor), bias=False)
    n, m, dims = inner.shape[1], call.count("filters"), len(inner.shape) - 2
    weight = call.weight("pointwise_kernel", (*(1,) * dims, n, m))
    settings = {"stride": (1,) * dims, "dilation": (1,) * dims, "padding": ((0, 0),) * dims}
    made = _weighed(
        call,
        inner,
        (m, n, *(1,) * dims),
        weight,
        call.maybe(call.flag("use_bias"), "bias", (m,)),
        settings | {"groups": 1},
        (inner.shape[0], m, *inner.shape[2:]),
        f"{call.name}.pointwise",
    )
    return activated(call, call.made(made))


def _placed(
    call: Call, value: Value, sizes: Shape, weight: Constant, bias: Constant | None, groups: int
) -> Value:
    """A convolution whose weight has our `sizes`, (m, n/groups, *kernel)."""
    kernel, dims = sizes[2:], len(value.shape) - 2
    stride, dilation = call.sizes("strides", dims), call.sizes("dilation_rate", dims)
    pads = pads_of(call, value, kernel, stride, dilation)
    places = window(value.shape[2:], kernel, stride, pads, dilation)
    settings: Fields = {"stride": stride, "dilation": dilation, "groups": groups, "padding": pads}
    shape = (value.shape[0], sizes[0], *places)
    return _weighed(call, value, sizes, weight, bias, settings, shape, call.name)


def _weighed(
    call: Call,
    value: Value,
    sizes: Shape,
    weight: Constant,
    bias: Constant | None,
    settings: Fields,
    shape: Shape,
    name: str,
) -> Value:
    ours = Constant(sizes, weight.params)
    return weights.convolution(call.to, value, ours, bias, settings, shape, name)


def pads_of(call: Call, value: Value, kernel: Sizes, stride: Sizes, dilation: Sizes) -> Padding:
    """What TensorFlow puts around a tensor: by `same`, as much as gives ceil(size / stride)."""
    rule = str(call.setting("padding") or "valid").lower()
    zeros = ((0, 0),) * len(kernel)
    if rule == "causal" and len(kernel) == 1:
        return ((dilation[0] * (kernel[0] - 1), 0),)
    if rule not in ("same", "valid"):
        raise LayerError("a padding that is neither same nor valid")
    if rule == "valid" or set(kernel) == {1}:
        return zeros
    if set(stride) == {1}:
        return same_pads(kernel, dilation)
    if value.shape[0] == 1:
        return SAME_TF
    found = []
    for size, side, step, spread in zip(value.shape[2:], kernel, stride, dilation, strict=True):
        total = max(0, (-(-size // step) - 1) * step + spread * (side - 1) + 1 - size)
        found.append((total // 2, total - total // 2))
    return tuple(found)


@handles(
    *("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose", "Convolution1DTranspose"),
    *("Convolution2DTranspose", "Convolution3DTranspose"),
)
def _transposed(call: Call) -> Result:
    value = call.spatial(call.tensor)
    dims, n, m = len(value.shape) - 2, value.shape[1], call.count("filters")
    kernel, stride = call.sizes("kernel_size", dims), call.sizes("strides", dims)
    dilation = call.sizes("dilation_rate", dims)
    more = call.setting("output_padding")
    given = None if more is None else _offsets(more, dims)
    rule = str(call.setting("padding") or "valid").lower()
    cut = [
        _cut(side, step, spread, None if given is None else given[dim], rule)
        for dim, (side, step, spread) in enumerate(zip(kernel, stride, dilation, strict=True))
    ]
    settings: Fields = {
        "stride": stride,
        "dilation": dilation,
        "groups": 1,
        "transposed": True,
        "padding": tuple((before, behind) for before, behind, _ in cut),
        "output_padding": tuple(extra for _, _, extra in cut),
    }
    places = tuple(
        step * (size - 1) + spread * (side - 1) + 1 - before - behind + extra
        for size, side, step, spread, (before, behind, extra) in zip(
            value.shape[2:], kernel, stride, dilation, cut, strict=True
        )
    )
    if rule == "same" and given is None and value.shape[0] == 1:
        settings |= {"padding": "same", "output_padding": ()}
    weight = call.weight("kernel", (*kernel, m, n))
    bias = call.maybe(call.flag("use_bias"), "bias", (m,))
    shape = (value.shape[0], m, *places)
    made = _weighed(call, value, (n, m, *kernel), weight, bias, settings, shape, call.name)
    return activated(call, call.made(made))


def _offsets(said: object, dims: int) -> Sizes:
    several = said if isinstance(said, list | tuple) else [said] * dims
    if len(several) != dims or any(type(each) is not int or each < 0 for each in several):
        raise LayerError("an output_padding that is none")
    return tuple(several)


def _cut(side: int, step: int, spread: int, more: int | None, rule: str) -> tuple[int, int, int]:
    """What is cut off a transposed convolution before and behind, and put behind it.

    Keras gives size x stride by `same`, and by `valid` what the kernel reaches beyond too; with an
    output padding, step * (size - 1) + reach + more, less twice half of the kernel by `same`.
    """
    if rule not in ("same", "valid"):
        raise LayerError("a padding that is neither same nor valid")
    reach = spread * (side - 1) + 1
    if more is None:
        wanted = step if rule == "same" else step + max(reach - step, 0)
    else:
        # as deconvolution's formula has it: (size - 1) * step + reach - 2 * pad + more
        wanted = reach + more - (2 * (reach // 2) if rule == "same" else 0)
    total = reach - wanted
    if total < 0:
        return 0, 0, -total
    return total // 2, total - total // 2, 0


@handles("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
def _recurrent(call: Call) -> Result:
    """Gates that are convolutions of the input and of the state, at every step."""
    tensor, to = call.tensor, call.to
    if tensor.shape[0] != 1:
        raise LayerError("a recurrent convolution of windows")
    steps, m = tensor.shape[1], call.count("filters")
    plain = call.plain(tensor)
    each = Tensor(to.reshape(plain, plain.shape[1:], call.name))
    value = call.spatial(each)
    bias = call.flag("use_bias")
    gates = convolved(call, value, 4 * m, bias)
    state = movement.gather(to, gates, "gates", (steps, m, *gates.shape[2:]), f"{call.name}.state")
    kernel, dims = call.sizes("kernel_size", len(gates.shape) - 2), len(gates.shape) - 2
    weight = call.weight("recurrent_kernel", (*kernel, m, 4 * m))
    ones = (1,) * dims
    settings: Fields = {"stride": ones, "dilation": ones, "groups": 1}
    settings["padding"] = same_pads(kernel, ones)
    again = f"{call.name}.recurrent"
    sizes = (4 * m, m, *kernel)
    held = _weighed(call, state, sizes, weight, None, settings, gates.shape, again)
    both = movement.combine(to, "add", {}, [gates, held], gates.shape, call.name)
    made = movement.gather(to, both, "states", state.shape, f"{call.name}.states")
    if call.flag("return_sequences", usual=False):
        out = call.plain(call.made(made))
        return Tensor(to.reshape(out, (1, *out.shape), call.name))
    last = (1, *state.shape[1:])
    return call.made(movement.gather(to, made, "last state", last, f"{call.name}.last"))


@handles("UpSampling1D", "UpSampling2D", "UpSampling3D")
def _upsampling(call: Call) -> Result:
    value = call.spatial(call.tensor)
    dims = len(value.shape) - 2
    factors = call.sizes("size", dims, 2)
    places = tuple(size * step for size, step in zip(value.shape[2:], factors, strict=True))
    mode = str(call.setting("interpolation") or "nearest")
    made = layers.resize(call.to, value, mode, dims, (*value.shape[:2], *places), call.name)
    return call.made(made)
