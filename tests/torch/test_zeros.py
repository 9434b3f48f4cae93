"""Zeros of modules that are there: what is counted is what PyTorch counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations, prune

from convcost import evaluate, load
from convcost.cost import Report
from convcost.metrics import measured
from tests.torch import nets
from tests.torch.counted import network_of
from tests.torch.works import Lora

LEFT = ("nonzero_params", "effective_macs", "dense_macs")


def left(module: nn.Module, *shape: int) -> Report:
    return measured(evaluate(load(module, torch.zeros(1, *shape))), LEFT)


def thinned(module: nn.Module) -> nn.Module:
    """The module with about a third of all its numbers zero, biases and norms too."""
    torch.manual_seed(1)
    with torch.no_grad():
        for each in module.parameters():
            each[torch.rand_like(each) < 0.3] = 0
    return module


def tied() -> nn.Module:
    first, second = nn.Conv2d(4, 4, 3, bias=False), nn.Conv2d(4, 4, 3, bias=False)
    second.weight = first.weight
    return nn.Sequential(first, second)


class Recurrent(nn.Module):
    """Steps through an LSTM of two layers and directions, and parts that nothing uses."""

    def __init__(self) -> None:
        super().__init__()
        self.rnn = nn.LSTM(6, 5, 2, bidirectional=True, batch_first=True)
        self.head, self.unused = nn.Linear(10, 3), nn.Linear(3, 3)

    def forward(self, x: Any) -> Any:
        return self.head(self.rnn(x)[0][:, -1])


MODULES: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "a chain": (lambda: nets.Classifier(8), (3, 16, 16)),
    "separable": (lambda: nets.Classifier(8, separable=True), (3, 16, 16)),
    "residual": (nets.Residual, (3, 64, 64)),
    "squeeze and excite, in groups": (nets.SqueezeExcite, (8, 16, 16)),
    "attention": (nets.Attention, (3, 16, 16)),
    "volumes": (nets.Volumes, (2, 8, 8, 8)),
    "recurrent": (Recurrent, (7, 6)),
    "tied": (tied, (4, 12, 12)),
    "prelu": (lambda: nn.Sequential(nn.Conv2d(3, 4, 1), nn.PReLU(4)), (3, 5, 5)),
    "lora": (Lora, (8,)),
}


@pytest.mark.parametrize("name", MODULES)
def test_zeros_are_those_of_the_tensors(name: str) -> None:
    make, shape = MODULES[name]
    module = thinned(make())
    report = left(module, *shape)
    assert report.figure("nonzero_params") == sum(
        int(torch.count_nonzero(each)) for each in module.parameters()
    )
    assert report.params == sum(each.numel() for each in module.parameters())


def test_each_weight_that_is_not_zero_is_multiplied_at_each_position() -> None:
    module = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Conv2d(8, 8, 3, groups=8), nn.Linear(6, 5))
    report = left(thinned(module), 3, 10, 10)
    positions = (64, 36, 8 * 6)  # a linear layer at each row of each channel
    kept = [int(torch.count_nonzero(each.weight)) for each in module]
    assert [each.figure("effective_macs") for each in report.layers if each.macs] == [
        weights * at for weights, at in zip(kept, positions, strict=True)
    ]
    assert report.figure("dense_macs") == report.macs
    assert not report.status


def test_channels_that_were_pruned_are_told_apart() -> None:
    scattered, whole = nn.Conv2d(4, 8, 3, bias=False), nn.Conv2d(8, 8, 3, bias=False)
    torch.manual_seed(1)
    prune.random_unstructured(scattered, "weight", amount=0.5)
    prune.ln_structured(whole, "weight", amount=0.25, n=2, dim=0)
    prune.ln_structured(whole, "weight", amount=0.5, n=2, dim=1)
    one, two = left(nn.Sequential(scattered, whole), 4, 9, 9).layers
    assert [one.figure(name) for name in LEFT] == [144, 144 * 49, 288 * 49]
    assert [two.figure(name) for name in LEFT] == [216, 216 * 25, 216 * 25]


def test_a_weight_that_is_parametrized_has_the_zeros_of_its_direction() -> None:
    layer = nn.Linear(4, 3, bias=False)
    with torch.no_grad():
        layer.weight[:, 0] = 0
    made = parametrizations.weight_norm(layer)
    assert left(made, 4).figure("effective_macs") == 9


def test_what_has_no_values_is_not_known() -> None:
    report = measured(evaluate(network_of(lambda: nn.Conv2d(3, 4, 3, bias=False), 3, 8, 8)), LEFT)
    assert report.figure("nonzero_params") == report.params == 108
    assert report.status["nonzero_params"].state == "about"
    empty = measured(evaluate(load(nn.Linear(4, 3, device="meta"), torch.zeros(1, 4))), LEFT)
    assert empty.status["effective_macs"].state == "about"
