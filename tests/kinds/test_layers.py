"""Everything that is not a convolution, as fields make it."""

from __future__ import annotations

from typing import Any

import pytest

from convcost.cost import LayerCost, evaluate
from convcost.errors import LayerError
from convcost.kinds import REGISTRY
from convcost.kinds.fields import ACTIVATIONS, NORMS
from convcost.network import Builder
from convcost.ops.base import Shape
from convcost.sources.spec.reading import parse_spec


def layer(kind: str, shape: Shape, **fields: Any) -> LayerCost:
    builder = Builder("one layer", shape)
    builder.add(kind, fields)
    return evaluate(builder.network()).layers[0]


@pytest.mark.parametrize(
    ("kind", "shape", "fields", "out"),
    [
        ("linear", (512,), {"m": 10}, (10,)),
        ("linear", (256, 6, 6), {"m": 10}, (10,)),
        ("flatten", (256, 6, 6), {}, (9216,)),
        ("dropout", (512,), {}, (512,)),
        ("identity", (8, 5, 5), {}, (8, 5, 5)),
        ("shuffle", (8, 5, 5), {"groups": 2}, (8, 5, 5)),
        ("slice", (8, 5, 5), {"stop": 3}, (3, 5, 5)),
        ("slice", (8, 5, 5), {"start": 3, "stop": 8}, (5, 5, 5)),
        ("crop", (512, 64, 64), {"out": 56}, (512, 56, 56)),
        ("upsample", (8, 5, 5), {"scale": 2, "mode": "bilinear"}, (8, 10, 10)),
        ("max-pool", (8, 6, 6), {"k": 2}, (8, 3, 3)),
        ("max-pool", (8, 5, 5), {"k": 2}, (8, 2, 2)),
        ("max-pool", (8, 5, 5), {"k": 2, "ceil": True}, (8, 3, 3)),
        ("avg-pool", (8, 112, 112), {"k": 3, "stride": 2, "padding": 1}, (8, 56, 56)),
        ("avg-pool", (8, 5, 5), {"k": 3, "stride": 2, "padding": "same-tf"}, (8, 3, 3)),
        ("max-pool", (8, 9), {"k": 3, "stride": 1, "padding": "same"}, (8, 9)),
        ("global-avg-pool", (8, 7, 7), {}, (8, 1, 1)),
        ("global-max-pool", (8, 7, 7, 7), {}, (8, 1, 1, 1)),
        ("global-avg-pool", (8,), {}, (8,)),
        ("adaptive-avg-pool", (256, 13, 13), {"out": (6, 6)}, (256, 6, 6)),
        ("adaptive-max-pool", (256, 13, 13), {"out": "6x7"}, (256, 6, 7)),
        ("batch-norm", (8, 7, 7), {}, (8, 7, 7)),
        ("relu", (8, 7, 7), {}, (8, 7, 7)),
    ],
)
def test_output_shapes(kind: str, shape: Shape, fields: dict[str, Any], out: Shape) -> None:
    assert layer(kind, shape, **fields).out == out


def test_a_linear_layer_flattens_what_has_spatial_dims() -> None:
    classifier = layer("linear", (256, 6, 6), m=4096, bias=True)
    assert classifier.params == 9216 * 4096 + 4096
    assert classifier.macs == 9216 * 4096
    assert classifier.activations == 4096
    assert str(classifier.explained_macs) == "m·n = 4096 × 9216"


@pytest.mark.parametrize("sort", NORMS)
def test_norms_as_layers_of_their_own(sort: str) -> None:
    norm = layer(f"{sort}-norm", (64, 7, 7))
    assert norm.params == (0 if sort == "instance" else 128)
    assert (norm.macs, norm.activations) == (0, 0)
    assert REGISTRY[f"{sort}-norm"].formula == ("" if sort == "instance" else "2·n")


@pytest.mark.parametrize("sort", ACTIVATIONS)
def test_activations_as_layers_of_their_own(sort: str) -> None:
    (stage,) = layer(sort, (64, 7, 7)).stages
    assert (int(stage.params), int(stage.macs)) == (64 if sort == "prelu" else 0, 0)
    assert int(stage.other[sort]) == 64 * 49


@pytest.mark.parametrize(
    ("weights_per", "params"),
    [("channel", "C = 64"), ("layer", "1 = 1"), ("element", "C·H·W = 64 × 7 × 5")],
)
def test_a_prelu_has_slopes(weights_per: str, params: str) -> None:
    made = layer("prelu", (64, 7, 5), weights_per=weights_per)
    assert str(made.explained_params) == params
    assert (made.out, made.macs, made.activations) == ((64, 7, 5), 0, 0)
    assert layer("prelu", (64, 7, 5), weights_per=weights_per, weights="shared").params == 0
    assert layer("prelu", (64, 7, 5), weights="unclear").status["params"].state == "about"


def test_fsrcnn_has_a_slope_for_each_channel() -> None:
    """FSRCNN(56, 12, 4), Dong et al. 2016: 12,464 weights without its slopes."""
    spec = """\
input: 1x100x100
defaults: {act: prelu}
layers:
  - {kind: standard, m: 56, k: 5}
  - {kind: standard, m: 12, k: 1}
  - repeat: 4
    layers: [{kind: standard, m: 12, k: 3}]
  - {kind: standard, m: 56, k: 1}
  - {kind: transposed, m: 1, k: 9, stride: 3, padding: 4, output_padding: 2, act: none}
"""
    params = evaluate(parse_spec(spec).network).params
    assert params == 12_464 + 56 + 12 + 4 * 12 + 56
    shared = spec.replace("act: prelu}", "act: prelu, weights_per: layer}")
    assert evaluate(parse_spec(shared).network).params == 12_464 + 7


def test_slopes_between_the_stages() -> None:
    made = layer("depthwise-separable", (8, 5, 5), m=4, k=3, act="prelu")
    assert made.params == 8 * 9 + 8 + 8 * 4 + 4
    one = layer("depthwise-separable", (8, 5, 5), m=4, k=3, act="prelu", weights_per="layer")
    assert one.params == 8 * 9 + 1 + 8 * 4 + 1


@pytest.mark.parametrize(
    ("kind", "fields", "what"),
    [("standard", {"m": 4, "k": 3, "weights_per": "element"}, "element"), ("add", {}, "channel")],
)
def test_slopes_that_a_layer_cannot_count_stand_behind_it(
    kind: str, fields: dict[str, Any], what: str
) -> None:
    with pytest.raises(LayerError) as caught:
        layer(kind, (8, 5, 5), act="prelu", **fields)
    (problem,) = caught.value.problems
    assert problem.message == f"a prelu with a weight for each {what} is a layer of its own here"
    assert problem.hint == f"put {{kind: prelu, weights_per: {what}}} behind it"
    assert layer("add", (8, 5, 5), act="prelu", weights_per="layer").params == 1
