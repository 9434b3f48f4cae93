"""Layers that PyTorch's and ONNX's graphs have in common: convolutions, linear layers, norms.

Each function takes the assembler, what arrives, the framework's own settings, the shape that
the framework says comes out, and a name; it gives the value that comes out. Dims of a tensor are
counted with the batch. LayerError for what convcost has no kind for.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from convcost.ops.base import Pads, Shape, Sizes
from convcost.ops.conv import same_pads
from convcost.sources.imports.assembler import Assembler, Fields, Value, plain_shape
from convcost.sources.imports.movement import checked_dim, permute

MODES = {"nearest": "nearest", "bilinear": "bilinear", "bicubic": "bicubic", "trilinear": "linear"}


def convolution(
    to: Assembler,
    value: Value,
    weight: Shape,
    settings: Fields,
    shape: Shape,
    name: str,
) -> Value:
    """A convolution with a weight of shape (m, n/groups, *kernel), or, if `transposed`,
    (n, m/groups, *kernel).

    `settings` holds stride, padding as pairs or `same-tf`, dilation, groups, and where they are
    not the usual, bias, weights, transposed, output_padding, and the value that the weight is
    `computed` in.
    """
    kernel = weight[2:]
    dims = len(kernel)
    if len(value.shape) == dims + 1:
        value = Value(value.index, (1, *value.shape))
        shape = (1, *shape)
        whole = convolution(to, value, weight, settings, shape, name)
        return Value(whole.index, shape[1:])
    if value.shape[0] != 1:
        return _convolution_of_many(to, value, weight, settings, shape, name)
    value = to.exactly(value, value.shape[1:], name)
    kind, fields = _convolution_fields(value.shape[1], weight, settings)
    values = [value]
    if computed := settings.get("computed"):
        kind, fields = _dynamic(kind, fields, weight, settings)
        values.append(computed)
    made = to.exactly(to.add(kind, fields, values, shape, name), shape[1:], name)
    return to.reshape(made, shape, name)


def _dynamic(kind: str, fields: Fields, weight: Shape, settings: Fields) -> tuple[str, Fields]:
    """The kind and fields of a convolution that is `kind`, with weights that arrive."""
    groups = settings["groups"]
    m = weight[1] * groups if kind == "transposed" else weight[0]
    fields = fields | {"m": m, "k": short(weight[2:])}
    if groups > 1:
        fields["groups"] = groups
    return "dynamic-transposed" if kind == "transposed" else "dynamic", fields


def _convolution_fields(n: int, weight: Shape, settings: Fields) -> tuple[str, Fields]:
    groups, kernel = settings["groups"], weight[2:]
    stride, dilation = settings["stride"], settings["dilation"]
    pads: Pads | str = settings["padding"]
    fields: Fields = {"k": short(kernel)}
    fields |= {name: settings[name] for name in ("bias", "weights") if name in settings}
    if set(stride) != {1}:
        fields["stride"] = short(stride)
    if set(dilation) != {1}:
        fields["dilation"] = short(dilation)
    if settings.get("transposed"):
        fields |= {"m": weight[1] * groups, "padding": short_pads(pads)}
        if groups > 1:
            fields["groups"] = groups
        if any(settings["output_padding"]):
            fields["output_padding"] = short(settings["output_padding"])
        return "transposed", fields
    m = weight[0]
    if pads != same_pads(kernel, dilation):
        fields["padding"] = short_pads(pads)
    if groups == n > 1:
        return "depthwise", fields | ({"m": m} if m != n else {})
    fields["m"] = m
    if set(kernel) == {1} and not any(map(any, pads)):
        del fields["k"]
        fields.pop("dilation", None)
        fields.pop("padding", None)
        return (
            ("pointwise-group", fields | {"groups": groups})
            if groups > 1
            else (
                "pointwise",
                fields,
            )
        )
    if groups > 1:
        return "group", fields | {"groups": groups}
    return "standard", fields


def _convolution_of_many(
    to: Assembler, value: Value, weight: Shape, settings: Fields, shape: Shape, name: str
) -> Value:
    """A convolution on windows that stand where the batch was: one with a side of 1 for them."""
    order = (1, 0, *range(2, len(value.shape)))
    turned = tuple(value.shape[dim] for dim in order)
    value = permute(to, value, order, turned, name)
    value = Value(to.exactly(value, turned, name).index, (1, *turned))
    wider = dict(settings)
    for key, one in (("stride", 1), ("dilation", 1), ("padding", (0, 0)), ("output_padding", 0)):
        if key in settings:
            wider[key] = (one, *settings[key])
    out = (1, *(shape[dim] for dim in order))
    deeper = (*weight[:2], 1, *weight[2:])
    made = convolution(to, value, deeper, wider, out, name)
    return permute(to, Value(made.index, out[1:]), order, shape, name)


def linear(
    to: Assembler, value: Value, weight: Shape, own: Fields, shape: Shape, name: str
) -> Value:
    """A linear layer over the last dim; `weight` is (m, n), `own` its bias and weights fields."""
    fields: Fields = {"m": weight[0], **own}
    plain = to.plain(value)
    if plain[-1] != weight[1]:
        value = to.exactly(value, (prod(plain) // weight[1], weight[1]), name)
    kind = "linear" if len(to.plain(value)) == 1 else "projection"
    return to.add(kind, fields, [value], shape, name)


def activation(to: Assembler, value: Value, sort: str, name: str) -> Value:
    """An activation that convcost has a kind for."""
    return to.add(sort, {}, [value], value.shape, name)


def elementwise(to: Assembler, value: Value, op: str, name: str) -> Value:
    """Any other function of one tensor's elements."""
    return to.add("elementwise", {"op": op}, [value], value.shape, name)


