"""What is saved for the backward pass, and computed again in it, against what PyTorch does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest
import torch
from torch.utils.checkpoint import checkpoint, set_checkpoint_early_stop
from torch.utils.flop_counter import FlopCounterMode

from convcost.cost import evaluate
from convcost.emit.pytorch import pytorch_text
from convcost.metrics.checkpoint import segments
from convcost.metrics.flow import flow_of
from convcost.metrics.saved import Kept, gradients
from convcost.metrics.training import training
from convcost.network import Network
from convcost.setting import Setting
from convcost.sources import read, target_of
from tests.torch.counted import module_of

# Not here: what PyTorch pads by a copy that it saves (same-tf, channel-wise), recurrent layers.
SHIPPED = [
    *("alexnet", "alexnet_torchvision", "convnext_tiny", "darknet53", "dcgan", "densenet121"),
    *("efficientnet_b0", "efficientnet_v2_s", "effnet_cifar10", "fasternet_t0", "ghostnet"),
    *("googlenet", "inception_v3", "resnet101", "vit_b_16"),
    *(
        "mobilenet_v1",
        "mobilenet_v1_full",
        "mobilenet_v2",
        "mobilenet_v3_large",
        "mobilenet_v3_small",
    ),
    *("mobilenet_v4_small", "mlperf_tiny_ad", "repvgg_a0", "resnet18", "resnet34", "resnet50"),
    *("resnext50_32x4d", "shufflenet_v1", "shufflenet_v2", "squeezenet1_0", "vgg16", "xception"),
]
SIZED = (
    "convnext_tiny",
    "darknet53",
    "efficientnet_b0",
    "efficientnet_v2_s",
    "fasternet_t0",
    "mobilenet_v1",
    "mobilenet_v2",
    "repvgg_a0",
    "vit_b_16",
)


def seen(network: Network, batch: int) -> int:
    """Bytes of all that a forward pass of a network saves."""
    assert network.input is not None
    _, made = module_of(pytorch_text(network))
    return saved_by(made().train(), torch.randn(batch, *network.input))


def saved_by(module: torch.nn.Module, given: torch.Tensor, *there: torch.Tensor) -> int:
    """Bytes of all that a forward pass saves but what is `there`, as weights and running averages
    are anyway."""
    known = (*module.parameters(), *module.buffers(), *there)
    held = {each.untyped_storage().data_ptr() for each in known}
    saved: dict[int, torch.UntypedStorage] = {}

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in held:
            saved[storage.data_ptr()] = storage  # alive, so that no other gets its place
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        module(given)
    return sum(storage.nbytes() for storage in saved.values())


@pytest.mark.parametrize("name", SHIPPED)
def test_what_a_forward_pass_saves(name: str) -> None:
    path = target_of(name)
    network = read(path, {"size": 64} if name in SIZED else {}).network
    kept = gradients(flow_of(evaluate(network))).kept
    assert all(each.is_all for each in kept)
    of_one = sum(4 * each.elements + each.extra for each in kept)
    assert seen(network, 2) == 2 * of_one + sum(each.once for each in kept)


LAYERS = {"Gate": 4}
"""Of how many layers some of a network's modules are; others are one, but for whole blocks."""


class Again(torch.nn.Module):
    """A block that is computed again."""

    def __init__(self, *modules: torch.nn.Module) -> None:
        super().__init__()
        self.body = torch.nn.Sequential(*modules)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        found = checkpoint(self.body, x, use_reentrant=False)
        assert isinstance(found, torch.Tensor)
        return found


def in_blocks(children: Iterable[torch.nn.Module], blocks: Sequence[range]) -> torch.nn.Sequential:
    """The modules of a chain, those of each of the `blocks` of layers together."""
    found: list[torch.nn.Module] = []
    waiting = list(children)
    at = 0
    while waiting:
        block = next((each for each in blocks if each.start == at), range(at, at + 1))
        inside = []
        while at < block.stop:
            inside.append(waiting.pop(0))
            name = type(inside[-1]).__name__
            at = block.stop if name.startswith("Residual") else at + LAYERS.get(name, 1)
        found.append(Again(*inside) if block in blocks else inside[0])
    return torch.nn.Sequential(*found)


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "mobilenet_v2", "efficientnet_b0"])
def test_blocks_that_are_computed_again(name: str) -> None:
    network = read(target_of(name), {"size": 64} if name in SIZED else {}).network
    assert network.input is not None
    report = evaluate(network).under(Setting(checkpoint="blocks", batch=2))
    blocks = segments(report)
    found = gradients(flow_of(report), blocks)

    def of(kept: Sequence[Kept], layers: Iterable[int]) -> int:
        steps = zip(flow_of(report).steps, kept, strict=True)
        mine = [each for step, each in steps if step.layer in layers]
        return sum(2 * (4 * each.elements + each.extra) + each.once for each in mine)

    _, made = module_of(pytorch_text(network))
    chain = in_blocks(made().train().layers, blocks)
    given = torch.randn(2, *network.input)
    assert saved_by(chain, given) == of(found.kept, range(len(report.layers)))
    again = iter(blocks)
    for module in chain:
        given = given.detach().requires_grad_()
        if isinstance(module, Again):
            assert saved_by(module.body, given, given) == of(found.again, next(again))
        given = module(given)
    assert next(again, None) is None


@pytest.mark.parametrize("name", ["resnet18"])
def test_multiply_adds_of_blocks_that_are_computed_again(name: str) -> None:
    network = read(target_of(name)).network
    assert network.input is not None
    made = training(evaluate(network).under(Setting(checkpoint="blocks")))
    _, of_source = module_of(pytorch_text(network))
    blocks = segments(made.report)
    chain = in_blocks(of_source().train().layers, blocks)
    counter = FlopCounterMode(display=False)
    with counter, set_checkpoint_early_stop(False):
        chain(torch.randn(2, *network.input)).sum().backward()
    assert counter.get_total_flops() == 2 * 2 * made.report.figure("step_macs")
    assert made.again == sum(made.report.layers[at].macs for block in blocks for at in block)


@pytest.mark.parametrize(
    "name",
    ["alexnet_torchvision", "darknet53", "densenet121", "googlenet", "resnet50", "vgg16"],
)
def test_multiply_adds_of_a_step(name: str) -> None:
    """Of networks without groups, for which the counter takes the gradient of all channels."""
    network = read(target_of(name)).network
    assert network.input is not None
    _, of_source = module_of(pytorch_text(network))
    module = of_source().train().to("meta")
    counter = FlopCounterMode(display=False)
    with counter:
        module(torch.zeros(2, *network.input, device="meta")).sum().backward()
    made = training(evaluate(network))
    assert counter.get_total_flops() == 2 * 2 * made.report.figure("step_macs")
