"""Which layers to replace to come under a budget."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost.budget import Budget
from convcost.cost import evaluate
from convcost.device import Device
from convcost.metrics import METRICS, measured
from convcost.network import Builder, Network
from convcost.rewriting import Replacement, Selection, rewrite
from convcost.setting import FP32
from convcost.sources import load
from convcost.suggestion import Option, Suggestion, Tried, descent, search, suggest

INT8 = FP32.with_dtype("int8")
GROUPED = Replacement("standard", "group", {"groups": 4})
SEPARABLE = Replacement("standard", "depthwise-separable")
WIDE = Replacement("standard", "inverted-residual", {"t": 2})


def chosen(suggestion: Suggestion) -> list[str]:
    return [option.layer.name for option in suggestion.chosen]


def small(widths: list[int], sizes: list[int]) -> Network:
    """Convolutions of some widths, at strides that leave some sizes."""
    builder = Builder("small", (8, 32, 32))
    for place, (width, stride) in enumerate(zip(widths, sizes, strict=True)):
        builder.add("standard", {"m": 8 * width, "k": 3, "stride": stride}, name=f"conv{place}")
    return builder.network()


def test_a_network_within_its_budget_needs_nothing() -> None:
    found = suggest(load("vgg16"), [Budget("macs", 20 * 10**9)])
    assert found.suffices
    assert found.chosen == ()
    assert found.excess(found.budgets[0]) == 15_470_264_320 - 20 * 10**9


def test_the_largest_savings_are_the_fewest() -> None:
    found = suggest(load("vgg16"), [Budget("macs", 10 * 10**9)])
    assert found.suffices
    assert chosen(found) == [
        f"stage{stage}.conv[{n}]" for stage, n in [(4, 1), (4, 2), (3, 1), (3, 2)]
    ]
    assert found.total("macs") == 15_470_264_320 - 2 * (1_640_554_496 + 1_636_941_824)


def test_what_was_tried_is_there_with_what_was_left_alone() -> None:
    network = small([4, 4, 8], [1, 2, 1])
    found = suggest(network, [Budget("macs", 1)], [SEPARABLE, Replacement("octave", "standard")])
    (separable, octave) = found.tried
    assert separable.made == rewrite(network, SEPARABLE)
    assert [outcome.reason for outcome in separable.made.left_alone] == ["the first layer"]
    assert octave.made.outcomes == ()
    assert sum(layer.macs for layer in found.layers) == found.total("macs")


def test_what_it_says_is_what_the_rewrite_gives() -> None:
    network = load("resnet50")
    found = suggest(network, [Budget("macs", 3 * 10**9), Budget("params", 20 * 10**6)])
    made = rewrite(network, SEPARABLE, selection=Selection(only=chosen(found)))
    assert found.suffices
    assert made.cost_after.macs == found.total("macs") <= 3 * 10**9
    assert made.cost_after.params == found.total("params") <= 20 * 10**6


def test_where_no_set_suffices_all_are_made_and_the_rest_is_told() -> None:
    budget = Budget("macs", 10**9)
    found = suggest(load("vgg16"), [budget])
    assert not found.suffices
    assert len(found.chosen) == len(found.options) == 12
    assert found.excess(budget) == 1_986_267_136 - 10**9


def test_what_saves_nothing_of_what_is_needed_is_no_option() -> None:
    found = suggest(
        load("mobilenet_v1"),
        [Budget("params", 1)],
        [Replacement("depthwise-separable", "standard")],
    )
    assert (found.options, found.chosen, found.suffices) == ((), (), False)


def test_each_layer_becomes_one_other_at_most() -> None:
    found = suggest(load("vgg16"), [Budget("macs", 2 * 10**9)], [GROUPED, SEPARABLE])
    assert len(found.options) == 24
    assert len(chosen(found)) == len(set(chosen(found))) == 12
    assert {option.replacement.new for option in found.chosen} == {"depthwise-separable"}


def test_a_budget_that_a_replacement_would_break_is_kept_in_mind() -> None:
    """The layer with the largest saving of multiply-adds would cost too many parameters."""
    builder = Builder("net", (64, 32, 32))
    builder.add("standard", {"m": 64, "k": 3}, name="wide")
    builder.add("standard", {"m": 64, "k": 3, "stride": 2}, name="narrow")
    network = builder.network()
    params = evaluate(network).params
    wide = Replacement(
        "standard", "inverted-residual", {"t": lambda site: 8 if site.stride == 1 else 1}
    )
    every = Selection(first=True, classifier=True)
    free = suggest(network, [Budget("macs", 40_000_000)], [wide], selection=every)
    bound = suggest(
        network, [Budget("macs", 40_000_000), Budget("params", params)], [wide], selection=every
    )
    assert chosen(bound) == ["narrow"] or not bound.suffices
    assert free.total("macs") <= bound.total("macs")


def test_limits_on_layers_and_on_growth_are_passed_over() -> None:
    limits = [Budget("layer_macs", 1), Budget("macs_growth", 0)]
    assert suggest(load("vgg16"), limits).budgets == ()


def test_of_two_limits_on_one_metric_the_lower_counts() -> None:
    network = load("vgg16")
    both = suggest(network, [Budget("macs", 12 * 10**9), Budget("macs", 10 * 10**9)])
    assert both.chosen == suggest(network, [Budget("macs", 10 * 10**9)]).chosen


def test_bytes_of_weights_are_saved_under_a_setting() -> None:
    found = suggest(load("vgg16"), [Budget("weight_bytes", 130 * 10**6)], setting=INT8)
    assert found.report.figure("weight_bytes") == found.report.params == 138_357_544
    assert (found.suffices, found.is_smallest) == (True, True)
    assert found.total("weight_bytes") == found.after.params <= 130 * 10**6
    assert found.saved == ("params", "macs", "weight_bytes")


@pytest.mark.parametrize("limit", ["MOST_STEPS", "MOST_CHOSEN"])
def test_a_search_that_takes_too_long_says_so(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four layers suffice here, but not the four that save most of either or of both."""
    network = small([7, 3, 11, 7, 5], [2, 2, 2, 1, 1])
    budgets = [Budget("params", 25_454), Budget("macs", 1_296_384)]
    every = Selection(first=True, classifier=True)
    found = suggest(network, budgets, [SEPARABLE], selection=every)
    assert (len(found.chosen), found.suffices, found.is_smallest) == (4, True, True)
    monkeypatch.setattr(search, limit, 1)
    found = suggest(network, budgets, [SEPARABLE], selection=every)
    assert (len(found.chosen), found.suffices, found.is_smallest) == (5, True, False)


