"""Recurrent layers: shapes, weights and work, worked by hand."""

from __future__ import annotations

from typing import Any

import pytest

from convcost.errors import LayerError
from convcost.ops.base import Shape
from convcost.ops.recurrent import Recurrent


@pytest.mark.parametrize(
    ("op", "shape", "out"),
    [
        (Recurrent("lstm", 8, 6), (8, 20), (6, 20)),
        (Recurrent("gru", 8, 6, bidirectional=True), (8, 20), (12, 20)),
        (Recurrent("lstm", 8, 6, 2, True, projection=3), (8, 20), (6, 20)),
        (Recurrent("rnn", 8, 6), (8, 5, 20), (6, 5, 20)),
        (Recurrent("rnn", 8, 6, alone=True), (8,), (6,)),
    ],
)
def test_output_shapes(op: Recurrent, shape: Shape, out: Shape) -> None:
    assert op.out(shape) == out


@pytest.mark.parametrize(
    ("op", "params"),
    [
        (Recurrent("lstm", 8, 6), "4·m·n + 4·m·m = 4 × 6 × 8 + 4 × 6 × 6"),
        (Recurrent("gru", 8, 6), "3·m·n + 3·m·m = 3 × 6 × 8 + 3 × 6 × 6"),
        (
            Recurrent("rnn", 8, 6, bias=True),
            "m·n + m·m + 2·m = 6 × 8 + 6 × 6 + 2 × 6",
        ),
        (
            Recurrent("lstm", 8, 6, bias=True, biases=1),
            "4·m·n + 4·m·m + 4·m = 4 × 6 × 8 + 4 × 6 × 6 + 4 × 6",
        ),
        (
            Recurrent("lstm", 8, 6, projection=3),
            "4·m·n + 4·m·p + p·m = 4 × 6 × 8 + 4 × 6 × 3 + 3 × 6",
        ),
        (
            Recurrent("gru", 8, 6, 3, True, bias=True),
            (
                "2·3·m·n + 2·3·m·m + (layers - 1)·2·3·m·2·m + (layers - 1)·2·3·m·m + "
                "layers·2·2·3·m = 2 × 3 × 6 × 8 + 2 × 3 × 6 × 6 + 2 × 2 × 3 × 6 × 2 × 6 + "
                "2 × 2 × 3 × 6 × 6 + 3 × 2 × 2 × 3 × 6"
            ),
        ),
        (Recurrent("lstm", 8, 6, learned=False), "0 = 0"),
    ],
)
def test_weights(op: Recurrent, params: str) -> None:
    assert str(op.params()) == params


def test_work_is_the_weights_at_every_step() -> None:
    op = Recurrent("lstm", 64, 64, bias=True)
    assert str(op.macs((64, 100))) == (
        "4·m·n·steps + 4·m·m·steps = 4 × 64 × 64 × 100 + 4 × 64 × 64 × 100"
    )
    assert int(op.macs((64, 100))) == 3_276_800
    assert int(op.macs((64, 7, 100))) == 7 * 3_276_800
    assert int(Recurrent("lstm", 64, 64, alone=True).macs((64,))) == 32_768


def test_what_is_no_product_of_weights_is_other_work() -> None:
    op = Recurrent("lstm", 8, 6, 2, bias=True)
    found = {name: int(count) for name, count in op.other((8, 10)).items()}
    state = 2 * 6 * 10
    assert found == {
        "sigmoid": 3 * state,
        "tanh": 2 * state,
        "multiply": 3 * state,
        "add": state,
        "gate sum": 4 * state,
        "bias": 2 * 4 * state,
    }
    assert {*Recurrent("rnn", 8, 6, nonlinearity="relu").other((8, 10))} == {"relu", "gate sum"}


@pytest.mark.parametrize(
    ("options", "shape", "message"),
    [
        ({}, (7, 20), "lstm takes 8 channels, and 7x20 arrived"),
        ({"projection": 6}, (8, 20), "projection 6 must be below m = 6"),
        ({"biases": 3}, (8, 20), "biases must be 1 or 2, not 3"),
        ({"layers": 0}, (8, 20), "layers must be at least 1, not 0"),
        ({"sort": "gru", "projection": 3}, (8, 20), "a gru has no projection, only an lstm"),
        ({"alone": True}, (8, 20), "a cell takes a flat vector, and a recurrent layer its steps"),
        ({}, (8,), "a cell takes a flat vector, and a recurrent layer its steps"),
    ],
)
def test_what_cannot_be(options: dict[str, Any], shape: Shape, message: str) -> None:
    with pytest.raises(LayerError) as caught:
        Recurrent("lstm", 8, 6).changed(**options).out(shape)
    assert caught.value.problems[0].message == message
