"""Every layer of one kind replaced by another."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from convcost.cost import Report, evaluate
from convcost.errors import LayerError, UsageError
from convcost.kinds import REGISTRY, Kind
from convcost.network import Builder, Network
from convcost.rewriting import Replacement, Rewrite, Selection, assigned, refuse_left, rewrite
from convcost.sites import Site
from convcost.sources import load
from tests.networks import everything_to, networks
from tests.strategies import CONVOLUTIONS

EVERY_LAYER = Selection(first=True, classifier=True)
SEPARABLE = Replacement("standard", "depthwise-separable")


def chain(*layers: dict[str, Any], shape: tuple[int, ...] = (8, 16, 16)) -> Network:
    builder = Builder("chain", shape)
    for layer in layers:
        fields = {name: value for name, value in layer.items() if name != "kind"}
        builder.add(layer.get("kind", "standard"), fields)
    return builder.network()


def reasons(made: Rewrite) -> list[str]:
    return [outcome.reason for outcome in made.outcomes]


def totals(report: Report) -> tuple[int, int]:
    return report.params, int(report.macs)


def classifier_of_three_stages(width: int, separable: bool) -> Network:
    """The program that a reader brings, and what they want it to become."""
    stage = {"kind": "standard"}
    if separable:
        stage = {"kind": "depthwise-separable", "inner_norm": "none", "inner_act": "none"}
    tail = {"k": 3, "padding": 1, "norm": "batch", "act": "relu"}
    return chain(
        {"m": width, **tail},
        *({**stage, "m": width * times, **tail} for times in (2, 4, 8)),
        {"kind": "global-avg-pool"},
        {"kind": "linear", "m": 10, "bias": True},
        shape=(3, 32, 32),
    )


@pytest.mark.parametrize("width", [4, 16, 32])
def test_a_small_classifier_becomes_its_separable_version(width: int) -> None:
    made = rewrite(classifier_of_three_stages(width, separable=False), SEPARABLE)
    wanted = classifier_of_three_stages(width, separable=True)
    assert [(layer.kind, layer.stages) for layer in made.after.layers] == [
        (layer.kind, layer.stages) for layer in wanted.layers
    ]
    assert reasons(made) == ["the first layer", "", "", ""]


def test_its_integers() -> None:
    made = rewrite(classifier_of_three_stages(32, separable=False), SEPARABLE)
    assert totals(made.cost_before) == (391_466, 397_249_024)
    assert totals(made.cost_after) == (49_418, 46_991_872)


VGG = [(64, 64, 224), (64, 128, 112), (128, 128, 112), (128, 256, 56), (256, 256, 56)]
VGG += [(256, 256, 56), (256, 512, 28), (512, 512, 28), (512, 512, 28), *[(512, 512, 14)] * 3]


def test_vgg_16_depthwise_separable() -> None:
    """Both stages of each layer have a bias, as its convolutions do."""
    made = rewrite(load("vgg16"), SEPARABLE)
    first = (27 * 64 + 64, 27 * 64 * 224**2)
    linear = [(25088, 4096), (4096, 4096), (4096, 1000)]
    params = sum(9 * n + n + n * m + m for n, m, _ in VGG) + sum(n * m + m for n, m in linear)
    macs = sum((9 * n + n * m) * size**2 for n, m, size in VGG) + sum(n * m for n, m in linear)
    assert totals(made.cost_after) == (first[0] + params, first[1] + macs)
    assert totals(made.cost_after) == (125_320_232, 1_986_267_136)


def test_resnet_50_in_groups() -> None:
    """Only the 3x3 convolutions of its sixteen bottlenecks are standard ones."""
    made = rewrite(load("resnet50"), Replacement("standard", "group", {"groups": 32}))
    units = [(64, 56, 3), (128, 28, 4), (256, 14, 6), (512, 7, 3)]
    saved = [(count, 9 * width**2 * 31 // 32, size) for width, size, count in units]
    assert made.cost_after.params == 25_557_032 - sum(n * weights for n, weights, _ in saved)
    assert made.cost_after.macs == 4_089_184_256 - sum(n * w * size**2 for n, w, size in saved)
    assert totals(made.cost_after) == (14_593_448, 2_297_298_944)


def test_mobilenet_v1_and_its_full_convolution_twin() -> None:
    twin = rewrite(load("mobilenet_v1"), Replacement("depthwise-separable", "standard"))
    assert totals(twin.cost_after) == (29_294_088, 4_867_293_184)
    assert totals(twin.cost_after) == totals(evaluate(load("mobilenet_v1_full")))
    back = rewrite(load("mobilenet_v1_full"), SEPARABLE, inner=True)
    assert [layer.stages for layer in back.after.layers] == [
        layer.stages for layer in load("mobilenet_v1").layers
    ]
    assert totals(back.cost_after) == (4_231_976, 568_740_352)


@pytest.mark.parametrize("kind", CONVOLUTIONS, ids=lambda kind: kind.name)
@settings(max_examples=12)
@given(network=networks())
def test_no_rewrite_changes_a_shape(kind: Kind, network: Network) -> None:
    made = rewrite(network, *everything_to(kind.name), selection=EVERY_LAYER)
    assert [layer.out for layer in made.cost_after.layers] == [
        layer.out for layer in made.cost_before.layers
    ]
    for place, (before, after) in enumerate(
        zip(made.before.layers, made.after.layers, strict=True)
    ):
        assert (after.name, after.inputs, after.given) == (before.name, before.inputs, before.given)
        replaced = any(outcome.place == place for outcome in made.replaced)
        assert after.kind == kind.name if replaced else after is before
    assert len(made.outcomes) == sum(
        REGISTRY[layer.kind].group == "convolution" for layer in network.layers
    )
    assert len(made.replaced) + len(made.left_alone) == len(made.outcomes)


@pytest.mark.parametrize(
    "kind",
    [kind for kind in CONVOLUTIONS if "k" in kind.fields and kind.fields["k"].required],
    ids=lambda kind: kind.name,
)
@settings(max_examples=12)
@given(network=networks([REGISTRY["standard"]]))
def test_there_and_back_costs_the_same(kind: Kind, network: Network) -> None:
    there = rewrite(network, *everything_to(kind.name), selection=EVERY_LAYER)
    names = [network.layers[outcome.place].name for outcome in there.replaced]
    in_groups = {layer.name for layer in network.layers if dict(layer.fields).get("groups", 1) > 1}
    chosen = EVERY_LAYER._replace(only=names, excluding=tuple(in_groups) if kind.grouped else ())
    back = rewrite(there.after, Replacement(kind.name, "standard"), selection=chosen)
    assert not any(outcome.reason not in ("", "not asked for") for outcome in back.outcomes)
    for before, after in zip(there.cost_before.layers, back.cost_after.layers, strict=True):
        if not kind.grouped or before.name not in in_groups:
            assert after[2:4] == before[2:4]
            assert (after.params, after.macs) == (before.params, before.macs)


def test_a_layer_that_cannot_be_built_is_left_alone_with_the_reason() -> None:
    network = chain({"m": 16, "k": 3}, {"m": 6, "k": 3}, {"m": 8, "k": 3, "groups": 2})
    made = rewrite(network, Replacement("standard", "group", {"groups": 4}), selection=EVERY_LAYER)
    assert reasons(made) == [
        "",
        "4 groups do not divide 6 output channels",
        "4 groups do not divide 6 input channels",
    ]
    assert made.after.layers[1] is network.layers[1]


def test_a_kernel_of_one_is_not_taken_apart_for_nothing() -> None:
    network = chain({"m": 64, "k": 1}, {"m": 64, "k": 1})
    assert (
        reasons(rewrite(network, SEPARABLE, selection=EVERY_LAYER))
        == ["1x1 already, so depthwise-separable would save nothing"] * 2
    )
    low_rank = rewrite(network, Replacement("standard", "low-rank"), selection=EVERY_LAYER)
    assert reasons(low_rank) == ["1x1 already, so low-rank would save nothing", ""]
    grouped = Replacement("standard", "group", {"groups": 2})
    assert len(rewrite(network, grouped, selection=EVERY_LAYER).replaced) == 2


def test_one_that_would_change_the_shape_is_left_alone() -> None:
    network = chain({"m": 8, "k": 3, "padding": "valid"})
    made = rewrite(network, Replacement("standard", "octave"), selection=EVERY_LAYER)
    assert reasons(made) == ["octave would give 8x16x16, not 8x14x14"]


def test_options_may_be_worked_out_from_the_layer() -> None:
    network = chain({"m": 16, "k": 3}, {"m": 64, "k": 5, "stride": 2})
    ranks = {"r3": lambda site: site.n // 4, "r4": lambda site: site.m // site.k}
    made = rewrite(network, Replacement("standard", "tucker", ranks), selection=EVERY_LAYER)
    assert [dict(layer.fields)["r3"] for layer in made.after.layers] == [2, 4]
    assert [dict(layer.fields)["r4"] for layer in made.after.layers] == [5, 12]


def test_an_option_that_comes_to_nothing_is_a_reason() -> None:
    ranks = {"r3": lambda site: site.n // 16}
    made = rewrite(
        chain({"m": 8, "k": 3}), Replacement("standard", "tucker", ranks), selection=EVERY_LAYER
    )
    assert reasons(made) == ["r3 must be at least 1, not 0"]


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(), ["the first layer", "", "", "the classifier"]),
        (EVERY_LAYER, ["", "", "", ""]),
        (Selection(only=["2", "3"]), ["not asked for", "", "", "not asked for"]),
        (Selection(excluding=["[2-4]"]), ["the first layer", *["not asked for"] * 3]),
        (
            Selection(only=["*"], excluding=["3"]),
            ["the first layer", "", "not asked for", "the classifier"],
        ),
        (
            Selection(where=lambda site: site.n >= 32, first=True),
            ["the condition does not hold"] * 2 + ["", "the classifier"],
        ),
    ],
)
def test_which_layers_are_meant(selection: Selection, expected: list[str]) -> None:
    layers = [{"m": m, "k": 3} for m in (16, 32, 64)]
    network = chain(*layers, {"m": 10, "k": 16, "padding": "valid"})
    assert reasons(rewrite(network, SEPARABLE, selection=selection)) == expected


def test_a_name_with_brackets_means_itself_first() -> None:
    builder = Builder("net", (3, 8, 8))
    for name in ("conv1", "conv[1]", "conv[2]"):
        builder.add("standard", {"m": 4, "k": 3}, name=name)
    chosen = Selection(only=["conv[1]"])
    assert chosen.names(builder.network()) == {"conv[1]"}
    assert Selection(only=["co*[2]", "conv[1]*"]).names(builder.network()) == {"conv[1]", "conv[2]"}
    assert Selection(only=["conv[12]"]).names(builder.network()) == {"conv1"}
    assert Selection(only=["conv*"]).names(builder.network()) == {"conv1", "conv[1]", "conv[2]"}


def test_a_size_may_be_a_list() -> None:
    network = chain({"kind": "depthwise", "k": [3, 3]}, {"kind": "depthwise", "k": [5, 1]})

    made = rewrite(network, Replacement("depthwise", "standard"), selection=EVERY_LAYER)

    assert [layer.kind for layer in made.after.layers] == ["standard", "standard"]


def test_a_glob_that_matches_nothing_is_a_mistake() -> None:
    network = load("vgg16")
    with pytest.raises(UsageError, match='no layer is named "encoder') as caught:
        rewrite(network, SEPARABLE, selection=Selection(only=["encoder*"]))
    assert "stands for any text" in caught.value.problems[0].hint
    with pytest.raises(UsageError, match="did you mean"):
        rewrite(network, SEPARABLE, selection=Selection(excluding=["stage2.konv[0]"]))


@pytest.mark.parametrize(("old", "new"), [("linear", "standard"), ("standard", "max-pool")])
def test_only_convolutions_are_replaced_by_convolutions(old: str, new: str) -> None:
    with pytest.raises(UsageError, match="unknown kind"):
        rewrite(load("vgg16"), Replacement(old, new))


def test_each_layer_goes_to_the_first_replacement_that_is_meant_for_it() -> None:
    made = rewrite(
        chain({"m": 16, "k": 3}, {"kind": "pointwise", "m": 16}),
        SEPARABLE,
        Replacement("pointwise", "pointwise-group", {"groups": 4}),
        Replacement("depthwise-separable", "standard"),
        Replacement("standard", "depthwise"),
        selection=EVERY_LAYER,
    )
    assert [layer.kind for layer in made.after.layers] == ["depthwise-separable", "pointwise-group"]


def test_labels_are_as_the_command_line_takes_them() -> None:
    options = {"groups": 4, "shuffle": True, "k": (3, 1)}
    assert Replacement("standard", "group", options).label == "group[groups=4,shuffle=true,k=3x1]"
    assert SEPARABLE.label == "depthwise-separable"


def test_a_site_is_what_a_condition_sees() -> None:
    seen: list[Site] = []
    rewrite(chain({"m": 16, "k": 3}), SEPARABLE, selection=Selection(seen.append, first=True))
    assert [(site.n, site.m, site.k) for site in seen] == [(8, 16, 3)]


def test_layers_become_what_they_are_assigned() -> None:
    network = chain({"m": 8, "k": 3}, {"m": 8, "k": 3, "stride": 2}, {"m": 8, "k": 1})
    first, second, third = (layer.name for layer in network.layers)
    kinds = {
        first: Replacement("standard", "standard"),
        second: Replacement("standard", "octave"),
        third: Replacement("standard", "pointwise"),
    }
    made, outcomes = assigned(network, kinds)
    assert [layer.kind for layer in made.layers] == ["standard", "standard", "pointwise"]
    assert [(each.place, each.reason) for each in outcomes] == [
        (1, "octave takes no stride"),
        (2, ""),
    ]
    with pytest.raises(LayerError, match=f"layer {second} as octave: octave takes no stride"):
        refuse_left(network, outcomes)
    refuse_left(network, outcomes[1:])
