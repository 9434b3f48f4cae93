"""Pruned specs exported to PyTorch: they run, and count there what they count here."""

from __future__ import annotations

from fractions import Fraction

import pytest

from convcost import evaluate, load
from convcost.emit.pytorch import pytorch_text
from convcost.emit.rewritten import text_of
from convcost.pruning import prune
from convcost.sources import target_of
from convcost.sources.spec.reading import parse_spec
from tests.torch.counted import counted, module_of, said

IN_PLACE = {
    "vgg16": {"*": "0.5"},
    "mobilenet_v1": {"*": "0.3"},
    "resnet18": {"layer3": "0.5"},
    "googlenet": {"*": "0.5"},
    "squeezenet1_0": {"*": "0.5"},
    "unet": {"*": "0.25"},
    "lstm_kws": {"*": "0.5"},
}
ANEW = {
    "densenet121": {"*": "0.7"},
    "resnext50_32x4d": {"layer4": "0.7"},
    "efficientnet_b0": {"*": "0.5"},
    "mobilenet_v2": {"*": "0.6"},
    "ghostnet": {"*": "0.5"},
}


@pytest.mark.parametrize("name", [*IN_PLACE, *ANEW])
def test_a_pruned_spec_counts_in_pytorch_what_it_counts_here(name: str) -> None:
    shares = (IN_PLACE | ANEW)[name]
    made = prune(load(name), {layer: Fraction(share) for layer, share in shares.items()})
    assert made.cost_after.params < made.cost_before.params
    text = text_of(made, "spec", {}, target_of(name), unroll=name in ANEW)
    network = parse_spec(text, "pruned.yaml").network
    assert said(evaluate(network)) == said(made.cost_after)
    _, module = module_of(pytorch_text(network))
    assert network.input is not None
    assert counted(module(), network.input) == said(evaluate(network))
