"""Layers in their places, and networks made by changing them."""

from __future__ import annotations

from typing import Any

import pytest

from convcost.cost import evaluate
from convcost.errors import LayerError
from convcost.network import INPUT, Builder, Input, Network
from convcost.sites import Recipe, Site, change_layers, sites


def classifier() -> Network:
    """Three convolutions, one of them beside the second, and a linear layer."""
    builder = Builder("net", (3, 32, 32))
    builder.add("standard", {"m": 8, "k": 3, "norm": "batch", "act": "relu"}, name="stem")
    body = builder.add("standard", {"m": 16, "k": (3, 5), "stride": 2, "groups": 2}, name="body")
    side = builder.add("pointwise", {"m": 16, "stride": 2}, name="side", inputs=(0,))
    builder.add("add", {}, name="sum", inputs=(body, side))
    builder.add("linear", {"m": 10}, name="head")
    return builder.network()


def site_of(kind: str, shape: tuple[int, ...] = (8, 14, 14), **fields: Any) -> Site:
    builder = Builder("one", shape)
    builder.add(kind, fields)
    (site,) = sites(builder.network())
    return site


def test_a_site_knows_its_shapes_and_numbers() -> None:
    stem, body, side, _, head = sites(classifier())
    assert (body.ins, body.out) == (((8, 32, 32),), (16, 16, 16))
    assert body.names == {"n": 8, "H": 32, "W": 32, "m": 16, "k": 5, "stride": 2, "groups": 2}
    assert (side.k, side.groups, stem.stride) == (1, 1, 1)
    assert head.names == {"n": 16, "H": 16, "W": 16, "m": 10, "k": 1, "stride": 1, "groups": 1}


def test_the_first_layer_and_the_classifier() -> None:
    assert [(site.is_first, site.is_classifier) for site in sites(classifier())] == [
        (True, False),
        (False, False),
        (False, False),
        (False, False),
        (False, True),
    ]


@pytest.mark.parametrize(
    ("kind", "fields", "is_classifier"),
    [
        ("pointwise", {"m": 10}, True),
        ("standard", {"m": 10, "k": 1}, True),
        ("standard", {"m": 10, "k": 14, "padding": "valid"}, True),
        ("standard", {"m": 10, "k": 3}, False),
        ("linear", {"m": 10}, True),
    ],
)
def test_a_last_layer_is_a_classifier_if_it_decides_at_one_position(
    kind: str, fields: dict[str, Any], is_classifier: bool
) -> None:
    assert site_of(kind, **fields).is_classifier is is_classifier


def test_layers_that_stand_alone_are_neither_first_nor_last() -> None:
    builder = Builder("list")
    for _ in range(2):
        builder.add("pointwise", {"n": 3, "m": 4, "size": (5, 5)})
    assert not any(site.is_first or site.is_classifier for site in sites(builder.network()))


def test_a_layer_that_stands_alone_with_others_behind_it_is_first() -> None:
    builder = Builder("chain")
    builder.add("standard", {"n": 3, "m": 4, "k": 3, "size": (5, 5)})
    builder.add("pointwise", {"m": 4})
    assert [site.is_first for site in sites(builder.network())] == [True, False]


def test_a_layer_keeps_what_is_its_own_and_drops_what_was_its_kinds() -> None:
    site = site_of("low-rank", m=16, k=3, stride=2, padding=1, bias=True, rank=4, act="relu")
    assert site.become("standard") == (
        "standard",
        {"m": 16, "k": 3, "stride": 2, "padding": 1, "bias": True, "act": "relu"},
    )


def test_norm_and_activation_stand_behind_the_whole() -> None:
    site = site_of("standard", m=16, k=3, norm="batch", act="relu")
    fields = {"m": 16, "k": 3, "norm": "batch", "act": "relu"}
    silent = {"inner_norm": "none", "inner_act": "none"}
    assert site.become("depthwise-separable") == ("depthwise-separable", fields | silent)
    assert site.become("depthwise-separable", inner=True) == ("depthwise-separable", fields)
    assert site.become("group", groups=2) == ("group", fields | {"groups": 2})
    _, asked = site.become("depthwise-separable", inner_act="relu6")
    assert asked == fields | {"inner_norm": "none", "inner_act": "relu6"}


def test_the_same_kind_keeps_its_options() -> None:
    site = site_of("low-rank", m=16, k=3, rank=4)
    assert site.become(m=32) == ("low-rank", {"m": 32, "k": 3, "rank": 4})


