"""Layers as `compare` asks about them."""

from __future__ import annotations

from typing import Any

import pytest

from convcost.comparison import compare
from convcost.cost import LayerCost, evaluate
from convcost.network import Builder
from convcost.views.report.whatif import MOST, WhatIf, question_of


def layer_of(kind: str, **fields: Any) -> LayerCost:
    builder = Builder("net", (8, 9, 9))
    builder.add(kind, fields)
    return evaluate(builder.network()).layers[0]


@pytest.mark.parametrize(
    "fields",
    [
        {"m": 16, "k": 3},
        {"m": 16, "k": 3, "stride": 2, "bias": True},
        {"m": 16, "k": 5, "padding": "valid"},
        {"m": 16, "k": 3, "padding": 3},
        {"m": 16, "k": 3, "padding": "same-tf", "stride": 2},
        {"m": 16, "k": [1, 3], "padding": [1, 0]},
        {"m": 16, "k": 3, "dilation": 2},
    ],
)
def test_a_convolution_asks_for_itself(fields: dict[str, Any]) -> None:
    layer = layer_of("standard", **fields)
    question = question_of(layer)
    assert question
    standard = compare(**question._asdict()).rows[0]
    assert (standard.params, standard.macs, standard.out) == (layer.params, layer.macs, layer.out)


def test_groups_stay() -> None:
    question = question_of(layer_of("group", m=16, k=3, groups=4))
    assert question
    assert question.groups == 4


@pytest.mark.parametrize("kind", ["depthwise-separable", "spatial-separable", "bottleneck"])
def test_a_layer_of_several_ops_asks_for_the_whole(kind: str) -> None:
    question = question_of(layer_of(kind, m=16, k=3, stride=2))
    assert question
    assert question[:6] == (8, 16, 3, (9, 9), None, 2)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("linear", {"m": 4}),
        ("relu", {}),
        ("transposed", {"m": 4, "k": 2, "stride": 2}),
        ("standard", {"m": 4, "k": 3, "padding": [[1, 0], [1, 0]]}),
    ],
)
def test_other_layers_ask_for_nothing(kind: str, fields: dict[str, Any]) -> None:
    assert question_of(layer_of(kind, **fields)) is None


def test_the_costliest_are_compared_and_others_name_the_command() -> None:
    builder = Builder("net", (8, 4, 4))
    for m in range(1, MOST + 3):
        builder.add("pointwise", {"m": m})
    report = evaluate(builder.network())
    found = WhatIf(report)
    told = ["".join(found.told(layer)) for layer in report.layers]
    assert sum("The kinds side by side" in each for each in told) == MOST
    assert all("convcost compare --in" in each for each in told)
