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
from convcost.sources.imports.pytorch.empty import empty
from convcost.sources.imports.pytorch.making import made_without_weights
from convcost.sources.imports.pytorch.trace import network_of
from convcost.sources.imports.recognise import recognised

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
    network = network_of(module, (empty((1, 3, 16, 16), torch.float32),), {}, "net").network
    report = evaluate(recognised(network) if merged else network)

    assert {tool: apply(report, find(tool)).macs for tool in wanted} == wanted
