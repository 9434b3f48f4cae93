"""Bytes are those of PyTorch's own tensors, and imported networks need what those written need."""

from __future__ import annotations

import pytest

from convcost.cost import evaluate
from convcost.emit.pytorch import pytorch_text
from convcost.metrics import measured
from convcost.sources import SpecFile, code, read, target_of
from convcost.sources.zoo import shipped
from tests.torch.counted import module_of

METRICS = ("weight_bytes", "buffer_bytes", "peak_memory", "arena", "receptive_field")


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v2", "shufflenet_v2", "squeezenet1_0"])
def test_imported_and_written_networks_agree(name: str) -> None:
    network = read(SpecFile(shipped()[name])).network
    target, made = module_of(pytorch_text(network))
    assert network.input is not None
    imported = code.read_code(target_of(f"torch:{target}"), network.input)
    found = measured(evaluate(network), METRICS)
    assert measured(evaluate(imported), METRICS).more == found.more
    module = made()
    assert found.more["weight_bytes"] == sum(each.nbytes for each in module.parameters())
    assert found.more["buffer_bytes"] == sum(each.nbytes for each in module.buffers())
