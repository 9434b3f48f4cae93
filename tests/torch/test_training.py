"""What is saved for the backward pass, against the tensors that PyTorch saves."""

from __future__ import annotations

import pytest
import torch

from convcost.cost import evaluate
from convcost.emit.pytorch import pytorch_text
from convcost.metrics.flow import flow_of
from convcost.metrics.saved import gradients
from convcost.network import Network
from convcost.sources import read, target_of
from tests.torch.counted import module_of

# Not here: what PyTorch pads by a copy that it saves (same-tf, channel-wise), recurrent layers.
SHIPPED = [
    *("alexnet", "alexnet_torchvision", "convnext_tiny", "dcgan", "densenet121"),
    *("efficientnet_b0", "effnet_cifar10", "fasternet_t0", "ghostnet", "googlenet"),
    *("mobilenet_v1", "mobilenet_v2", "mobilenet_v3_large", "mobilenet_v3_small"),
    *("mobilenet_v4_small", "mlperf_tiny_ad", "repvgg_a0", "resnet18", "resnet34", "resnet50"),
    *("resnext50_32x4d", "shufflenet_v1", "shufflenet_v2", "squeezenet1_0", "vgg16", "xception"),
]
SIZED = (
    "convnext_tiny",
    "efficientnet_b0",
    "fasternet_t0",
    "mobilenet_v1",
    "mobilenet_v2",
    "repvgg_a0",
)


def seen(network: Network, batch: int) -> int:
    """Bytes of all that a forward pass saves; weights and running averages are there anyway."""
    assert network.input is not None
    _, made = module_of(pytorch_text(network))
    module = made().train()
    held = {each.untyped_storage().data_ptr() for each in (*module.parameters(), *module.buffers())}
    saved: dict[int, torch.UntypedStorage] = {}

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in held:
            saved[storage.data_ptr()] = storage  # alive, so that no other gets its place
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        module(torch.randn(batch, *network.input))
    return sum(storage.nbytes() for storage in saved.values())


@pytest.mark.parametrize("name", SHIPPED)
def test_what_a_forward_pass_saves(name: str) -> None:
    path = target_of(name)
    network = read(path, {"size": 64} if name in SIZED else {}).network
    kept = gradients(flow_of(evaluate(network))).kept
    assert all(each.is_all for each in kept)
    of_one = sum(4 * each.elements + each.extra for each in kept)
    assert seen(network, 2) == 2 * of_one + sum(each.once for each in kept)
