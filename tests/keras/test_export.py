"""Keras code of networks, built: it has what convcost says."""

from __future__ import annotations

import json
from math import prod
from typing import Any

import pytest

from convcost.cost import evaluate
from convcost.emit.keras import keras_text
from convcost.errors import ConvcostError, LayerError
from convcost.network import Builder, Network
from convcost.sources import load
from convcost.sources.imports.keras.model import import_config
from convcost.sources.zoo import shipped

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def built(network: Network) -> Any:
    """The model that the generated code makes."""
    space: dict[str, Any] = {}
    source = keras_text(network)
    exec(compile(source, "<generated>", "exec", dont_inherit=True), space)  # noqa: S102 - ours
    name = source.rpartition("\ndef ")[2].partition("(")[0]
    return space[name]()


def check(network: Network) -> Any:
    """The model, whose trained parameters, output and multiply-adds are those of the network."""
    model, report = built(network), evaluate(network)
    assert sum(prod(each.shape) for each in model.trainable_weights) == report.params
    channels, *sizes = report.layers[-1].out
    shape = tuple(model.outputs[0].shape[1:])
    assert shape in ((*sizes, channels), report.layers[-1].out)
    made = import_config(json.loads(model.to_json()), "again")
    if not made.unknown:
        assert evaluate(made.network).macs == report.macs
    return model


@pytest.mark.parametrize("name", shipped())
def test_networks_that_ship(name: str) -> None:
    check(load(name))


LAYERS: list[tuple[str, tuple[int, ...], dict[str, Any]]] = [
    ("standard", (6, 13, 11), {"m": 8, "k": 3, "stride": 2}),
    ("standard", (6, 13, 11), {"m": 8, "k": 3, "stride": 2, "padding": "same-tf"}),
    ("standard", (6, 13, 11), {"m": 8, "k": 4, "padding": ((0, 2), (1, 3))}),
    ("standard", (6, 13), {"m": 8, "k": 3, "dilation": 2, "bias": True, "act": "hard-swish"}),
    ("standard", (6, 5, 6, 7), {"m": 8, "k": 3, "groups": 2}),
    ("depthwise", (6, 13, 11), {"m": 12, "k": 3, "norm": "batch", "act": "prelu"}),
    ("depthwise", (6, 5, 6, 7), {"k": 3}),
    ("transposed", (6, 13, 11), {"m": 8, "k": 4, "stride": 2}),
    ("transposed", (6, 13, 11), {"m": 8, "k": 3, "stride": 2, "padding": 1}),
    ("transposed", (6, 13, 11), {"m": 8, "k": 2, "stride": 3, "padding": "valid"}),
    ("transposed", (6, 13), {"m": 8, "k": 3, "stride": 2, "groups": 2, "bias": True}),
    ("channel-wise", (8, 5, 5), {"m": 8, "dc": 4, "bias": True}),
    ("linear", (6, 4, 4), {"m": 5, "bias": True}),
    ("projection", (9, 8), {"m": 5}),
    ("lstm", (8, 9), {"m": 5, "bias": True}),
    ("lstm", (8, 9), {"m": 5, "bias": True, "biases": 1, "layers": 2, "bidirectional": True}),
    ("gru", (8, 9), {"m": 5, "bias": True}),
    ("gru", (8, 9), {"m": 5, "bias": True, "biases": 1}),
    ("rnn", (8, 9), {"m": 5, "bias": True, "nonlinearity": "relu"}),
    ("lstm", (8,), {"m": 5}),
    ("batch-norm", (6, 5, 5), {"affine": False}),
    ("layer-norm", (6, 5, 5), {}),
    ("instance-norm", (6, 5, 5), {"affine": True}),
    ("last-norm", (9, 8), {"dims": 2}),
    ("last-norm", (9, 8), {"sort": "rms"}),
    ("prelu", (6, 5, 5), {"weights_per": "layer"}),
    ("prelu", (6, 5, 5), {"weights_per": "element"}),
    ("max-pool", (6, 13, 11), {"k": 3, "stride": 2, "padding": 1, "ceil": True}),
    ("avg-pool", (6, 13, 11), {"k": 2}),
    ("adaptive-avg-pool", (6, 13, 11), {"out": 3}),
    ("global-max-pool", (6, 13), {}),
    ("upsample", (6, 5, 5), {"scale": 2, "mode": "bilinear"}),
    ("resize", (6, 5, 5), {"out": 7}),
    ("crop", (6, 5, 5), {"out": 3}),
    ("pad", (6, 5, 5), {"padding": 1, "channels": (1, 2)}),
    ("slice", (6, 5, 5), {"stop": 4, "axis": 1}),
    ("slice", (6, 5, 5), {"start": 2, "stop": 6, "step": 2}),
    ("shuffle", (6, 5, 5), {"groups": 3}),
    ("reduce", (6, 5, 5), {"dims": (0, 2), "keep": True}),
    ("reduce", (6,), {"dims": (0,)}),
    ("broadcast", (6, 1), {"shape": (2, 6, 5)}),
    ("permute", (6, 5, 4), {"order": (2, 0, 1)}),
    ("parameter", (6, 5), {"shape": (3, 4)}),
    ("gather", (6, 5), {"op": "roll", "shape": (3, 4)}),
    ("softmax", (6, 5), {}),
]


@pytest.mark.parametrize(("kind", "shape", "fields"), LAYERS)
def test_layers(kind: str, shape: tuple[int, ...], fields: dict[str, Any]) -> None:
    builder = Builder("one layer", shape)
    builder.add(kind, fields)
    check(builder.network())


def test_weights_that_are_shared_are_one_layers() -> None:
    builder = Builder("shared", (6, 5, 5))
    builder.add("standard", {"m": 6, "k": 3})
    builder.add("standard", {"m": 6, "k": 3, "weights": "shared"})
    builder.add("standard", {"m": 6, "k": 1, "weights": "fixed"})
    model = check(builder.network())
    assert model.count_params() == 6 * 6 * 9 + 36


def test_what_keras_has_nothing_for() -> None:
    for kind, shape, fields in (
        ("lstm", (8, 9), {"m": 5, "projection": 2}),
        ("lstm", (8, 3, 9), {"m": 5}),
        ("standard", (3, 4, 4, 4, 4), {"m": 3, "k": 1}),
        ("resize", (3, 4), {"out": 7}),
    ):
        builder = Builder("one layer", shape)
        builder.add(kind, fields)
        with pytest.raises(LayerError, match="Keras "):
            keras_text(builder.network())
    with pytest.raises(ConvcostError, match="a list of unrelated layers is no model"):
        keras_text(Network("list", None, ()))
