"""Ops on tensors of any dims: shapes worked by hand, weights, and what they refuse."""

from __future__ import annotations

from typing import Any

import pytest

from convcost.errors import LayerError
from convcost.ops.base import Op, Shape
from convcost.ops.pooling import Resize
from convcost.ops.tensors import (
    Broadcast,
    Elementwise,
    Gather,
    LastNorm,
    Permute,
    Reduce,
    Tensor,
    Transpose,
    Unknown,
    ZeroPad,
)


@pytest.mark.parametrize(
    ("op", "shapes", "out"),
    [
        (Permute((1, 2, 0)), [(96, 56, 57)], (56, 57, 96)),
        (Transpose(), [(12, 197, 64)], (12, 64, 197)),
        (Broadcast((8, 5, 5)), [(8, 1, 1)], (8, 5, 5)),
        (Broadcast((2, 8)), [(8,)], (2, 8)),
        (Gather("roll", (56, 56, 96)), [(56, 56, 96)], (56, 56, 96)),
        (Unknown("fft", (8, 3)), [(8, 5), (1,)], (8, 3)),
        (Elementwise("minus"), [(8, 5), (8, 5)], (8, 5)),
        (Tensor((1, 768), learned=True), [(3, 224, 224)], (1, 768)),
        (LastNorm("layer", (96,)), [(56, 56, 96)], (56, 56, 96)),
        (ZeroPad(((0, 1), (2, 3))), [(8, 5, 5)], (8, 6, 10)),
        (ZeroPad(((-1, 0),)), [(8, 5)], (8, 4)),
        (ZeroPad(((0, 0),), (4, 2)), [(8, 5)], (14, 5)),
        (Resize((7, 9)), [(8, 5, 5)], (8, 7, 9)),
        (Reduce("mean", (1, 2)), [(8, 5, 5)], (8,)),
        (Reduce("mean", (1, 2), keep=True), [(8, 5, 5)], (8, 1, 1)),
        (Reduce("max", (0,)), [(8,)], (1,)),
    ],
)
def test_output_shapes(op: Op, shapes: list[Shape], out: Shape) -> None:
    assert op.out(*shapes) == out


@pytest.mark.parametrize(
    ("op", "params"),
    [
        (Tensor((197, 768), learned=True), "d1·d2 = 197 × 768"),
        (Tensor((197, 768), learned=False), "0 = 0"),
        (LastNorm("layer", (96,)), "2·C = 2 × 96"),
        (LastNorm("rms", (96,), bias=False), "1·C = 1 × 96"),
        (LastNorm("layer", (96,), weight=False, bias=False), "0 = 0"),
        (LastNorm("layer", (96, 7, 7)), "2·C·H·W = 2 × 96 × 7 × 7"),
    ],
)
def test_weights(op: Op, params: str) -> None:
    assert str(op.params()) == params


@pytest.mark.parametrize(
    ("op", "shape", "work"),
    [
        (Unknown("fft", (8, 3)), (8, 5), {"unknown fft": 24}),
        (Elementwise("minus"), (8, 5), {"minus": 40}),
        (LastNorm("rms", (5,)), (8, 5), {"rms-norm": 40}),
        (Resize((7, 9), "bilinear"), (8, 5, 5), {"resize bilinear": 504}),
        (Reduce("mean", (1,)), (8, 5), {"reduce mean": 40}),
        (Permute((1, 0)), (8, 5), {}),
    ],
)
def test_work_is_noted_by_its_class(op: Op, shape: Shape, work: dict[str, int]) -> None:
    assert {name: int(count) for name, count in op.other(shape).items()} == work
    assert int(op.macs(shape)) == 0


@pytest.mark.parametrize(
    ("stated", "macs", "activations", "is_open"),
    [
        ({}, "0 = 0", 0, {"params", "macs", "activations"}),
        ({"counted": True}, "0 = 0", 0, {"macs", "activations"}),
        ({"stated_macs": 1200}, "mlp = 1200", 0, {"params", "activations"}),
        ({"counted": True, "stated_macs": 0}, "0 = 0", 0, set()),
        ({"counted": True, "stated_macs": 7, "stated_activations": 5}, "mlp = 7", 5, set()),
    ],
)
def test_what_is_stated_of_an_unknown_operation_is_no_longer_open(
    stated: dict[str, Any], macs: str, activations: int, is_open: set[str]
) -> None:
    op = Unknown("mlp", (8, 3), **stated)
    assert (str(op.macs((8, 5))), op.activations((8, 3))) == (macs, activations)
    assert op.status().keys() == is_open
    assert op.is_open == bool(is_open & {"params", "macs"})


@pytest.mark.parametrize(
    ("op", "shapes", "message"),
    [
        (Permute((0, 0)), [(8, 5)], "order 0, 0 does not name each dim of 8x5 once"),
        (Permute((1, 0)), [(8, 5, 5)], "order 1, 0 does not name each dim of 8x5x5 once"),
        (Transpose(), [(8,)], "8 has no two dims to exchange"),
        (Broadcast((8, 5)), [(4, 5)], "4x5 cannot be spread to 8x5"),
        (Broadcast((5,)), [(8, 5)], "8x5 cannot be spread to 5"),
        (Elementwise("minus"), [(8,), (5,)], "minus needs equal shapes, and 8 and 5 arrived"),
        (LastNorm("layer", (96,)), [(96, 7)], "norm takes 96 last, and 96x7 arrived"),
        (ZeroPad(((1, 1),)), [(8, 5, 5)], "a 1-D padding needs 1 spatial dims, and 8x5x5 arrived"),
        (Resize((7,)), [(8, 5, 5)], "a 1-D resizing needs 1 spatial dims, and 8x5x5 arrived"),
        (Reduce("mean", (0, 3)), [(8, 5, 5)], "8x5x5 has no dim 3, counted from 0"),
    ],
)
def test_shapes_that_do_not_fit(op: Op, shapes: list[Shape], message: str) -> None:
    with pytest.raises(LayerError) as caught:
        op.out(*shapes)
    assert caught.value.problems[0].message == message


def test_a_resize_needs_a_size() -> None:
    with pytest.raises(LayerError, match="size must be at least 1, not 0"):
        Resize((0,))
