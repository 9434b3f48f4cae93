"""Reports: what a network costs, layer by layer and in total."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.cost import Report, evaluate, stage_costs
from convcost.errors import LayerError, SpecError
from convcost.kinds import find
from convcost.network import INPUT, Builder


def small_network() -> Report:
    built = Builder("small", (3, 32, 32), "specs/small.yaml")
    built.add("standard", {"m": 16, "k": 3, "bias": True, "norm": "batch", "act": "relu"}, line=4)
    body = built.add("depthwise-separable", {"m": 16, "k": 3}, name="body")
    built.add("add", {}, inputs=(body, 0))
    built.add("global-avg-pool", {})
    built.add("linear", {"m": 10, "bias": True})
    return evaluate(built.network())


def test_a_report() -> None:
    report = small_network()
    assert (report.name, report.input, report.path) == ("small", (3, 32, 32), "specs/small.yaml")
    rows = [
        (layer.name, layer.kind, layer.ins, layer.out, layer.params, layer.macs, layer.activations)
        for layer in report.layers
    ]
    assert rows == [
        ("1", "standard", ((3, 32, 32),), (16, 32, 32), 448 + 32, 442_368, 16_384),
        ("body", "depthwise-separable", ((16, 32, 32),), (16, 32, 32), 400, 409_600, 32_768),
        ("3", "add", ((16, 32, 32), (16, 32, 32)), (16, 32, 32), 0, 0, 0),
        ("4", "global-avg-pool", ((16, 32, 32),), (16, 1, 1), 0, 0, 0),
        ("5", "linear", ((16, 1, 1),), (10,), 170, 160, 10),
    ]
    assert [layer.line for layer in report.layers] == [4, 0, 0, 0, 0]


def test_rows_add_up_to_totals() -> None:
    report = small_network()
    for metric in ("params", "macs", "activations"):
        assert getattr(report, metric) == sum(getattr(layer, metric) for layer in report.layers)
    for layer in report.layers:
        assert layer.params == int(layer.explained_params)
        assert layer.macs == int(layer.explained_macs)
        assert layer.activations == sum(stage.activations for stage in layer.stages)


def test_what_is_not_counted_is_kept_apart_by_class() -> None:
    stages = small_network().layers[0].stages
    assert [stage.op.name for stage in stages] == ["conv", "norm", "activation"]
    other = {name: int(count) for stage in stages for name, count in stage.other.items()}
    assert other == {"bias": 16_384, "batch-norm": 16_384, "relu": 16_384}
    assert [int(stage.macs) for stage in stages] == [442_368, 0, 0]


def test_a_norms_scale_and_shift_are_parameters() -> None:
    layer = small_network().layers[0]
    assert str(layer.explained_params) == "m·n·kh·kw + m + 2·C = 16 × 3 × 3 × 3 + 16 + 2 × 16"


def test_an_empty_network_costs_nothing() -> None:
    report = evaluate(Builder("empty", (3, 5, 5)).network())
    assert (report.layers, report.params, report.macs, report.activations) == ((), 0, 0, 0)


def test_equal_layers_at_other_sizes_cost_something_else() -> None:
    built = Builder("pyramid", (4, 16, 16))
    for _ in range(3):
        built.add("standard", {"m": 4, "k": 3})
        built.add("max-pool", {"k": 2})
    report = evaluate(built.network())
    assert built.layers[0].stages is built.layers[2].stages
    assert [layer.macs for layer in report.layers[::2]] == [144 * 256, 144 * 64, 144 * 16]


def test_equal_layers_keep_their_own_names() -> None:
    built = Builder("twins", (4, 8, 8))
    built.add("standard", {"m": 4, "k": 3}, name="first", line=3)
    built.add("standard", {"m": 4, "k": 3}, name="second", line=4)
    first, second = evaluate(built.network()).layers
    assert (first.name, first.line, second.name, second.line) == ("first", 3, "second", 4)
    assert first.stages is second.stages


@given(st.lists(st.tuples(st.integers(1, 6), st.sampled_from([1, 3, 5])), max_size=8))
def test_a_network_costs_what_its_layers_cost_alone(sizes: list[tuple[int, int]]) -> None:
    built = Builder("chain", (2, 6, 6))
    for m, k in sizes:
        built.add("standard", {"m": m, "k": k, "norm": "batch"})
    report = evaluate(built.network())
    alone = []
    for layer in report.layers:
        single = Builder("alone", layer.ins[0])
        single.add("standard", dict(built.layers[int(layer.name) - 1].fields))
        alone.append(evaluate(single.network()))
    assert report.params == sum(one.params for one in alone)
    assert report.macs == sum(one.macs for one in alone)


def test_unrelated_layers_are_totalled() -> None:
    built = Builder("a list")
    built.add("standard", {"n": 3, "m": 4, "k": 3, "size": "5x5"})
    built.add("depthwise-separable", {"n": 3, "m": 4, "k": 3, "size": "5x5"})
    report = evaluate(built.network())
    assert (report.input, report.params, report.macs) == (None, 108 + 39, 2700 + 975)


@pytest.mark.parametrize(
    ("metric", "names"),
    [
        ("params", ["1", "body", "5"]),
        ("macs", ["1", "body", "5"]),
        ("activations", ["body", "1", "5"]),
    ],
)
def test_the_layers_that_cost_most(metric: str, names: list[str]) -> None:
    report = small_network()
    assert [layer.name for layer in report.top(metric)] == names
    assert [layer.name for layer in report.top(metric, 1)] == names[:1]


def test_among_equals_the_first_comes_first_and_free_layers_never() -> None:
    built = Builder("equals", (4, 8, 8))
    for name in ("a", "b", "c", "d"):
        built.add("standard", {"m": 4, "k": 3}, name=name)
    built.add("relu", {})
    report = evaluate(built.network())
    assert [layer.name for layer in report.top("macs")] == ["a", "b", "c"]
    assert [layer.name for layer in report.top("macs", 9)] == ["a", "b", "c", "d"]


def test_the_stages_of_a_layer() -> None:
    stages = find("depthwise-separable").build({"n": 3, "m": 4, "k": 3, "stride": 2}, 2)
    filtered, mixed = stage_costs(stages, ((3, 5, 5),))
    assert (filtered.ins, filtered.out, int(filtered.macs)) == (((3, 5, 5),), (3, 3, 3), 243)
    assert (mixed.ins, mixed.out, int(mixed.macs)) == (((3, 3, 3),), (4, 3, 3), 108)
    assert (filtered.activations, mixed.activations) == (27, 36)


def test_branches_share_an_input() -> None:
    built = Builder("branches", (4, 8, 8))
    left = built.add("pointwise", {"m": 2}, inputs=(INPUT,))
    right = built.add("standard", {"m": 3, "k": 3}, inputs=(INPUT,))
    built.add("concat", {}, inputs=(left, right))
    report = evaluate(built.network())
    assert [layer.ins for layer in report.layers] == [
        ((4, 8, 8),),
        ((4, 8, 8),),
        ((2, 8, 8), (3, 8, 8)),
    ]
    assert report.params == 8 + 108


def test_counts_beyond_the_limit_are_refused_where_they_are() -> None:
    built = Builder("huge", (10**12, 10**6), "huge.yaml")
    built.add("relu", {}, name="a", line=3)
    built.add("pointwise", {"m": 10**12}, name="b", line=4)
    with pytest.raises(SpecError) as caught:
        evaluate(built.network())
    message = "huge.yaml:4: layer b (pointwise): 10^30 MACs or more cannot be counted"
    assert str(caught.value.problems[0]).startswith(message)


def test_totals_beyond_the_limit_are_refused_too() -> None:
    built = Builder("huge", (10**12, 10**5))
    for _ in range(10):
        built.add("pointwise", {"m": 10**12})
    with pytest.raises(LayerError, match=r"^all layers: 10\^30 MACs or more cannot be counted"):
        evaluate(built.network())