def pool(
    to: Assembler,
    value: Value,
    sort: str,
    settings: Fields,
    shape: Shape,
    name: str,
) -> Value:
    """A sliding window; `settings` holds k, stride, padding as pairs or `same-tf`, and ceil."""
    pads: Pads | str = settings["padding"]
    fields: Fields = {
        "k": short(settings["k"]),
        "stride": short(settings["stride"]) if settings["stride"] != settings["k"] else None,
        "padding": short_pads(pads) if any(map(any, pads)) else None,
        "ceil": settings.get("ceil") or None,
    }
    return _spatial(to, f"{sort}-pool", fields, value, len(settings["k"]), shape, name)


def pool_to(to: Assembler, value: Value, sort: str, dims: int, shape: Shape, name: str) -> Value:
    """Adaptive pooling to the last `dims` sizes of `shape`."""
    size = shape[-dims:]
    if set(size) == {1}:
        return _spatial(to, f"global-{sort}-pool", {}, value, dims, shape, name)
    return _spatial(to, f"adaptive-{sort}-pool", {"out": short(size)}, value, dims, shape, name)


def reduce(
    to: Assembler,
    value: Value,
    sort: str,
    dims: Sequence[int],
    keep: bool,
    shape: Shape,
    name: str,
) -> Value:
    """A mean, sum or maximum over `dims`."""
    rank = len(value.shape)
    over = sorted({checked_dim(dim, rank) for dim in dims}) or list(range(rank))
    has_batch = value.shape[0] == 1 and over[0] > 0 and (keep or len(over) < rank - 1)
    value = to.exactly(value, value.shape[1:] if has_batch else value.shape, name)
    over = [dim - has_batch for dim in over]
    fields: Fields = {"dims": short(over), "keep": keep or None}
    if sort != "mean":
        fields["sort"] = sort
    return to.add("reduce", fields, [value], shape, name)


def resize(to: Assembler, value: Value, mode: str, dims: int, shape: Shape, name: str) -> Value:
    """Resizing to the last `dims` sizes of `shape`."""
    before, after = value.shape[-dims:], shape[-dims:]
    if before == after:
        return value
    known = MODES.get(mode, "nearest")
    fields: Fields = {} if known == "nearest" else {"mode": known}
    if all(wide % narrow == 0 for narrow, wide in zip(before, after, strict=True)):
        factors = tuple(wide // narrow for narrow, wide in zip(before, after, strict=True))
        return _spatial(
            to, "upsample", {"scale": short(factors)} | fields, value, dims, shape, name
        )
    return _spatial(to, "resize", {"out": short(after)} | fields, value, dims, shape, name)


def pad(to: Assembler, value: Value, pads: Pads, shape: Shape, name: str) -> Value:
    """Zeros around the dims, `pads` for each of the last of them."""
    spatial = len(value.shape) - 2
    pads = ((0, 0),) * (len(value.shape) - len(pads)) + pads
    if not any(map(any, pads)):
        return value
    if value.shape[0] == 1 and spatial and not any(pads[0]) and min(map(min, pads)) >= 0:
        fields: Fields = {"padding": short_pads(pads[2:])} if any(map(any, pads[2:])) else {}
        fields |= {"channels": pads[1]} if any(pads[1]) else {}
        return _spatial(to, "pad", fields, value, spatial, shape, name)
    fields = {"op": "pad", "shape": plain_shape(shape)}
    return to.add("gather", fields, [value], shape, name)


def _spatial(
    to: Assembler, kind: str, fields: Fields, value: Value, dims: int, shape: Shape, name: str
) -> Value:
    """A layer that works on `dims` spatial dims of a tensor with or without a batch."""
    leading = value.shape[:-dims]
    if len(leading) == 2 and leading[0] != 1:  # windows in the place of the batch are channels
        whole = (prod(leading), *value.shape[-dims:])
    else:
        whole = (leading[-1] if leading else 1, *value.shape[-dims:])
    return to.add(kind, fields, [to.exactly(value, whole, name)], shape, name)


def short(sizes: Sequence[int]) -> int | Sizes:
    """One number where all are equal."""
    return sizes[0] if len(set(sizes)) == 1 else tuple(sizes)


def short_pads(pads: Pads | str) -> str | int | Sizes | Pads:
    """A padding as a person would write it."""
    if isinstance(pads, str):
        return pads
    if not any(map(any, pads)):
        return "valid"
    if all(before == after for before, after in pads):
        return short([before for before, _ in pads])
    return pads
