"""Layers and whose their weights are: learned, shared, fixed, or computed by the network itself.

A weight is a tensor, whatever it is called and wherever it comes from. One that is learned, or
made of what is learned without a product, is the layer's own; one that other layers make is an
input. A bias that is not as the weight is a layer behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from convcost.errors import LayerError
from convcost.kinds.fields import LEARNED, OWN, UNCLEAR
from convcost.ops.base import Shape
from convcost.ops.conv import same_pads
from convcost.sources.imports import layers, movement
from convcost.sources.imports.assembler import Assembler, Constant, Fields, Value, plain_shape

Tensor = Value | Constant


def convolution(
    to: Assembler,
    value: Value,
    weight: Tensor,
    bias: Tensor | None,
    settings: Fields,
    shape: Shape,
    name: str,
) -> Value:
    """`layers.convolution` with any weight and bias."""
    dims = len(weight.shape) - 2
    fields, bias = _weights_and_bias(to, weight, bias, shape[-dims - 1])
    made = layers.convolution(to, value, weight.shape, settings | fields, shape, name)
    return behind(to, "add", made, bias, dims, name)


def linear(
    to: Assembler,
    value: Value,
    weight: Tensor,
    bias: Tensor | None,
    shape: Shape,
    name: str,
    turned: bool = False,
) -> Value:
    """A linear layer over the last dim with any weight and bias; the weight is (m, n), or (n, m)
    if it is `turned`, or (n,) where one number comes out."""
    sizes = weight.shape[::-1] if turned else weight.shape
    if len(sizes) == 1:
        sizes = (1, *sizes)
    if len(sizes) != 2:
        raise LayerError("a linear layer whose weight is no matrix")
    if isinstance(weight, Constant):
        fields, bias = _weights_and_bias(to, weight, bias, sizes[0])
        made = layers.linear(to, value, sizes, fields, shape, name)
    else:
        rows = to.exactly(value, (prod(value.shape) // sizes[1], sizes[1]), name)
        matrix = to.exactly(weight, sizes[::-1] if turned else sizes, name)
        transpose: Fields = {} if turned else {"transpose": True}
        made = to.add("matmul", transpose, [rows, matrix], shape, name)
    return behind(to, "add", made, bias, 0, name)


def deformable(
    to: Assembler,
    values: Sequence[Value],
    weight: Tensor,
    bias: Tensor | None,
    settings: Fields,
    shape: Shape,
    name: str,
) -> Value:
    """A convolution of the first of `values`, whose taps the others move and weigh; `settings` as
    for `layers.convolution`, and `offset_groups`."""
    if isinstance(weight, Value) or any(value.shape[0] != 1 for value in values):
        raise LayerError("a deformable convolution of windows, or with weights that are computed")
    fields, bias = _weights_and_bias(to, weight, bias, shape[1])
    fields |= {"m": weight.shape[0], "k": layers.short(weight.shape[2:])}
    for key in ("stride", "dilation"):
        if set(settings[key]) != {1}:
            fields[key] = layers.short(settings[key])
    for key in ("groups", "offset_groups"):
        if settings[key] != 1:
            fields[key] = settings[key]
    if settings["padding"] != same_pads(weight.shape[2:], settings["dilation"]):
        fields["padding"] = layers.short_pads(settings["padding"])
    plain = [to.exactly(value, value.shape[1:], name) for value in values]
    made = to.add("deform", fields, plain, shape, name)
    return behind(to, "add", made, bias, len(weight.shape) - 2, name)


def _weights_and_bias(
    to: Assembler, weight: Tensor, bias: Tensor | None, channels: int
) -> tuple[Fields, Tensor | None]:
    """The fields that tell whose a layer's weights are and whether it has a bias, and the bias
    that the layer cannot have: its weights are someone else's, or it is not one a channel."""
    if isinstance(weight, Value):
        return {"computed": weight}, bias
    status = to.weights(weight)
    fields: Fields = {} if status == OWN else {"weights": status}
    if not isinstance(bias, Constant) or prod(bias.shape) != channels:
        return fields, bias
    if not _are_alike(status, to.whose(bias)):
        return fields, bias
    if to.weights(bias) == UNCLEAR:
        fields = {"weights": UNCLEAR}
    return fields | {"bias": True}, None


def _are_alike(first: str, second: str) -> bool:
    """Whether both are counted, for certain or maybe, or both are not."""
    return (LEARNED[first] is False) == (LEARNED[second] is False)


def prelu(to: Assembler, value: Value, slopes: Constant, weights_per: str, name: str) -> Value:
    """A relu with learned slopes, one for each of what `weights_per` says."""
    plain = plain_shape(value.shape)
    counts = {"layer": 1, "channel": plain[0], "element": prod(plain)}
    if prod(slopes.shape) != counts[weights_per]:
        raise LayerError(f"a prelu of {plain} with {prod(slopes.shape)} slopes")
    whose = to.weights(slopes)
    fields: Fields = {
        "weights_per": weights_per if weights_per != "channel" else None,
        "weights": whose if whose != OWN else None,
    }
    value = to.exactly(value, plain, name)
    return to.add("prelu", fields, [value], value.shape, name)


def behind(
    to: Assembler, kind: str, value: Value, tensor: Tensor | None, dims: int, name: str
) -> Value:
    """`value` with a number for each channel added or multiplied, `dims` before the last."""
    if tensor is None:
        return value
    if isinstance(tensor, Constant):
        tensor = to.constant(tensor, name)
    each = to.reshape(tensor, (*tensor.shape, *(1,) * dims), name)
    return movement.combine(to, kind, {}, [value, each], value.shape, name)
