"""Convolutions of which another layer makes a part."""

from __future__ import annotations

from typing import Any

import pytest

from convcost.conventions import apply, find
from convcost.cost import LayerCost, evaluate
from convcost.errors import LayerError
from convcost.network import INPUT, Builder
from convcost.ops.base import Shape
from convcost.sources.spec.reading import parse_spec

EXPERTS = """
name: experts
input: 16x14x14
layers:
  - {name: image, kind: identity}
  - {name: kernel, kind: linear, m: 4608}
  - {kind: dynamic, from: [image, kernel], m: 32, k: 3}
"""


def layer(kind: str, weights: Shape, **fields: Any) -> LayerCost:
    builder = Builder("one layer", (16, 14, 14))
    made = builder.add("constant", {"shape": weights}, inputs=(INPUT,))
    builder.add(kind, fields, inputs=(INPUT, made))
    return evaluate(builder.network()).layers[1]


@pytest.mark.parametrize("weights", [(32, 16, 3, 3), (4608,), (16, 288)])
def test_weights_arrive_in_any_shape(weights: Shape) -> None:
    made = layer("dynamic", weights, m=32, k=3)
    assert (made.out, made.params, made.macs) == ((32, 14, 14), 0, 4608 * 196)
    assert made.activations == 32 * 196


def test_in_groups_with_stride_and_transposed() -> None:
    made = layer("dynamic", (32, 4, 3, 3), m=32, k=3, groups=4, stride=2)
    assert (made.out, made.macs) == ((32, 7, 7), 32 * 4 * 9 * 49)
    made = layer("dynamic-transposed", (16, 8, 3, 3), m=8, k=3, stride=2)
    assert (made.out, made.macs) == ((8, 28, 28), 16 * 8 * 9 * 196)


def test_tools_count_them_as_what_they_are() -> None:
    builder = Builder("two layers", (16, 14, 14))
    made = builder.add("constant", {"shape": (16, 8, 3, 3)}, inputs=(INPUT,))
    builder.add("dynamic-transposed", {"m": 8, "k": 3, "stride": 2}, inputs=(INPUT, made))
    report = evaluate(builder.network())

    assert apply(report, find("torch")).macs == 16 * 8 * 9 * 196
    assert apply(report, find("thop")).macs == 16 * 8 * 9 * 28 * 28  # on the output's grid


def test_in_a_spec() -> None:
    report = evaluate(parse_spec(EXPERTS).network)
    assert (report.params, report.macs) == (3136 * 4608, 3136 * 4608 + 4608 * 196)


@pytest.mark.parametrize(
    ("kind", "weights", "message"),
    [
        ("dynamic", (32, 16, 3), "dynamic conv takes 4,608 weights second, and 32x16x3 arrived"),
        ("dynamic-transposed", (1,), "dynamic transposed conv takes 4,608 weights second"),
    ],
)
def test_other_weights_are_refused(kind: str, weights: Shape, message: str) -> None:
    with pytest.raises(LayerError, match=message):
        layer(kind, weights, m=32, k=3)


def test_one_input_is_not_enough() -> None:
    with pytest.raises(LayerError, match="takes an input and its weights, not 1"):
        Builder("one layer", (16, 14, 14)).add("dynamic", {"m": 32, "k": 3}, inputs=(INPUT,))


def deformed(*moved: Shape, **fields: Any) -> LayerCost:
    builder = Builder("one layer", (8, 14, 14))
    made = [builder.add("constant", {"shape": shape}, inputs=(INPUT,)) for shape in moved]
    builder.add("deform", {"m": 12, "k": 3, **fields}, inputs=(INPUT, *made))
    return evaluate(builder.network()).layers[-1]


def test_offsets_arrive_and_masks_may() -> None:
    made = deformed((18, 14, 14))
    assert (made.out, made.params, made.macs) == ((12, 14, 14), 12 * 72, 12 * 72 * 196)
    assert int(made.work["deformable sampling"]) == 8 * 9 * 196
    assert deformed((36, 7, 7), (18, 7, 7), stride=2, offset_groups=2).macs == 12 * 72 * 49


@pytest.mark.parametrize(
    ("moved", "fields", "message"),
    [
        ([(9, 14, 14)], {}, "is moved by 18x14x14, and 9x14x14 arrived"),
        ([(18, 14, 14)], {"stride": 2}, "is moved by 18x7x7, and 18x14x14 arrived"),
        ([(18, 14, 14), (18, 14, 14)], {}, "is moved by 9x14x14, and 18x14x14 arrived"),
        ([(54, 14, 14)], {"offset_groups": 3}, "3 offset groups do not divide 8 input channels"),
        ([], {}, "takes an input, offsets and maybe masks, not 1"),
    ],
)
def test_other_offsets_are_refused(
    moved: list[Shape], fields: dict[str, Any], message: str
) -> None:
    with pytest.raises(LayerError, match=message):
        deformed(*moved, **fields)


def test_offsets_of_its_own_have_a_number_a_dim_for_each_tap() -> None:
    for shape, k in (((8, 20), 3), ((8, 14, 14), 9), ((4, 5, 5, 5), 27)):
        builder = Builder("one layer", shape)
        builder.add("deformable", {"m": 12, "k": 3, "modulated": True})
        dims, n = len(shape) - 1, shape[0]
        params = n * 12 * k + n * k * (dims + 1) * k
        assert evaluate(builder.network()).params == params
