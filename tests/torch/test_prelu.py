"""Relus with learned slopes, as PyTorch has them."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn import functional

from convcost.cost import evaluate
from convcost.network import Network
from tests.torch.counted import counted, network_of


def costs(network: Network) -> tuple[int, int]:
    report = evaluate(network)
    return report.params, report.macs


def acts(network: Network) -> list[dict[str, Any]]:
    """What is said of the activation of each layer that has one, or is one."""
    found = [{"kind": layer.kind, **dict(layer.fields)} for layer in network.layers]
    names = ("act", "weights_per", "weights")
    return [
        {name: each[name] for name in names if name in each}
        for each in found
        if "act" in each or each["kind"] == "prelu"
    ]


def test_slopes_stand_with_their_layers() -> None:
    module = nn.Sequential(
        *(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.PReLU(8), nn.Conv2d(8, 4, 3), nn.PReLU()),
        *(nn.Flatten(), nn.Linear(4 * 36, 5), nn.PReLU(5)),
    )
    network = network_of(lambda: module, 3, 10, 10)

    assert costs(network) == counted(module, (3, 10, 10))[:2]
    assert acts(network) == [
        {"act": "prelu"},
        {"act": "prelu", "weights_per": "layer"},
        {"act": "prelu"},
    ]


class Shared(nn.Module):
    """One set of slopes in three places, two of them behind sums."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.act = nn.Conv2d(8, 8, 3, padding=1), nn.PReLU(8)

    def forward(self, x: Any) -> Any:
        return self.act(self.act(x) + self.act(self.conv(x)))


def test_slopes_in_several_places_are_counted_once() -> None:
    network = network_of(Shared, 8, 6, 6)
    assert costs(network) == counted(Shared(), (8, 6, 6))[:2]
    assert acts(network) == [{}, {"weights": "shared"}, {"weights": "shared"}]


class Windows(nn.Module):
    """Slopes of channels that windows stand in front of."""

    def __init__(self) -> None:
        super().__init__()
        self.act = nn.PReLU(3)

    def forward(self, x: Any) -> Any:
        windows = x.reshape(3, 2, 4, 2, 4).permute(1, 3, 0, 2, 4).reshape(4, 3, 4, 4)
        return self.act(windows).reshape(1, -1)


def test_slopes_behind_windows_are_counted_beside_them() -> None:
    network = network_of(Windows, 3, 8, 8)
    assert costs(network) == (3, 0)
    assert "parameter" in [layer.kind for layer in network.layers]


class Called(nn.Module):
    """Slopes that a function is called with."""

    def __init__(self) -> None:
        super().__init__()
        self.slopes = nn.Parameter(torch.zeros(3))

    def forward(self, x: Any) -> Any:
        return functional.prelu(x, self.slopes)


def test_a_prelu_that_is_called_as_a_function() -> None:
    (layer,) = network_of(Called, 3, 8, 8).layers
    assert (layer.kind, dict(layer.fields)) == ("prelu", {"functional": True})


def test_slopes_behind_a_sum_and_in_a_sequence() -> None:
    class Sum(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.act = nn.Conv1d(5, 5, 1), nn.PReLU()
            self.line, self.rows = nn.Linear(7, 6), nn.PReLU(5)

        def forward(self, x: Any) -> Any:
            return self.rows(self.line(self.act(x + self.conv(x))))

    module = Sum()
    network = network_of(lambda: module, 5, 7)
    assert costs(network) == counted(module, (5, 7))[:2]
    assert acts(network) == [{"act": "prelu", "weights_per": "layer"}, {}]