@pytest.mark.parametrize(
    ("kind", "fields", "new", "expected"),
    [
        ("group", {"m": 8, "k": 3, "groups": 4}, "standard", {"m": 8, "k": 3}),
        ("standard", {"m": 8, "k": 3, "groups": 4}, "group", {"m": 8, "k": 3, "groups": 4}),
        ("depthwise", {"k": 3, "multiplier": 2}, "standard", {"k": 3, "m": 16}),
        ("pointwise", {"m": 8}, "low-rank", {"m": 8, "k": 1}),
        ("standard", {"m": 8, "k": 3}, "pointwise", {"m": 8}),
    ],
)
def test_fields_that_one_kind_has_and_the_other_has_not(
    kind: str, fields: dict[str, Any], new: str, expected: dict[str, Any]
) -> None:
    assert site_of(kind, **fields).become(new) == (new, expected)


@pytest.mark.parametrize(
    ("fields", "new", "message"),
    [
        ({"stride": 2}, "partial", "partial takes no stride"),
        ({"dilation": (1, 2)}, "fire", "fire takes no dilation"),
        ({"groups": 2}, "tucker", "tucker takes no groups"),
        ({"bias": True}, "octave", "octave takes no bias"),
    ],
)
def test_what_cannot_be_kept_is_not_dropped(fields: dict[str, Any], new: str, message: str) -> None:
    with pytest.raises(LayerError, match=message):
        site_of("standard", m=8, k=3, **fields).become(new)


def test_what_is_one_need_not_be_kept() -> None:
    site = site_of("standard", m=8, k=3, stride=1, dilation="1x1", groups=1, bias=False)
    assert site.become("partial") == (
        "partial",
        {"m": 8, "k": 3, "dilation": "1x1", "bias": False},
    )


def test_shapes_behind_a_change_are_inferred_anew() -> None:
    def half(site: Site) -> Recipe | None:
        return site.become(m=site.m // 2) if site.layer.name in ("body", "side") else None

    changed = change_layers(classifier(), half)
    report = evaluate(changed)
    assert [layer.out for layer in report.layers] == [
        (8, 32, 32),
        (8, 16, 16),
        (8, 16, 16),
        (8, 16, 16),
        (10,),
    ]


def test_without_a_change_the_network_is_the_same() -> None:
    network = classifier()
    assert change_layers(network, lambda site: None) == network


def test_a_change_that_does_not_fit_is_named_by_its_layer() -> None:
    with pytest.raises(LayerError, match=r"layer sum \(add\): add needs equal shapes"):
        change_layers(
            classifier(), lambda site: site.become(m=4) if site.layer.name == "side" else None
        )


def test_layers_that_stand_alone_keep_their_own_input() -> None:
    builder = Builder("list")
    builder.add("standard", {"n": 3, "m": 4, "k": 3, "H": 5, "W": 5})
    builder.add("standard", {"n": 6, "m": 4, "k": 3, "H": 7, "W": 7})
    changed = change_layers(builder.network(), lambda site: site.become("depthwise-separable"))
    assert [layer.params for layer in evaluate(changed).layers] == [27 + 12, 54 + 24]


def test_the_input_may_be_an_input_of_any_layer() -> None:
    builder = Builder("net", (4, 8, 8))
    first = builder.add("pointwise", {"m": 4})
    builder.add("concat", {}, inputs=(INPUT, first))
    changed = change_layers(
        builder.network(), lambda site: site.become(m=6) if site.layer.kind == "pointwise" else None
    )
    assert evaluate(changed).layers[-1].out == (10, 8, 8)


def test_a_changed_network_has_the_inputs_that_it_had() -> None:
    inputs = (Input("image", (3, 32, 32), "float16"), Input("ids", (7,), "int64"))
    network = classifier()._replace(inputs=inputs, notes=("a batch of 8",))
    changed = change_layers(
        network, lambda site: Recipe("pointwise", {"m": 8}) if site.is_first else None
    )
    assert (changed.inputs, changed.notes) == (inputs, ("a batch of 8",))
    assert evaluate(changed).inputs == inputs


def test_a_layer_is_called_as_it_was_whatever_it_becomes() -> None:
    builder = Builder("net", (4, 8, 8))
    builder.add("standard", {"m": 4, "k": 3, "called": "function"}, name="one")
    builder.add("standard", {"m": 4, "k": 3}, name="two")
    made = change_layers(builder.network(), lambda site: Recipe("pointwise", {"m": 4}))
    assert [(layer.kind, layer.called) for layer in made.layers] == [
        ("pointwise", "function"),
        ("pointwise", ""),
    ]
