"""Each primitive op as PyTorch: a module to construct, or an expression for `forward`.

Tensors have the batch in front, so convcost's dim 0 is PyTorch's dim 1.
"""

from __future__ import annotations

from collections.abc import Callable
from math import gcd, prod
from typing import Any

from convcost.emit.pytorch.expressions import Call, Slot, plain
from convcost.emit.pytorch.functional import (
    EXPRESSIONS,
    known_by_name,
    last_first,
    resolved_pads,
)
from convcost.emit.pytorch.recurrent import recurrent
from convcost.emit.pytorch.steps import Step, module, owned
from convcost.errors import LayerError
from convcost.ops.base import Op, Pads, Shape, Sizes
from convcost.ops.conv import ChannelwiseConv, Conv, Linear, TransposedConv
from convcost.ops.dynamic import DeformableConv
from convcost.ops.pooling import AdaptivePool, Pool, Resize, Upsample
from convcost.ops.recurrent import Recurrent
from convcost.ops.structure import Activation, Flatten, Identity, Norm, PRelu, Shuffle
from convcost.ops.tensors import Elementwise, LastNorm, Tensor, ZeroPad

ACTIVATIONS = {
    "relu": "nn.ReLU",
    "relu6": "nn.ReLU6",
    "leaky-relu": "nn.LeakyReLU",
    "elu": "nn.ELU",
    "selu": "nn.SELU",
    "gelu": "nn.GELU",
    "silu": "nn.SiLU",
    "mish": "nn.Mish",
    "sigmoid": "nn.Sigmoid",
    "hard-sigmoid": "nn.Hardsigmoid",
    "hard-swish": "nn.Hardswish",
    "tanh": "nn.Tanh",
    "softplus": "nn.Softplus",
}
MODES = {
    "linear": ("linear", "bilinear", "trilinear"),
    "bilinear": ("linear", "bilinear", "trilinear"),
}


def steps(op: Op, ins: tuple[Shape, ...], out: Shape) -> list[Step]:
    """What `op` is in PyTorch, for these shapes; LayerError if PyTorch has nothing of the kind."""
    if isinstance(op, Identity):
        return []
    if isinstance(op, DeformableConv):
        return _deformable(op, ins)
    if made := _MODULES.get(type(op)):
        return made(op, ins[0])
    if not isinstance(op, Elementwise) and known_by_name(op) is not None:
        return [Step(f"stand_in({{0}}, {out!r})")]
    return [Step(EXPRESSIONS[type(op)](op, ins))]


def _dims(sizes: Sizes | Pads) -> int:
    if len(sizes) > 3:
        raise LayerError(
            f"PyTorch has no layers of {len(sizes)} spatial dims",
            hint="reshape what arrives, so that it has three at most",
        )
    return len(sizes)


def _text(sizes: Sizes) -> str:
    return repr(plain(sizes))


def _bias(bias: bool) -> tuple[str, Slot]:
    return "bias", Slot("bias", bias, True)


def _convolution(op: Conv | TransposedConv, shape: Shape) -> list[Step]:
    dims = _dims(op.kernel)
    pads = resolved_pads(op.padding, op.kernel, op.stride, op.dilation, shape)
    even = all(before == after for before, after in pads)
    inside = tuple(before for before, _ in pads) if even else (0,) * dims
    args: list[tuple[str, Slot | Call | str]] = [
        ("", Slot("in", op.n)),
        ("", Slot("out", op.m)),
        ("", Slot("kernel_size", op.kernel)),
        ("stride", Slot("stride", op.stride, 1)),
        ("padding", Slot("padding", inside, 0)),
        ("dilation", Slot("dilation", op.dilation, 1)),
        ("groups", Slot("groups", op.groups, 1)),
        _bias(op.bias),
    ]
    name = "Conv" if isinstance(op, Conv) else "ConvTranspose"
    if isinstance(op, TransposedConv):
        args.insert(5, ("output_padding", Slot("output_padding", op.output_padding, 0)))
    made = module(_hint(op), owned(Call(f"nn.{name}{dims}d", tuple(args)), op.learned))
    if even:
        return [made]
    if isinstance(op, Conv):
        return [module("pad", _zeros(pads)), made]
    return [made, module("crop", _zeros(tuple((-before, -after) for before, after in pads)))]