def test_a_layer_with_two_ways_out_takes_one_in_the_search_too() -> None:
    network = small([7, 3, 11, 7, 5], [2, 2, 2, 1, 1])
    budgets = [Budget("params", 25_454), Budget("macs", 1_296_384)]
    every = Selection(first=True, classifier=True)
    found = suggest(network, budgets, [GROUPED, SEPARABLE], selection=every)
    assert len(chosen(found)) == len(set(chosen(found))) == 4
    assert found.suffices


EVERY = Selection(first=True, classifier=True)


def with_these(network: Network, some: Sequence[Option]) -> Network:
    """The network with layers replaced one by one, by their names."""
    for option in some:
        only = Selection(only=[option.layer.name], first=True, classifier=True)
        network = rewrite(network, option.replacement, selection=only).after
    return network


def smallest(network: Network, options: Sequence[Option], limits: dict[str, int]) -> int | None:
    """The size of the smallest set that suffices, by making them all."""
    for size in range(len(options) + 1):
        for some in combinations(options, size):
            names = [option.layer.name for option in some]
            if len(names) == len(set(names)):
                report = measured(evaluate(with_these(network, some)).under(INT8), limits)
                if all(report.figure(metric) <= limit for metric, limit in limits.items()):
                    return size
    return None


def everything(network: Network, ways: Sequence[Replacement]) -> list[Option]:
    """All that layers could become, whether it helps or not."""
    report = evaluate(network)
    tried = [Tried(way, rewrite(network, way, selection=EVERY)) for way in ways]
    return [option for each in tried for option in each.options(report, ())]


