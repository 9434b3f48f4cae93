"""Tools see some of what code calls: their profiles go by how it was written.

The figures are what the tools print of these modules.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - everyone calls it so

from convcost.conventions import apply, find
from convcost.cost import evaluate
from convcost.emit.spec import spec_text
from convcost.sources.imports.pytorch.making import made_without_weights
from convcost.sources.imports.recognise import recognised
from convcost.sources.spec.reading import parse_spec
from tests.torch.counted import followed

CASES: dict[str, tuple[Callable[[Any], Any], dict[str, int]]] = {
    "relu": (F.relu, {"fvcore": 55296, "thop": 55296, "ptflops": 59392, "torchinfo": 57344}),
    "gelu": (F.gelu, {"fvcore": 55296, "thop": 55296, "ptflops": 59392}),
    "leaky relu": (F.leaky_relu, {"ptflops": 57344, "torchprofile": 57344}),
    "softmax": (lambda x: F.softmax(x, 1), {"thop": 55296, "ptflops": 59392}),
    "mean": (lambda x: x.mean((2, 3)), {"fvcore": 55296, "thop": 55296, "ptflops": 57344}),
    "pooling": (
        lambda x: F.adaptive_avg_pool2d(x, 1),
        {"fvcore": 57344, "thop": 55296, "ptflops": 59392},
    ),
    "max pooling": (lambda x: F.max_pool2d(x, 2), {"thop": 55296, "ptflops": 59392}),
    "resizing": (
        lambda x: F.interpolate(x, scale_factor=2, mode="bilinear"),
        {"thop": 55296, "ptflops": 65536},
    ),
    "a layer of prelu": (
        nn.PReLU(8),
        {"thop": 57344, "ptflops": 61440, "torchinfo": 57352, "fvcore": 55296},
    ),
    "a layer of relu": (nn.ReLU(), {"thop": 55296, "ptflops": 61440}),
    "a layer of pooling": (nn.AdaptiveAvgPool2d(1), {"thop": 57352, "ptflops": 61440}),
}


class OwnConv2d(nn.Conv2d):
    def forward(self, x: Any) -> Any:
        return F.conv2d(x, self.weight, self.bias, padding=1)


class ChannelNorm(nn.LayerNorm):
    def forward(self, x: Any) -> Any:
        turned = x.permute(0, 2, 3, 1)
        normed = F.layer_norm(turned, self.normalized_shape, self.weight, self.bias)
        return normed.permute(0, 3, 1, 2)


class Borrowed(nn.Module):
    """The weights of a layer that does not run."""

    def __init__(self, layer: nn.Module, call: Callable[[Any, Any], Any]) -> None:
        super().__init__()
        self.layer, self.call = layer, call

    def forward(self, x: Any) -> Any:
        return self.call(x, self.layer)


class Attention(nn.Module):
    def __init__(self, scores: bool) -> None:
        super().__init__()
        self.attention, self.scores = nn.MultiheadAttention(8, 2, batch_first=True), scores

    def forward(self, x: Any) -> Any:
        tokens = x.flatten(2).transpose(1, 2)
        return self.attention(tokens, tokens, tokens, need_weights=self.scores)[0]


class Tokens(nn.Module):
    def __init__(self, behind: nn.Module) -> None:
        super().__init__()
        self.behind = behind

    def forward(self, x: Any) -> Any:
        return self.behind(x.flatten(2).transpose(1, 2))


def by_itself(x: Any) -> Any:
    return x @ x.transpose(-1, -2)


def batch_norm(x: Any, layer: Any) -> Any:
    return F.batch_norm(x, layer.running_mean, layer.running_var, layer.weight, layer.bias)


LAYERS: dict[str, tuple[Callable[[], Callable[[Any], Any]], dict[str, tuple[int, int]]]] = {
    "a convolution of one's own": (
        lambda: OwnConv2d(8, 8, 3),
        {"thop": (55296, 224), "ptflops": (57344, 808), "torchinfo": (206848, 808)},
    ),
    "a norm of one's own": (
        lambda: ChannelNorm(8),
        {"thop": (55296, 224), "ptflops": (57344, 240), "torchinfo": (57360, 240)},
    ),
    "a borrowed convolution": (
        lambda: Borrowed(nn.Conv2d(8, 8, 1), lambda x, layer: F.conv2d(x, layer.weight)),
        {"thop": (55296, 224), "ptflops": (57344, 296), "torchinfo": (57344, 296)},
    ),
    "a borrowed linear layer": (
        lambda: Borrowed(nn.Linear(16, 4, bias=False), lambda x, layer: F.linear(x, layer.weight)),
        {"thop": (55296, 224), "ptflops": (57344, 288), "torchinfo": (57344, 288)},
    ),
    "a borrowed norm": (
        lambda: Borrowed(nn.BatchNorm2d(8), batch_norm),
        {"thop": (55296, 224), "ptflops": (57344, 240), "torchinfo": (57344, 240)},
    ),
    "weight norm": (
        lambda: nn.utils.weight_norm(nn.Conv2d(8, 8, 3)),
        {"thop": (168192, 816), "ptflops": (171808, 816), "torchinfo": (63584, 816)},
    ),
    "spectral norm": (
        lambda: nn.utils.spectral_norm(nn.Conv2d(8, 8, 3)),
        {"thop": (168192, 808), "ptflops": (171808, 808), "torchinfo": (63520, 808)},
    ),
    "weight norm as a parametrization": (
        lambda: nn.utils.parametrizations.weight_norm(nn.Conv2d(8, 8, 3)),
        {"thop": (55296, 224), "ptflops": (57344, 816), "torchinfo": (57344, 816)},
    ),
    "attention with its scores": (
        lambda: Attention(scores=True),
        {"thop": (55296, 224), "ptflops": (2492416, 512), "torchinfo": (57344, 512)},
    ),
    "attention in one": (
        lambda: Attention(scores=False),
        {"thop": (55296, 224), "ptflops": (1312768, 512), "torchinfo": (57344, 512)},
    ),
    "an encoder": (
        lambda: Tokens(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)),
        {"thop": (137216, 536), "ptflops": (1388544, 824), "torchinfo": (57656, 824)},
    ),
    "scaled dot products": (
        lambda: lambda x: F.scaled_dot_product_attention(x, x, x),
        {"thop": (55296, 224), "ptflops": (57344, 224), "fvcore": (55296, 224)},
    ),
    "a product by name": (
        lambda: lambda x: torch.matmul(x, x.transpose(-1, -2)),
        {"thop": (55296, 224), "ptflops": (90112, 224), "fvcore": (88064, 224)},
    ),
    "a product by an operator": (
        lambda: by_itself,
        {"thop": (55296, 224), "ptflops": (57344, 224), "fvcore": (88064, 224)},
    ),
    "relu by name": (lambda: torch.relu, {"ptflops": (57344, 224)}),
    "relu as a method": (lambda: lambda x: x.relu(), {"ptflops": (57344, 224)}),
    "softmax as a method": (lambda: lambda x: x.softmax(1), {"ptflops": (57344, 224)}),
    "a sum by name": (lambda: lambda x: torch.add(x, x.transpose(2, 3)), {"ptflops": (59392, 224)}),
    "a sum": (lambda: lambda x: x + x.transpose(2, 3), {"ptflops": (57344, 224)}),
    "a sum in place": (lambda: lambda x: x.clone().add_(x), {"ptflops": (57344, 224)}),
    "a product with a number": (lambda: lambda x: x * 2.0, {"torchprofile": (57344, 224)}),
}


class Net(nn.Module):
    """A convolution, and something behind it."""

    def __init__(self, behind: Callable[[Any], Any]) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.behind = behind

    def forward(self, x: Any) -> Any:
        return self.behind(self.conv(x))


@pytest.mark.parametrize("merged", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_a_tool_sees_what_it_hooks(name: str, merged: bool) -> None:
    behind, wanted = CASES[name]
    with made_without_weights():
        module = Net(behind).eval()
    network = followed(module, 3, 16, 16)
    report = evaluate(recognised(network) if merged else network)

    assert {tool: apply(report, find(tool)).macs for tool in wanted} == wanted


@pytest.mark.filterwarnings("ignore:.*weight_norm. is deprecated:FutureWarning")
@pytest.mark.parametrize("written", [False, True])
@pytest.mark.parametrize("name", LAYERS)
def test_a_tool_sees_layers_of_its_own_classes(name: str, written: bool) -> None:
    behind, wanted = LAYERS[name]
    module = Net(behind()).eval()
    network = followed(module, 3, 16, 16)
    if written:
        network = parse_spec(spec_text(recognised(network))).network
    report = evaluate(network)

    counted = {tool: apply(report, find(tool)) for tool in wanted}
    assert {tool: (each.macs, each.params) for tool, each in counted.items()} == wanted
    assert report.params == sum(each.numel() for each in module.parameters())


class Computed(nn.Module):
    """A kernel that is made of the input, as no layer object has one."""

    def __init__(self) -> None:
        super().__init__()
        self.make = nn.Linear(3, 4 * 3 * 9)

    def forward(self, x: Any) -> Any:
        return F.conv2d(x, self.make(x.mean((2, 3))).view(4, 3, 3, 3))


def test_tools_that_hook_layers_miss_a_convolution_with_a_computed_kernel() -> None:
    report = evaluate(recognised(followed(Computed().eval(), 3, 8, 8)))
    names = ("papers", "fvcore", "thop", "ptflops", "torchinfo")
    counted = [apply(report, find(name)).macs for name in names]
    assert counted == [324 + 108 * 36, 324 + 108 * 36, 324, 324 + 108, 324 + 108]