def _deformable(op: DeformableConv, ins: tuple[Shape, ...]) -> list[Step]:
    if len(op.kernel) != 2:
        raise LayerError(f"PyTorch has no deformable convolution of {len(op.kernel)} spatial dims")
    pads = resolved_pads(op.padding, op.kernel, op.stride, op.dilation, ins[0])
    args: tuple[tuple[str, Slot | Call | str], ...] = (
        ("", Slot("in", op.n)),
        ("", Slot("out", op.m)),
        ("", Slot("kernel_size", op.kernel)),
        ("stride", Slot("stride", op.stride, 1)),
        ("padding", Slot("padding", tuple(before for before, _ in pads), 0)),
        ("dilation", Slot("dilation", op.dilation, 1)),
        ("groups", Slot("groups", op.groups, 1)),
        ("offset_groups", Slot("offset_groups", op.offset_groups, 1)),
        _bias(op.bias),
    )
    inputs = ", ".join(f"{{{number}}}" for number in range(len(ins)))
    call = owned(Call("DeformableConv2d", args), op.learned)
    return [Step(f"{{self}}({inputs})", "deformable", call)]


def _hint(op: Conv | TransposedConv) -> str:
    if op.groups == op.n > 1:
        return "depthwise"
    if set(op.kernel) == {1} and isinstance(op, Conv):
        return "pointwise"
    return "conv" if isinstance(op, Conv) else "transposed"


def _zeros(pads: Pads) -> Call:
    return Call(f"nn.ZeroPad{_dims(pads)}d", (("", repr(last_first(pads))),))


def _padded(op: ZeroPad) -> list[Step]:
    if any(op.channels):
        return [Step(f"nn.functional.pad({{0}}, {last_first((op.channels, *op.pads))})")]
    return [module("pad", _zeros(op.pads))] if op.pads else []


def _channelwise(op: ChannelwiseConv) -> Call:
    args = (
        ("", Slot("in", op.n)),
        ("", Slot("out", op.m)),
        ("", Slot("kernels", op.kernels)),
        ("", Slot("taps", op.taps)),
        ("", Slot("step", op.stride)),
        ("bias", Slot("bias", op.bias, False)),
    )
    return owned(Call("ChannelwiseConv", args), op.learned)


def _norm(op: Norm, sizes: Sizes) -> Call:
    dims = len(sizes)
    channels = ("", Slot("out", op.channels))
    if op.sort in ("layer", "group") or (op.sort == "instance" and prod(sizes) == 1):
        groups = {"layer": 1, "group": gcd(32, op.channels)}.get(op.sort, op.channels)
        affine = ("affine", Slot("affine", op.affine, True))
        # PyTorch's own module refuses groups of a single value.
        name = "LenientGroupNorm" if groups == op.channels * prod(sizes) else "nn.GroupNorm"
        return Call(name, (("", str(groups)), channels, affine))
    _dims((1,) * max(dims, 1))
    usual = op.sort == "batch"
    name = f"nn.{op.sort.capitalize()}Norm{max(dims, 1)}d"
    return Call(name, (channels, ("affine", Slot("affine", op.affine, usual))))


def _last_norm(op: LastNorm) -> Call:
    # One number would stand for the last dim alone, also where all sizes are that number.
    sizes = ("", repr(op.sizes) if len(op.sizes) > 1 else Slot("out", op.sizes))
    affine = ("elementwise_affine", Slot("affine", op.weight or op.bias, True))
    if op.sort == "rms":
        return Call("nn.RMSNorm", (sizes, affine))
    bias = Slot("norm_bias", op.bias or not op.weight, True)
    return Call("nn.LayerNorm", (sizes, affine, ("bias", bias)))


def _activation(op: Activation) -> Step:
    if op.sort == "softmax":
        return module("act", Call("nn.Softmax", (("dim", "-1"),)))
    if op.sort in ACTIVATIONS:
        return module("act", Call(ACTIVATIONS[op.sort], ()))
    return Step("{0}")


def _prelu(op: PRelu) -> Step:
    if op.weights_per == "element":
        slopes = f"torch.full({(op.channels, *op.sizes)!r}, 0.25)"
        kind = "nn.Buffer" if op.learned is False else "nn.Parameter"
        return Step("torch.where({0} < 0, {self} * {0}, {0})", "slope", Call(kind, (("", slopes),)))
    count = (("", Slot("out", op.channels)),) if op.weights_per == "channel" else ()
    return module("act", owned(Call("nn.PReLU", count), op.learned))


