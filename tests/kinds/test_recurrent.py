"""Recurrent layers, as fields make them."""

from __future__ import annotations

from typing import Any

import pytest

from convcost.cost import LayerCost, evaluate
from convcost.errors import LayerError
from convcost.network import Builder
from convcost.ops.base import Shape
from convcost.sources.spec.reading import parse_spec


def layer(kind: str, shape: Shape, **fields: Any) -> LayerCost:
    builder = Builder("one layer", shape)
    builder.add(kind, fields)
    return evaluate(builder.network()).layers[0]


def test_an_lstm_of_the_literature() -> None:
    """4·((n + 1)·m + m²), with one bias a gate; PyTorch and ONNX have two."""
    assert layer("lstm", (28, 28), m=128, bias=True, biases=1).params == 4 * (29 * 128 + 128**2)
    made = layer("lstm", (28, 28), m=128, bias=True)
    assert made.out == (128, 28)
    assert made.params == 4 * ((28 + 1) * 128 + 128**2) + 4 * 128
    assert made.macs == 28 * 4 * (28 * 128 + 128**2)
    assert made.activations == 0


def test_a_stack_is_its_layers_one_behind_the_other() -> None:
    stack = layer("gru", (10, 7), m=6, layers=3, bidirectional=True, bias=True)
    builder = Builder("three", (10, 7))
    for _ in range(3):
        builder.add("gru", {"m": 6, "bidirectional": True, "bias": True})
    report = evaluate(builder.network())

    assert (stack.params, stack.macs) == (report.params, report.macs)
    assert stack.out == report.layers[-1].out == (12, 7)


def test_a_cell_is_one_step() -> None:
    for kind in ("lstm", "gru", "rnn"):
        cell, ten = layer(kind, (16,), m=5), layer(kind, (16, 10), m=5)
        assert cell.out == (5,)
        assert (cell.params, 10 * cell.macs) == (ten.params, ten.macs)


def test_weights_that_are_shared_or_unclear() -> None:
    own = layer("rnn", (4, 9), m=3)
    assert layer("rnn", (4, 9), m=3, weights="shared").params == 0
    assert layer("rnn", (4, 9), m=3, weights="shared").macs == own.macs
    assert layer("rnn", (4, 9), m=3, weights="unclear").status["params"].state == "about"


def test_layers_is_a_field_where_a_layer_has_it() -> None:
    spec = parse_spec("input: 8x5\nlayers: [{kind: lstm, m: 4, layers: 2}]\n")
    assert evaluate(spec.network).params == 4 * 4 * (8 + 4) + 4 * 4 * (4 + 4)


def test_only_an_lstm_has_projections() -> None:
    with pytest.raises(LayerError, match="gru takes no projection"):
        layer("gru", (8, 5), m=4, projection=2)