@settings(max_examples=50)
@given(
    st.lists(st.integers(1, 12), min_size=1, max_size=4),
    st.data(),
    st.lists(
        st.sampled_from(["params", "macs", "weight_bytes", "bytes_moved", "activations"]),
        min_size=1,
        max_size=2,
        unique=True,
    ),
)
def test_there_is_no_smaller_set(
    widths: list[int], data: st.DataObject, metrics: list[str]
) -> None:
    strides = data.draw(st.lists(st.integers(1, 2), min_size=len(widths), max_size=len(widths)))
    network = small(widths, strides)
    report = measured(evaluate(network).under(INT8), metrics)
    shares = [data.draw(st.floats(0.1, 1)) for _ in metrics]
    limits = {
        metric: int(report.figure(metric) * share)
        for metric, share in zip(metrics, shares, strict=True)
    }
    ways = [SEPARABLE, GROUPED, WIDE]
    budgets = [Budget(metric, limit) for metric, limit in limits.items()]
    found = suggest(network, budgets, ways, selection=EVERY, setting=INT8)
    least = smallest(network, everything(network, ways), limits)
    assert found.suffices == (least is not None)
    assert found.is_smallest
    made = measured(evaluate(with_these(network, found.chosen)).under(INT8), metrics)
    assert [found.total(metric) for metric in metrics] == [made.figure(each) for each in metrics]
    if least is not None:
        assert len(found.chosen) == least


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_can_be_a_target(name: str) -> None:
    network = small([4, 8, 8], [1, 2, 1])
    setting = INT8._replace(
        device=Device("board", peaks={"int8": 10**9}, bandwidth={"dram": 10**6})
    )
    before = measured(evaluate(network).under(setting), [name]).figure(name)
    found = suggest(
        network, [Budget(name, before // 2)], [SEPARABLE], selection=EVERY, setting=setting
    )
    made = measured(evaluate(with_these(network, found.chosen)).under(setting), [name])
    assert found.total(name) == made.figure(name)
    assert found.suffices == (made.figure(name) <= before // 2)
    assert suggest(network, [Budget(name, before)], [SEPARABLE], setting=setting).chosen == ()


def test_steps_down_come_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    builder = Builder("wide", (8, 8, 8))
    builder.add("inverted-residual", {"m": 8, "k": 3})
    way, limit = [Replacement("inverted-residual", "standard")], [Budget("peak_memory", 1024)]
    network = builder.network()
    assert suggest(network, limit, way, selection=EVERY, setting=INT8).suffices
    monkeypatch.setattr(descent, "MOST_MEASURED", 1)
    found = suggest(network, limit, way, selection=EVERY, setting=INT8)
    assert (found.suffices, found.is_smallest) == (True, False)  # as all together does
    low = [Budget("peak_memory", 1023)]
    found = suggest(network, low, way, selection=EVERY, setting=INT8)
    assert (found.chosen, found.suffices, found.is_smallest) == ((), False, False)


@settings(max_examples=50)
@given(
    st.lists(st.tuples(st.sampled_from(["wide", "narrow", "plain"]), st.booleans()), max_size=4),
    st.sampled_from(["peak_memory", "arena", "step_memory"]),
    st.floats(0.2, 1.1),
    st.floats(0.5, 2),
)
def test_a_peak_is_brought_down_where_it_binds(
    layers: list[tuple[str, bool]], metric: str, share: float, macs: float
) -> None:
    """Inverted residuals are wide inside; standard convolutions are not, and multiply more."""
    builder = Builder("peaks", (8, 8, 8))
    for what, has_shortcut in layers:
        before = builder.last
        kind = "standard" if what == "plain" else "inverted-residual"
        fields = {"wide": {"t": 6}, "narrow": {"t": 2}, "plain": {}}[what]
        builder.add(kind, {"m": 8, "k": 3, **fields})
        if has_shortcut:
            builder.add("add", {}, inputs=(before, builder.last))
    builder.add("pointwise", {"m": 4})
    network = builder.network()
    ways = [Replacement("inverted-residual", "standard"), SEPARABLE]
    report = measured(evaluate(network).under(INT8), [metric])
    limits = {metric: int(report.figure(metric) * share), "macs": int(report.macs * macs)}
    budgets = [Budget(metric, limit) for metric, limit in limits.items()]
    found = suggest(network, budgets, ways, selection=EVERY, setting=INT8)
    made = measured(evaluate(with_these(network, found.chosen)).under(INT8), limits)
    assert [found.total(each) for each in limits] == [made.figure(each) for each in limits]
    least = smallest(network, everything(network, ways), limits)
    if found.suffices:
        assert least is not None
        assert len(found.chosen) >= least
    if found.is_smallest:
        assert (len(found.chosen) if found.suffices else None) == least
    if metric == "peak_memory" and macs > 1.9:
        assert found.suffices == (least is not None)
