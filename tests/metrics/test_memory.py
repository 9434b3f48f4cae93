"""Memory of activations: what lives when, where it lies, and in which order to run."""

from __future__ import annotations

from itertools import permutations
from math import prod
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost.cost import Report, evaluate
from convcost.errors import SpecError
from convcost.metrics import measured, ordering
from convcost.metrics.buffers import Buffer, buffers, live, placed
from convcost.metrics.flow import flow_of
from convcost.metrics.memory import Plan, plan
from convcost.network import Builder, Input
from convcost.schedule import Kept, Schedule
from convcost.setting import FP32, IN_PLACE, Setting
from convcost.sources import SpecFile, read
from convcost.sources.zoo import shipped
from tests.random_networks import random_network

INT8 = FP32.with_dtype("int8")
CNN = """
conv1 standard m=16 k=3 padding=valid act=relu
conv2 standard m=16 k=3 padding=valid act=relu
pool max-pool k=2
fc1 linear m=128 act=relu
fc2 linear m=10
softmax softmax
"""


Layers = list[tuple[str, dict[str, Any]]]


def of(name: str) -> Report:
    return evaluate(read(SpecFile(shipped()[name])).network)


def chain(shape: tuple[int, ...], *layers: tuple[str, dict[str, Any]]) -> Report:
    built = Builder("chain", shape)
    for kind, fields in layers:
        built.add(kind, fields)
    return evaluate(built.network())


def planned(report: Report, setting: Setting = INT8) -> Plan:
    return plan(report.under(setting))


@pytest.mark.parametrize(
    ("found", "offsets", "arena"),
    [
        ([(10, 0, 1), (20, 2, 3)], [0, 0], 20),
        ([(10, 0, 1), (20, 1, 2), (30, 2, 3), (40, 3, 4), (50, 0, 1)], [50, 70, 40, 0, 0], 90),
        ([(100, 0, 1), (50, 2, 3), (20, 1, 2)], [0, 0, 100], 120),
        ([], [], 0),
    ],
)
def test_the_planner_of_tensorflow_lite_micro(
    found: list[tuple[int, int, int]], offsets: list[int], arena: int
) -> None:
    held = [Buffer(*each) for each in found]
    assert placed(held) == offsets
    ends = [at + each.size for at, each in zip(offsets, held, strict=True)]
    assert max(ends, default=0) == arena


def test_buffers_start_at_multiples() -> None:
    held = [Buffer(10, 0, 1), Buffer(5, 0, 1), Buffer(3, 0, 1)]
    assert placed(held) == [0, 10, 15]
    assert placed(held, 16) == [0, 16, 32]


def test_a_small_network_step_by_step() -> None:
    # tflite-tools: 32x32x3, two 3x3 convolutions, a pool, two linear layers and a softmax
    layers = [line.split() for line in CNN.strip().splitlines()]
    made = [
        (kind, {k: int(v) if v.isdigit() else v for k, v in (each.split("=") for each in fields)})
        for _, kind, *fields in layers
    ]
    found = planned(chain((3, 32, 32), *made))
    assert [found.live[each.first] for each in found.buffers[1:]] == [
        *(17_472, 26_944, 15_680, 3_264, 138, 20)
    ]
    assert (found.peak, found.arena) == (26_944, 26_944)
    assert found.layer_at(found.peak_at).name == "2"
    assert [found.name_of(each) for each in found.alive(found.peak_at)] == ["1", "2"]
    assert found.name_of(0) == "input"


@pytest.mark.parametrize(
    ("name", "peak", "arena"),
    [
        ("mobilenet_v1", 1_204_224, 1_204_224),
        ("mobilenet_v2", 1_505_280, 1_505_280),
        ("resnet50", 2_408_448, 2_408_448),
        ("vgg16", 6_422_528, 6_422_528),
        ("squeezenet1_0", 1_492_992, 1_492_992),
        ("inception_v3", 2_074_464, 2_074_464),
        ("densenet121", 1_806_336, 2_007_040),
        ("unet", 41_840_640, 61_110_528),
        ("mlperf_tiny_ic", 49_152, 49_152),
        ("mlperf_tiny_kws", 16_000, 16_000),
        ("mlperf_tiny_vww", 55_296, 64_512),
    ],
)
def test_networks_of_the_literature(name: str, peak: int, arena: int) -> None:
    found = planned(of(name))
    assert (found.peak, found.arena) == (peak, arena)


def test_in_place() -> None:
    depthwise = INT8.with_word("in-place", "depthwise")
    found = planned(of("mobilenet_v2"), depthwise)
    assert found.peak == found.arena == 112**2 * (16 + 96) == 1_404_928
    assert planned(of("resnet50"), INT8.with_word("in-place", "add")).peak == 1_806_336
    # A smaller tensor in the place of a larger one takes less from then on.
    assert planned(of("efficientnet_b0"), depthwise).peak == 1_404_928


