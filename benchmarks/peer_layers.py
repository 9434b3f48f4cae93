"""Single layers that the tools are asked about: each as convcost and as PyTorch writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import torch
from torch import nn
from torch.nn import functional

SEQUENCE, IMAGE, VOLUME = (16, 8), (16, 8, 8), (16, 8, 8, 8)
SHAPES = {1: SEQUENCE, 2: IMAGE, 3: VOLUME}
ACTIVATIONS = {
    "relu": "ReLU",
    "relu6": "ReLU6",
    "leaky-relu": "LeakyReLU",
    "elu": "ELU",
    "selu": "SELU",
    "gelu": "GELU",
    "silu": "SiLU",
    "mish": "Mish",
    "sigmoid": "Sigmoid",
    "hard-sigmoid": "Hardsigmoid",
    "hard-swish": "Hardswish",
    "tanh": "Tanh",
    "softplus": "Softplus",
}
MODES = {
    1: ("nearest", "linear"),
    2: ("nearest", "bilinear", "bicubic"),
    3: ("nearest", "trilinear"),
}
Build = Callable[[], Any]
"""Makes a layer object, or a function of a tensor."""


class Layer(NamedTuple):
    """A layer on an input without its batch."""

    input: tuple[int, ...]
    spec: str
    build: Build


def layers() -> Iterator[Layer]:
    """All of them."""
    yield from _activations()
    yield from _norms()
    yield from _pools()
    yield from _resizing()
    yield from _convolutions()
    yield from _linears()
    yield from _joints()
    yield from _recurrent()


def _activations() -> Iterator[Layer]:
    for kind, name in ACTIVATIONS.items():
        yield _layer(IMAGE, f"kind: {kind}", name)
        yield _call(IMAGE, f"kind: {kind}", {"leaky-relu": "leaky_relu"}.get(kind, name.lower()))
    for spec, slopes in (("kind: prelu", 16), ("kind: prelu, weights_per: layer", 1)):
        yield _layer(IMAGE, spec, "PReLU", slopes)
        yield Layer(IMAGE, f"{{{spec}, functional: true}}", partial(_Slopes, slopes))
    yield _layer(IMAGE, "kind: softmax", "Softmax", dim=1)
    yield _call(IMAGE, "kind: softmax", "softmax", dim=1)


def _norms() -> Iterator[Layer]:
    for dims, shape in SHAPES.items():
        for affine in (True, False):
            end = f"-norm, affine: {_yaml(affine)}"
            yield _layer(shape, f"kind: batch{end}", f"BatchNorm{dims}d", 16, affine=affine)
            yield _layer(shape, f"kind: instance{end}", f"InstanceNorm{dims}d", 16, affine=affine)
            yield _layer(shape, f"kind: group{end}", "GroupNorm", 4, 16, affine=affine)
    yield _layer((16,), "kind: layer-norm", "LayerNorm", 16)
    yield _layer((5, 16), "kind: last-norm", "LayerNorm", 16)
    plain = "kind: last-norm, weight: false, bias: false"
    yield _layer((5, 16), plain, "LayerNorm", 16, elementwise_affine=False)


def _pools() -> Iterator[Layer]:
    for dims, shape in SHAPES.items():
        for sort in ("max", "avg"):
            window = f"kind: {sort}-pool, k: 2"
            yield _layer(shape, window, f"{sort.title()}Pool{dims}d", 2)
            yield _call(shape, window, f"{sort}_pool{dims}d", 2)
            for out in (1, 2):
                adaptive = f"kind: adaptive-{sort}-pool, out: {out}"
                yield _layer(shape, adaptive, f"Adaptive{sort.title()}Pool{dims}d", out)
                yield _call(shape, adaptive, f"adaptive_{sort}_pool{dims}d", out)
        mean = f"kind: reduce, sort: mean, dims: {list(range(1, dims + 1))}"
        yield _function(shape, mean, lambda x: x.mean(tuple(range(2, x.dim()))))


def _resizing() -> Iterator[Layer]:
    for dims, shape in SHAPES.items():
        for mode in MODES[dims]:
            spec = f"kind: upsample, scale: 2, mode: {mode.removeprefix('tri')}"
            yield _layer(shape, spec, "Upsample", scale_factor=2, mode=mode)
            yield _call(shape, spec, "interpolate", scale_factor=2, mode=mode)


def _convolutions() -> Iterator[Layer]:
    for dims, shape in SHAPES.items():
        for bias in (True, False):
            for groups, stride, dilation in ((1, 1, 1), (4, 2, 1), (16, 1, 2)):
                spec = (
                    f"kind: standard, m: 32, k: 3, padding: 1, stride: {stride}, "
                    f"dilation: {dilation}, groups: {groups}, bias: {_yaml(bias)}"
                )
                sizes = (16, 32, 3, stride, 1, dilation)
                yield _layer(shape, spec, f"Conv{dims}d", *sizes, groups=groups, bias=bias)
            for m, groups in ((32, 1), (32, 4), (16, 4)):
                spec = (
                    f"kind: transposed, m: {m}, k: 3, padding: 1, stride: 2, groups: {groups}, "
                    f"bias: {_yaml(bias)}"
                )
                options = {"stride": 2, "padding": 1, "groups": groups, "bias": bias}
                yield _layer(shape, spec, f"ConvTranspose{dims}d", 16, m, 3, **options)


def _linears() -> Iterator[Layer]:
    for bias in (True, False):
        end = f", m: 32, bias: {_yaml(bias)}"
        yield _layer((16,), f"kind: linear{end}", "Linear", 16, 32, bias)
        yield _layer((5, 16), f"kind: projection{end}", "Linear", 16, 32, bias)


def _joints() -> Iterator[Layer]:
    scaled = "multiply: [[{kind: reduce, sort: max, dims: [1, 2], keep: true}], []]"
    yield _function(IMAGE, "add: [[], []]", lambda x: x + x)
    yield _function(IMAGE, "concat: [[], []]", lambda x: torch.cat((x, x), 1))
    yield _function(IMAGE, "multiply: [[], []]", lambda x: x * x)
    yield _function(IMAGE, scaled, lambda x: x.amax((2, 3), keepdim=True) * x)
    yield _layer(IMAGE, "kind: dropout", "Dropout")
    yield _function(IMAGE, "kind: flatten", lambda x: x.flatten(1))
    yield _layer(IMAGE, "kind: shuffle, groups: 4", "ChannelShuffle", 4)
    yield _function(IMAGE, "kind: slice, stop: 8", lambda x: x[:, :8])


def _recurrent() -> Iterator[Layer]:
    stacked, wide = {"layers": 3}, {"bidirectional": True}
    for kind in ("lstm", "gru", "rnn"):
        shapes: list[dict[str, Any]] = [{}, stacked, wide, stacked | wide]
        shapes += [{"projection": 3}, stacked | wide | {"projection": 3}] * (kind == "lstm")
        shapes += [{"nonlinearity": "relu"}] * (kind == "rnn")
        for bias in (True, False):
            for fields in shapes:
                yield _over_steps(kind, {"m": 5, "bias": bias, **fields})
            spec = f"kind: {kind}, m: 5, bias: {_yaml(bias)}"
            yield Layer((16,), f"{{{spec}}}", partial(_Cell, kind, bias))


def _over_steps(kind: str, fields: dict[str, Any]) -> Layer:
    names = {"m": "hidden_size", "layers": "num_layers", "projection": "proj_size"}
    options = {names.get(name, name): value for name, value in fields.items()}
    spec = ", ".join(f"{name}: {str(value).lower()}" for name, value in fields.items())
    return Layer(SEQUENCE, f"{{kind: {kind}, {spec}}}", partial(_Steps, kind, options))


class _Slopes(nn.Module):
    """A prelu that is called as a function."""

    def __init__(self, slopes: int) -> None:
        super().__init__()
        self.slopes = nn.Parameter(torch.zeros(slopes))

    def forward(self, x: Any) -> Any:
        return functional.prelu(x, self.slopes)


class _Steps(nn.Module):
    """A recurrent layer on features x steps, without its states."""

    def __init__(self, kind: str, options: dict[str, Any]) -> None:
        super().__init__()
        self.inner = getattr(nn, kind.upper())(16, batch_first=True, **options)

    def forward(self, x: Any) -> Any:
        return self.inner(x.transpose(1, 2))[0].transpose(1, 2)


class _Cell(nn.Module):
    """One step."""

    def __init__(self, kind: str, bias: bool) -> None:
        super().__init__()
        self.inner = getattr(nn, f"{kind.upper()}Cell")(16, 5, bias)

    def forward(self, x: Any) -> Any:
        made = self.inner(x)
        return made[0] if isinstance(made, tuple) else made


def _layer(shape: tuple[int, ...], spec: str, name: str, *args: Any, **options: Any) -> Layer:
    """A layer object of `torch.nn`."""
    return Layer(shape, f"{{{spec}}}", lambda: getattr(nn, name)(*args, **options))


def _call(shape: tuple[int, ...], spec: str, name: str, *args: Any, **options: Any) -> Layer:
    """A call of `torch.nn.functional`, which is looked up when it is called, as code does."""

    def call(x: Any) -> Any:
        return getattr(functional, name)(x, *args, **options)

    return _function(shape, f"{spec}, functional: true", call)


def _function(shape: tuple[int, ...], spec: str, function: Callable[[Any], Any]) -> Layer:
    return Layer(shape, f"{{{spec}}}", lambda: function)


def _yaml(flag: bool) -> str:
    return str(flag).lower()