def _pool(op: Pool, shape: Shape) -> list[Step]:
    dims = _dims(op.kernel)
    pads = resolved_pads(op.padding, op.kernel, op.stride, (1,) * dims, shape)
    fits = all(
        before == after <= side // 2 for (before, after), side in zip(pads, op.kernel, strict=True)
    )
    if op.sort == "avg" and dims == 3:  # where padding does not count for what a kernel fits on
        fits = fits and all(size >= side for size, side in zip(shape[1:], op.kernel, strict=True))
    if op.ceil and not fits:
        pads = _covered(op, pads, shape)
    inside = tuple(before for before, _ in pads) if fits else (0,) * dims
    args: tuple[tuple[str, Slot | Call | str], ...] = (
        ("", Slot("kernel_size", op.kernel)),
        ("stride", Slot("stride", op.stride, op.kernel)),
        ("padding", Slot("padding", inside, 0)),
        ("ceil_mode", Slot("ceil", op.ceil and fits, False)),
    )
    made = module("pool", Call(f"nn.{op.sort.capitalize()}Pool{dims}d", args))
    return [made] if fits else [module("pad", _zeros(pads)), made]


def _covered(op: Pool, pads: Pads, shape: Shape) -> Pads:
    """`pads` with as many zeros behind as whole windows take; to zeros that a module of its own
    adds, PyTorch's rule for the last, partial window does not apply."""
    sizes = zip(shape[1:], op.out(shape)[1:], op.kernel, op.stride, pads, strict=True)
    return tuple(
        (before, (windows - 1) * step + side - size - before)
        for size, windows, side, step, (before, _) in sizes
    )


def _upsample(op: Upsample | Resize) -> Call:
    sizes = op.factor if isinstance(op, Upsample) else op.size
    dims = _dims(sizes)
    mode = MODES[op.mode][dims - 1] if op.mode in MODES else op.mode
    keyword = "scale_factor" if isinstance(op, Upsample) else "size"
    args: list[tuple[str, Slot | Call | str]] = [(keyword, _text(sizes))]
    if mode != "nearest":
        if mode == "bicubic" and dims != 2:
            raise LayerError(
                "PyTorch has bicubic resizing for two spatial dims only",
                hint="mode: linear works in any number of dims",
            )
        args.append(("mode", f'"{mode}"'))
    return Call("nn.Upsample", tuple(args))


def _tensor(op: Tensor) -> Step:
    zeros = f"torch.zeros(1, {', '.join(map(str, op.shape))})"
    text = "{self}.expand({0}.shape[0]" + ", -1" * len(op.shape) + ")"
    if op.learned is not False:
        return Step(text, "weight", Call("nn.Parameter", (("", zeros),)))
    return Step(text, "buffer", Call("nn.Buffer", (("", zeros),)))


def _linear(op: Linear, shape: Shape) -> list[Step]:
    args = (("", Slot("in", op.n)), ("", Slot("out", op.m)), _bias(op.bias))
    return [module("linear", owned(Call("nn.Linear", args), op.learned))]


def _pool_to(op: AdaptivePool, shape: Shape) -> list[Step]:
    if not op.size:
        return []
    name = f"nn.Adaptive{op.sort.capitalize()}Pool{_dims(op.size)}d"
    return [module("pool", Call(name, (("", _text(op.size)),)))]


def _shuffle(op: Shuffle, shape: Shape) -> list[Step]:
    if len(shape) == 1:
        return [Step(f"{{0}}.unflatten(1, ({op.groups}, -1)).transpose(1, 2).flatten(1)")]
    return [module("shuffle", Call("nn.ChannelShuffle", (("", Slot("groups", op.groups)),)))]


_MODULES: dict[type[Op], Callable[[Any, Shape], list[Step]]] = {
    Conv: _convolution,
    TransposedConv: _convolution,
    ChannelwiseConv: lambda op, shape: [module("channelwise", _channelwise(op))],
    Linear: _linear,
    Recurrent: recurrent,
    Norm: lambda op, shape: [module("norm", _norm(op, shape[1:]))],
    LastNorm: lambda op, shape: [module("norm", _last_norm(op))],
    PRelu: lambda op, shape: [_prelu(op)],
    Activation: lambda op, shape: [_activation(op)],
    Pool: _pool,
    AdaptivePool: _pool_to,
    Upsample: lambda op, shape: [module("upsample", _upsample(op))],
    Resize: lambda op, shape: [module("upsample", _upsample(op))],
    Shuffle: _shuffle,
    ZeroPad: lambda op, shape: _padded(op),
    Flatten: lambda op, shape: [module("flatten", Call("nn.Flatten", ()))],
    Tensor: lambda op, shape: [_tensor(op)],
}
"""Ops that are modules, to be constructed once."""