@pytest.mark.parametrize(
    ("layers", "peak"),
    [
        ([("relu", {}), ("batch-norm", {}), ("elementwise", {"op": "abs"})], 8),
        ([("softmax", {})], 16),
        ([("flatten", {}), ("relu", {}), ("reshape", {"shape": "2x4"})], 8),
        ([("standard", {"m": 2, "k": 3, "groups": 2})], 16),
        ([("upsample", {"scale": 2})], 24),
        ([("last-norm", {}), ("dropout", {})], 8),
    ],
)
def test_what_is_written_over_its_input(
    layers: list[tuple[str, dict[str, Any]]], peak: int
) -> None:
    assert planned(chain((2, 4), *layers)).peak == peak


def test_nothing_is_written_over_what_is_smaller() -> None:
    report = chain((2, 4), ("depthwise", {"k": 2, "padding": 1}))
    assert planned(report, INT8.with_word("in-place", "depthwise")).peak == 8 + 10


def test_what_something_else_reads_is_not_written_over() -> None:
    built = Builder("two", (2, 4))
    first = built.add("relu", {})
    alias = built.add("flatten", {}, inputs=(first,))
    over = built.add("relu", {}, inputs=(alias,))
    back = built.add("reshape", {"shape": "2x4"}, inputs=(over,))
    built.add("add", {}, inputs=(first, back))
    found = planned(evaluate(built.network()))
    assert [each.tensors for each in found.buffers] == [(0, 1, 2), (3, 4), (5,)]
    assert found.peak == 24


def test_weights_and_constants_take_none_and_are_kept() -> None:
    built = Builder("token", (2, 4))
    weights = built.add("parameter", {"shape": "2x4"})
    over = built.add("relu", {}, inputs=(weights,))
    built.add("add", {}, inputs=(-1, over))
    found = planned(evaluate(built.network()))
    assert [each.tensors for each in found.buffers] == [(0,), (2,), (3,)]


def test_a_second_input_is_there_from_the_start() -> None:
    built = Builder("two", (2, 4))
    other = built.add("constant", {"shape": "2x4"}, name="y.constant")
    near = built.add("standard", {"m": 2, "k": 3}, inputs=(-1,))
    built.add("add", {}, inputs=(near, other))
    network = built.network()._replace(inputs=(Input("x", (2, 4)), Input("y", (2, 4))))
    found = planned(evaluate(network))
    assert [(each.first, each.last) for each in found.buffers] == [(0, 0), (0, 1), (0, 1), (1, 1)]
    report = measured(evaluate(network), ["receptive_field"])
    assert [layer.figure("receptive_field") for layer in report.layers] == [0, 3, 3]


def test_layers_that_stand_alone_are_never_alive_together() -> None:
    built = Builder("list")
    for _ in range(3):
        built.add("standard", {"n": 2, "m": 2, "k": 3, "size": (4,)})
    report = evaluate(built.network())
    assert planned(report).live == (16, 16, 16)
    assert planned(report, INT8.with_word("order", "best")).order == (0, 1, 2)


def test_they_are_metrics() -> None:
    found = measured(of("mobilenet_v2").under(INT8), ["peak_memory", "arena"])
    assert found.more == {"peak_memory": 1_505_280, "arena": 1_505_280}
    assert found.layers[0].more == {"peak_memory": 551_936, "arena": 551_936}
    assert found.layers[-1].more["peak_memory"] == 1280 + 1000
    assert measured(of("mobilenet_v2"), ["peak_memory"]).more == {"peak_memory": 4 * 1_505_280}


def test_a_saved_report_has_no_plan() -> None:
    report = of("mobilenet_v1")
    saved = report._replace(layers=tuple(each._replace(stages=()) for each in report.layers))
    with pytest.raises(SpecError, match="was saved without its memory"):
        plan(saved)


def test_what_is_not_understood_may_take_more() -> None:
    report = chain((2, 4), ("unknown", {"op": "fft", "shape": "2x4"}))
    assert measured(report, ["arena"]).status["arena"].state == "at least"


def test_a_network_of_no_layers() -> None:
    built = Builder("empty", (2, 4))
    assert plan(evaluate(built.network())).peak_at == 0


BRANCHES = st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=2, max_size=3)


@given(BRANCHES)
@settings(max_examples=40)
def test_the_best_order_is_the_best_of_all(branches: list[tuple[int, int]]) -> None:
    built = Builder("branches", (2, 4))
    ends = []
    for wide, narrow in branches:
        first = built.add("pointwise", {"m": wide}, inputs=(-1,))
        ends.append(built.add("pointwise", {"m": narrow}, inputs=(first,)))
    built.add("concat", {}, inputs=tuple(ends))
    report = evaluate(built.network())
    flow = flow_of(report)
    needs = [
        {flow.outs.index(each) for each in step.ins if each in flow.outs} for step in flow.steps
    ]
    peaks = [
        max(live(buffers(flow, INT8, order, kept=True), len(order)))
        for order in permutations(range(len(flow.steps)))
        if all(needs[at] <= {*order[:place]} for place, at in enumerate(order))
    ]
    found = planned(report, INT8.with_word("order", "best"))
    assert (found.peak, found.is_exact) == (min(peaks), True)


