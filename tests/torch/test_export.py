"""Generated source, run by PyTorch: what it costs there is what convcost says."""

from __future__ import annotations

import pytest
import torch

from convcost.cost import evaluate
from convcost.emit.pytorch import pytorch_text
from convcost.emit.pytorch.modules import ACTIVATIONS
from convcost.emit.pytorch.names import MODULE_MEMBERS
from convcost.errors import LayerError
from convcost.network import Builder, Network
from tests.random_networks import random_network
from tests.torch.counted import counted, module_of, said


def test_the_members_of_a_module_are_those_that_names_avoid() -> None:
    public = {name for name in dir(torch.nn.Module()) if not name.startswith("_")}

    assert public <= MODULE_MEMBERS


def test_the_activations_are_there() -> None:
    assert all(hasattr(torch.nn, name.removeprefix("nn.")) for name in ACTIVATIONS.values())


@pytest.mark.parametrize("first", range(0, 300, 100))
def test_random_networks_cost_in_pytorch_what_they_cost_here(first: int) -> None:
    for seed in range(first, first + 100):
        network = random_network(seed)
        try:
            source = pytorch_text(network)
        except LayerError:  # more dims than PyTorch has layers for
            continue
        check(network, source)


@pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")
@pytest.mark.parametrize("first", range(0, 100, 50))
def test_every_layer_that_none_follows_is_returned(first: int) -> None:
    for seed in range(first, first + 50):
        network = random_network(seed)
        try:
            _, made = module_of(pytorch_text(network))
        except LayerError:
            continue
        followed = {source for layer in network.layers for source in layer.inputs}
        last = len(network.layers) - 1
        ends = [
            cost.out
            for at, cost in enumerate(evaluate(network).layers)
            if at == last or (at not in followed and cost.kind not in ("parameter", "constant"))
        ]
        with torch.no_grad():
            assert network.input is not None
            outs = made().eval()(torch.zeros(2, *network.input))
        outs = outs if isinstance(outs, tuple) else (outs,)
        assert [tuple(out.shape) for out in outs] == [(2, *shape) for shape in ends], seed


def check(network: Network, source: str) -> None:
    assert network.input is not None
    _, made = module_of(source)
    assert counted(made(), network.input) == said(evaluate(network)), source


@pytest.mark.parametrize(
    ("kind", "shape", "fields"),
    [
        ("global-avg-pool", (4,), {}),
        ("pad", (4,), {"padding": 1}),
        ("pad", (4,), {"channels": [1, 2]}),
        ("pad", (4, 5, 5), {"channels": [0, 4], "padding": [[0, 1], [2, 3]]}),
        ("shuffle", (6,), {"groups": 3}),
        ("layer-norm", (1,), {}),
        ("group-norm", (8,), {}),
        ("group-norm", (8, 1, 1), {"affine": False}),
        ("instance-norm", (4, 1, 1), {"affine": True}),
        ("last-norm", (3, 3), {"dims": 2}),
        ("last-norm", (4, 4, 4), {"dims": 3, "sort": "rms"}),
        ("prelu", (6,), {}),
        ("prelu", (6, 5), {"weights_per": "layer"}),
        ("prelu", (6, 5, 4), {"weights_per": "element"}),
        ("prelu", (6, 5, 4), {"weights_per": "element", "weights": "fixed"}),
        ("prelu", (6, 5, 4), {"weights": "fixed"}),
        ("standard", (6, 5, 4), {"m": 4, "k": 3, "act": "prelu"}),
        ("depthwise-separable", (6, 5), {"m": 4, "k": 3, "act": "prelu", "weights_per": "layer"}),
        ("lstm", (8, 20), {"m": 6, "layers": 2, "bidirectional": True, "bias": True}),
        ("lstm", (8, 5, 4, 20), {"m": 6, "projection": 2, "weights": "fixed"}),
        ("lstm", (8,), {"m": 6}),
        ("gru", (8, 1), {"m": 6, "bias": True}),
        ("gru", (8,), {"m": 6, "bidirectional": True}),
        ("rnn", (8, 5, 20), {"m": 6, "nonlinearity": "relu"}),
        ("rnn", (8,), {"m": 6, "nonlinearity": "relu", "bias": True}),
        ("max-pool", (2, 3), {"k": 3, "padding": 2, "ceil": True}),
        ("avg-pool", (2, 7, 6), {"k": 2, "padding": ((0, 1), (1, 0)), "stride": 3, "ceil": True}),
        ("avg-pool", (2, 2, 6, 4), {"k": (3, 1, 3), "stride": 1, "padding": "same"}),
    ],
)
def test_what_pytorch_takes_in_another_form(
    kind: str, shape: tuple[int, ...], fields: dict[str, object]
) -> None:
    builder = Builder("net", shape)
    builder.add(kind, fields)

    check(builder.network(), pytorch_text(builder.network()))


def test_a_module_that_two_layers_share() -> None:
    builder = Builder("net", (4, 9, 9))
    for kind, stride in (("standard", 1), ("depthwise-separable", 2)):
        for weights in ("own", "shared"):
            fields = {"m": 4, "k": 3, "padding": 1, "bias": True, "act": "relu", "stride": stride}
            builder.add(kind, fields | {"weights": weights})
    source = pytorch_text(builder.network())

    assert "fixed" not in source
    check(builder.network(), source)
