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
from convcost.sources.spec.reading import parse_spec
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
        ("lstm", (8, 20), {"m": 6, "layers": 2, "bias": True, "biases": 1}),
        ("rnn", (8,), {"m": 6, "bias": True, "biases": 1}),
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


CONV = "kind: standard, m: 4, k: 3, bias: true"
SHARING = {
    "in branches": f"""
        - concat:
            a: [{{{CONV}}}, {{kind: relu}}]
            b: [{{kind: max-pool, k: 1}}, {{{CONV}, weights: shared}}]
    """,
    "with norms of their own": f"""
        - {{{CONV}, norm: batch, act: relu}}
        - {{{CONV}, norm: batch, act: relu, weights: shared}}
    """,
    "behind another activation": f"""
        - {{{CONV}, act: relu}}
        - {{{CONV}, act: gelu, weights: shared}}
        - {{{CONV}, weights: shared}}
    """,
    "two stages": """
        - {kind: depthwise-separable, m: 4, k: 3, norm: batch}
        - {kind: depthwise-separable, m: 4, k: 3, norm: batch, weights: shared}
    """,
    "in a residual": f"""
        - residual: [{{{CONV}}}, {{residual: [{{{CONV}, weights: shared}}]}}]
          act: relu
    """,
    "a head for two": f"""
        - {{name: a, {CONV}}}
        - {{name: b, {CONV}, from: a}}
        - {{name: c, {CONV}, from: input, weights: shared}}
        - {{name: d, {CONV}, from: c, weights: shared}}
        - {{kind: add, from: [b, d]}}
    """,
}


@pytest.mark.parametrize("name", SHARING)
def test_shared_weights_are_one_module(name: str) -> None:
    network = parse_spec(f"input: 4x8x8\nlayers:\n{SHARING[name]}").network
    source = pytorch_text(network)
    assert "fixed" not in source
    check(network, source)


def test_each_of_several_equal_layers_has_its_turn() -> None:
    source = pytorch_text(parse_spec(f"input: 4x8x8\nlayers:{SHARING['a head for two']}").network)
    assert [source.count(f"self.{name}(") for name in "abcd"] == [2, 2, 0, 0]


def test_several_ends_are_all_returned() -> None:
    network = parse_spec("""
        input: 3x8x8
        layers:
          - {name: stem, kind: standard, m: 8, k: 3}
          - {name: box, kind: pointwise, m: 4}
          - {name: score, kind: linear, m: 2, from: stem}
    """).network
    source = pytorch_text(network)
    check(network, source)
    with torch.no_grad():
        outs = module_of(source)[1]().eval()(torch.zeros(2, 3, 8, 8))
    assert [tuple(out.shape) for out in outs] == [(2, 4, 8, 8), (2, 2)]
