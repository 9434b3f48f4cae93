"""What an output sees is where its gradient is not zero."""

from __future__ import annotations

from itertools import count

import pytest
import torch
from torch import nn

from convcost.cost import evaluate
from convcost.emit.pytorch import pytorch_text
from convcost.metrics.flow import flow_of
from convcost.metrics.reach import window
from convcost.metrics.sight import sights
from convcost.network import Input, Network
from convcost.sources import SpecFile, read
from convcost.sources.given import Given
from convcost.sources.zoo import shipped
from tests.random_networks import random_network
from tests.torch.counted import module_of

SIDE = 80
NETWORKS = (
    *("alexnet", "alexnet_torchvision", "channelnet", "densenet121", "effnet_cifar10"),
    *("googlenet", "repvgg_a0", "mobilenet_v1", "mobilenet_v2", "resnet18", "resnet34"),
    *("resnet50", "resnext50_32x4d", "shufflenet_v1", "shufflenet_v2", "squeezenet1_0"),
    "darknet53",
)
SEEDS = (5, 7, 8, 10, 12, 14, 16, 17, 19, 24, 25, 26, 28, 31)


def last_with_positions(network: Network) -> int:
    """The last layer whose outputs have positions; -1 if there is none."""
    flow = flow_of(evaluate(network))
    seen = sights(flow)
    return max(
        (
            index
            for index, out in enumerate(flow.outs)
            if seen[out].axes
            and seen[out].dims[0] == ()
            and all(len(axes) == 1 for axes in seen[out].dims[1:])
            and not seen[out].gated
            and not any(axis.whole or axis.doubt.why for axis in seen[out].axes)
        ),
        default=-1,
    )


def followed(network: Network) -> tuple[Network, list[tuple[int, int]], tuple[int, ...]]:
    """The network up to the last layer with positions, what one of its outputs sees, and which."""
    flow, at = flow_of(evaluate(network)), last_with_positions(network)
    if at < 0:
        pytest.fail("nothing in it has positions")
    shape = flow.shapes[flow.outs[at]]
    position = tuple(size // 2 for size in shape[1:])
    spans = [(each.first, each.last) for each in window(flow, flow.outs[at], position)]
    return network._replace(layers=network.layers[: at + 1]), spans, position


def smoothed(module: nn.Module) -> nn.Module:
    """The module with positive weights, and without what hides an input: maxima, and zeros of
    activations."""
    module = module.eval()
    for name, child in list(module.named_modules()):
        parent = module.get_submodule(name.rpartition(".")[0])
        if isinstance(child, nn.MaxPool1d | nn.MaxPool2d | nn.MaxPool3d):
            average = {1: nn.AvgPool1d, 2: nn.AvgPool2d, 3: nn.AvgPool3d}[
                int(type(child).__name__[7])
            ]
            made = average(child.kernel_size, child.stride, child.padding, child.ceil_mode)
            setattr(parent, name.rpartition(".")[2], made)
        elif type(child).__module__.endswith("activation"):
            setattr(parent, name.rpartition(".")[2], nn.Identity())
    with torch.no_grad():
        for weights in module.parameters():
            weights.fill_(1 / max(1, weights[0].numel()))
    return module


def check(network: Network) -> None:
    short, spans, position = followed(network)
    _, made = module_of(pytorch_text(short))
    assert short.input is not None
    shape = short.input
    given = torch.ones(1, *shape, requires_grad=True)
    out = smoothed(made())(given)
    out = out[-1] if isinstance(out, tuple) else out
    out[(0, slice(None), *position)].sum().backward()
    assert given.grad is not None
    for axis, span in enumerate(spans):
        others = [dim for dim in range(len(shape)) if dim != axis + 1]
        hit = given.grad[0].abs().sum(others).nonzero()
        assert (int(hit.min()), int(hit.max())) == span


@pytest.mark.parametrize("name", NETWORKS)
def test_networks_that_ship(name: str) -> None:
    given = Given(inputs=(Input("", (3, SIDE, SIDE)),))
    check(read(SpecFile(shipped()[name]), {}, given).network)


@pytest.mark.parametrize("seed", SEEDS)
def test_random_networks(seed: int) -> None:
    drawn = (random_network(each) for each in count(seed, len(SEEDS)))
    check(next(each for each in drawn if last_with_positions(each) >= 0))