def test_the_best_order_of_networks_that_ship() -> None:
    best = INT8.with_word("order", "best")
    found = planned(of("unet"), best)
    assert (found.peak, found.arena, found.is_exact) == (41_441_536, 51_276_032, True)
    assert planned(of("mobilenet_v2"), best.with_word("in-place", "depthwise")).peak == 1_404_928


def test_where_there_are_too_many_orders_a_good_one_has_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    best = INT8.with_word("order", "best")
    monkeypatch.setattr(ordering, "MOST_STATES", 3)
    found = planned(of("unet"), best)
    assert (found.peak <= 41_840_640, found.is_exact) == (True, False)
    monkeypatch.setattr(ordering, "MOST_STEPS", 3)
    assert planned(of("ghostnet"), best).peak <= planned(of("ghostnet")).peak


SETTINGS = st.builds(
    Setting,
    activations=st.sampled_from(["fp32", "int8", "int4"]),
    in_place=st.sampled_from([(), ("add",), ("add", "depthwise"), tuple(IN_PLACE)]),
    alignment=st.sampled_from([1, 16]),
    order=st.sampled_from(["written", "best"]),
)


def simulated(found: Plan) -> list[int]:
    """What is taken at each step by allocating and freeing, buffer by buffer."""
    steps = [found.flow.steps[at] for at in found.order]
    bits = {"fp32": 32, "int8": 8, "int4": 4}[found.report.setting.activations]
    place = {tensor: at for at, each in enumerate(found.buffers) for tensor in each.tensors}
    taken: dict[int, int] = {}
    for tensor in found.flow.inputs:
        taken[place[tensor]] = -(-prod(found.flow.shapes[tensor]) * bits // 8)
    said = []
    for at, step in enumerate(steps):
        buffer = place.get(step.out)
        during = dict(taken)
        if buffer is not None:
            size = -(-prod(found.flow.shapes[step.out]) * bits // 8)
            during[buffer] = max(size, taken.get(buffer, 0))
            taken[buffer] = size
        said.append(sum(during.values()))
        later = {tensor for each in steps[at + 1 :] for tensor in each.ins}
        read = {tensor for each in steps for tensor in each.ins}
        for buffer in list(taken):
            tensors = found.buffers[buffer].tensors
            made = [tensor for tensor in tensors if tensor not in found.flow.inputs]
            is_output = any(tensor not in read for tensor in made)
            if not (is_output or any(tensor in later for tensor in tensors)):
                del taken[buffer]
    return said


@given(st.integers(0, 400), SETTINGS)
@settings(max_examples=60)
def test_a_plan_never_overlaps_and_is_never_under_the_peak(seed: int, setting: Setting) -> None:
    found = plan(evaluate(random_network(seed)).under(setting))
    assert found.arena >= found.peak
    assert all(at % setting.alignment == 0 for at in found.offsets)
    spans = list(zip(found.buffers, found.offsets, strict=True))
    for index, (one, low) in enumerate(spans):
        for other, begin in spans[:index]:
            if one.first <= other.last and other.first <= one.last:
                assert low + one.size <= begin or begin + other.size <= low
    assert list(found.live) == simulated(found)


def scheduled(*tensors: tuple[int, int, int]) -> Report:
    """A network of three layers whose file says what is in memory: bytes, and from when to when."""
    report = chain((4,), *(("linear", {"m": 4}) for _ in range(3)))
    kept = tuple(Kept(f"t{at}", "op", *each) for at, each in enumerate(tensors))
    return report._replace(schedule=Schedule(kept, (0, 1, 1, 2)))


def test_a_file_is_run_with_its_own_tensors() -> None:
    """In sixteens 100 and 112 bytes are alike, and the last of them is placed first; 10 take 16."""
    made = plan(scheduled((100, 0, 1), (112, 1, 2), (10, 2, 3)))

    assert made.is_own
    assert made.live == (100, 212, 122, 10)
    assert made.offsets == (112, 0, 112)
    assert (made.peak, made.arena) == (212, 224)
    assert made.at_peak == "in 2, step 2: t1 112 + t0 100"
    assert made.at_end == "t0 100 behind 112"


def test_its_layers_have_what_is_alive_while_their_operations_run() -> None:
    report = measured(scheduled((100, 0, 1), (112, 1, 2), (10, 2, 3)), ["peak_memory", "arena"])

    assert [layer.more["peak_memory"] for layer in report.layers] == [100, 212, 10]
    assert [layer.more["arena"] for layer in report.layers] == [224, 224, 128]


@pytest.mark.parametrize("setting", [INT8, FP32.with_word("order", "best")])
def test_under_a_setting_of_its_own_it_is_planned_by_its_layers(setting: Setting) -> None:
    report = scheduled((100, 0, 1)).under(setting)

    assert not report.is_run_as_is
    assert not plan(report).is_own


def test_its_buffers_may_lie_further_apart() -> None:
    report = scheduled((100, 0, 1), (10, 1, 2)).under(FP32.with_word("align", "64"))

    assert plan(report).offsets == (0, 128)
