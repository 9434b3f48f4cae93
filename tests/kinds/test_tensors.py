"""Layers on tensors of any dims, as fields make them."""

from __future__ import annotations

from typing import Any

import pytest

from convcost.cost import LayerCost, evaluate
from convcost.errors import LayerError
from convcost.network import INPUT, Builder
from convcost.ops.base import Shape


def layer(kind: str, arriving: Shape, inputs: int = 1, **fields: Any) -> LayerCost:
    builder = Builder("one layer", arriving)
    builder.add(kind, fields, inputs=(INPUT,) * inputs)
    return evaluate(builder.network()).layers[0]


def test_attention_is_two_matrix_products() -> None:
    made = layer("attention", (12, 197, 64), inputs=3)
    assert made.out == (12, 197, 64)
    assert made.macs == 2 * 12 * 197 * 197 * 64
    assert made.params == 0


def test_a_matrix_product() -> None:
    assert layer("matmul", (12, 64, 64), inputs=2).macs == 12 * 64**3
    made = layer("matmul", (12, 197, 64), inputs=2, transpose=True)
    assert (made.out, made.macs) == ((12, 197, 197), 12 * 197 * 64 * 197)


def test_a_projection_works_at_every_position() -> None:
    made = layer("projection", (197, 768), m=3072, bias=True)
    assert made.out == (197, 3072)
    assert made.params == 768 * 3072 + 3072
    assert made.macs == 197 * 768 * 3072


def test_a_norm_over_the_last_dims() -> None:
    assert layer("last-norm", (49, 96)).params == 192
    assert layer("last-norm", (4, 7, 8), dims=2, bias=False).params == 56


@pytest.mark.parametrize(
    ("fields", "out"),
    [
        ({"channels": [2, 1]}, (7, 5, 5)),
        ({"channels": [0, 4], "padding": 1}, (8, 7, 7)),
        ({"padding": [[0, 1], [2, 2]]}, (4, 6, 9)),
    ],
)
def test_zeros_around_positions_and_channels(fields: dict[str, Any], out: Shape) -> None:
    made = layer("pad", (4, 5, 5), **fields)
    assert (made.out, made.params, made.macs) == (out, 0, 0)


@pytest.mark.parametrize(("kind", "params"), [("parameter", 768), ("constant", 0)])
def test_tensors_of_their_own(kind: str, params: int) -> None:
    made = layer(kind, (3, 224, 224), shape="1x768")
    assert (made.out, made.params) == ((1, 768), params)


@pytest.mark.parametrize(
    ("kind", "inputs", "fields", "message"),
    [
        ("matmul", 1, {}, "matmul takes two inputs, not 1"),
        ("attention", 2, {}, "attention takes three inputs, q, k and v, not 2"),
        ("pad", 1, {"padding": "same"}, "pad needs numbers"),
        ("pad", 1, {}, "pad needs padding or channels"),
        ("pad", 1, {"channels": [4]}, "channels has 1 number, not two"),
        ("pad", 1, {"channels": [-1, 4]}, "channels must be at least 0, not -1"),
    ],
)
def test_layers_that_cannot_be(
    kind: str, inputs: int, fields: dict[str, Any], message: str
) -> None:
    with pytest.raises(LayerError) as caught:
        layer(kind, (4, 5, 5), inputs, **fields)
    assert caught.value.problems[0].message == message
