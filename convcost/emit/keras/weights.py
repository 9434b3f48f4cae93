"""Ops with weights as Keras layers: convolutions, linear and recurrent layers, norms, slopes."""

from __future__ import annotations

from math import gcd

from convcost.emit.keras.lines import REQUIRED, Argument, Built, Lines, Text, pairs, spatial
from convcost.emit.pytorch.functional import resolved_pads
from convcost.errors import LayerError
from convcost.ops.base import Pads, Shape, Sizes
from convcost.ops.conv import SAME_TF, ChannelwiseConv, Conv, Linear, TransposedConv, same_pads
from convcost.ops.recurrent import Recurrent
from convcost.ops.structure import Norm, PRelu
from convcost.ops.tensors import LastNorm


def frozen(learned: bool | None) -> list[Argument]:
    """Weights that are not learned."""
    return [("trainable", learned is not False, True)]


def conv(op: Conv, to: Lines, value: Built, name: str, shape: Shape, held: str) -> Built:
    """A convolution, behind zeros where its padding is not one of Keras's words."""
    value = to.last(value)
    dims = spatial(op.kernel, "convolution")
    word, pads = _padding(op, shape)
    if pads:
        to.layer(name, f"layers.ZeroPadding{dims}D", [("", pairs(pads), REQUIRED)], value.name)
        value = value._replace(name=name)
    is_each = op.groups == op.n > 1 and dims < 3 and len({*op.stride}) == 1
    first: list[Argument] = [] if is_each else [("", op.m, REQUIRED)]
    args: list[Argument] = [
        *first,
        ("", op.kernel, REQUIRED),
        ("strides", op.stride, 1),
        ("padding", word, "valid"),
        ("dilation_rate", op.dilation, 1),
        *([("depth_multiplier", op.m // op.n, 1)] if is_each else [("groups", op.groups, 1)]),
        ("use_bias", op.bias, True),
        *frozen(op.learned),
    ]
    cls = f"layers.{'Depthwise' * is_each}Conv{dims}D"
    to.layer(name, cls, args, value.name, held)
    return Built(name, value.rank, is_last=True)


def _padding(op: Conv, shape: Shape) -> tuple[str, Pads | None]:
    """Keras's word for a padding, or zeros to put around and none of its own."""
    is_dense = set(op.stride) == {1} and op.padding == same_pads(op.kernel, op.dilation)
    zeros = ((0, 0),) * len(op.kernel)
    if op.padding == zeros:
        return "valid", None
    pads = resolved_pads(op.padding, op.kernel, op.stride, op.dilation, shape)
    is_same = pads == resolved_pads(SAME_TF, op.kernel, op.stride, op.dilation, shape)
    return ("same", None) if is_dense or is_same else ("valid", pads)


def transposed(
    op: TransposedConv, to: Lines, value: Built, name: str, shapes: tuple[Shape, Shape], held: str
) -> Built:
    """A transposed convolution, whose rim is cut where its size is not one of Keras's own; with
    groups it is one for each."""
    value = to.last(value)
    dims = spatial(op.kernel, "transposed convolution")
    before, after = (shape[1:] for shape in shapes)
    is_same = all(
        out == size * step for size, step, out in zip(before, op.stride, after, strict=True)
    )
    args: list[Argument] = [
        ("", op.m // op.groups, REQUIRED),
        ("", op.kernel, REQUIRED),
        ("strides", op.stride, 1),
        ("padding", "same" if is_same else "valid", "valid"),
        ("dilation_rate", op.dilation, 1),
        ("use_bias", op.bias, True),
        *frozen(op.learned),
    ]
    cls, each = f"layers.Conv{dims}DTranspose", op.n // op.groups
    if op.groups == 1:
        to.layer(name, cls, args, value.name, held)
    else:
        parts = [f"{name}_{group}" for group in range(op.groups)]
        for group, part in enumerate(parts):
            to.layer(part, cls, args, f"{value.name}[..., {group * each}:{(group + 1) * each}]")
        to.layer(name, "layers.Concatenate", [], f"[{', '.join(parts)}]")
    if not is_same:
        _cut(op, to, name, before, after)
    return Built(name, value.rank, is_last=True)


def _cut(op: TransposedConv, to: Lines, name: str, before: Sizes, after: Sizes) -> None:
    """What Keras gives by `valid`, cut and filled up to the size that is wanted."""
    sides = []
    for dim, (size, out) in enumerate(zip(before, after, strict=True)):
        reach = op.dilation[dim] * (op.kernel[dim] - 1) + 1
        full = (size - 1) * op.stride[dim] + max(reach, op.stride[dim])
        first = op.padding[dim][0]
        sides.append((first, full - first - out))
    cut = tuple((max(0, a), max(0, b)) for a, b in sides)
    more = tuple((max(0, -a), max(0, -b)) for a, b in sides)
    for word, each in (("Cropping", cut), ("ZeroPadding", more)):
        if any(map(any, each)):
            to.layer(name, f"layers.{word}{len(each)}D", [("", pairs(each), REQUIRED)], name)


def channelwise(op: ChannelwiseConv, to: Lines, value: Built, name: str, shape: Shape) -> Built:
    """Kernels that slide along the channels, which are rows of an image here."""
    value = to.last(value)
    places = Text(repr((-1, op.n, 1)))
    to.layer(name, "layers.Reshape", [("", places, REQUIRED)], value.name)
    around = Text(repr(((0, 0), ((op.taps - 1) // 2, op.taps // 2))))
    to.layer(name, "layers.ZeroPadding2D", [("", around, REQUIRED)], name)
    args: list[Argument] = [
        ("", op.kernels, REQUIRED),
        ("", (1, op.taps), REQUIRED),
        ("strides", (1, op.stride), 1),
        ("use_bias", False, True),
        *frozen(op.learned),
    ]
    to.layer(name, "layers.Conv2D", args, name)
    back = Text(repr((*shape[1:], op.m)))
    to.layer(name, "layers.Reshape", [("", back, REQUIRED)], name)
    if op.bias:
        to.layer(name, "Bias", frozen(op.learned), name)
    return Built(name, value.rank, is_last=True)


def linear(op: Linear, to: Lines, value: Built, name: str, held: str) -> Built:
    """A linear layer over our last dim."""
    value = to.plain(value)
    args: list[Argument] = [
        ("", op.m, REQUIRED),
        ("use_bias", op.bias, True),
        *frozen(op.learned),
    ]
    to.layer(name, "layers.Dense", args, value.name, held)
    return value._replace(name=name)


def recurrent(op: Recurrent, to: Lines, value: Built, name: str) -> Built:
    """Recurrent layers on steps, whose features Keras has last; a cell is one step."""
    if op.projection or value.rank > 2:
        what = "a projection" if op.projection else "sequences beside each other"
        raise LayerError(f"Keras has no recurrent layer with {what}")
    value = to.last(value)
    if op.alone:
        to.layer(name, "layers.Reshape", [("", Text(repr((1, op.n))), REQUIRED)], value.name)
        value = value._replace(name=name)
    cls = {"lstm": "layers.LSTM", "gru": "layers.GRU", "rnn": "layers.SimpleRNN"}[op.sort]
    is_double = op.bias and op.biases == 2
    if is_double and op.sort != "gru":
        cls = {"lstm": "TwoBiasLSTM", "rnn": "TwoBiasRNN"}[op.sort]
    told = [f"{op.m}", *(["return_sequences=True"] if not op.alone else [])]
    if not op.bias:
        told.append("use_bias=False")
    if op.sort == "gru" and not is_double:
        told.append("reset_after=False")
    if op.nonlinearity != "tanh":
        told.append(f'activation="{op.nonlinearity}"')
    if op.learned is False:
        told.append("trainable=False")
    for at in range(op.layers):
        is_last = at == op.layers - 1
        own = told if is_last or not op.alone else [*told, "return_sequences=True"]
        made = f"{cls}({', '.join(own)})"
        made = f"layers.Bidirectional({made})" if op.bidirectional else made
        to.assign(name, f"{made}({value.name})")
        value = value._replace(name=name)
    return value


def norm(op: Norm, to: Lines, value: Built, name: str, held: str) -> Built:
    """A norm of channels."""
    value = to.last(value)
    plain: list[Argument] = [("center", op.affine, True), ("scale", op.affine, True)]
    if op.sort == "batch":
        to.layer(name, "layers.BatchNormalization", plain, value.name, held)
    else:
        groups = {"layer": 1, "group": gcd(32, op.channels)}.get(op.sort, -1)
        args: list[Argument] = [("", groups, REQUIRED), *plain]
        to.layer(name, "layers.GroupNormalization", args, value.name, held)
    return value._replace(name=name)


def last_norm(op: LastNorm, to: Lines, value: Built, name: str, held: str) -> Built:
    """A norm over our last dims."""
    value = to.plain(value)
    axes = [*range(-len(op.sizes), 0)]
    args: list[Argument] = [("axis", Text(repr(axes if len(axes) > 1 else -1)), "-1")]
    if op.sort == "rms":
        to.layer(name, "layers.RMSNormalization", [*args, *frozen(op.weight)], value.name, held)
    else:
        args += [("center", op.bias, True), ("scale", op.weight, True)]
        to.layer(name, "layers.LayerNormalization", args, value.name, held)
    return value._replace(name=name)


def prelu(op: PRelu, to: Lines, value: Built, name: str, held: str) -> Built:
    """Learned slopes, shared along the dims that have none of their own."""
    value = to.last(value)
    most = value.rank + (op.weights_per == "layer")
    axes = [] if op.weights_per == "element" else [*range(1, most)]
    args: list[Argument] = [("shared_axes", axes or None, None), *frozen(op.learned)]
    to.layer(name, "layers.PReLU", args, value.name, held)
    return value._replace(name=name)
