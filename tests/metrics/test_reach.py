"""Receptive fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from convcost.cost import Report, evaluate
from convcost.errors import LayerError, UsageError
from convcost.metrics import METRICS, measured
from convcost.metrics.flow import Flow, flow_of
from convcost.metrics.motion import ALL, Move, motion
from convcost.metrics.reach import reach, window
from convcost.metrics.sight import Sight, of_layers, sights
from convcost.metrics.widening import terms, widening
from convcost.metrics.windows import Sample
from convcost.network import Builder
from convcost.ops.base import Op, Shape
from convcost.ops.conv import SAME_TF, Conv, TransposedConv
from convcost.ops.pooling import Pool, Upsample
from convcost.ops.structure import Crop, Slice
from convcost.ops.tensors import ZeroPad
from convcost.sources import SpecFile, read
from convcost.sources.zoo import shipped
from tests.random_networks import random_network

Layers = list[tuple[str, dict[str, Any]]]


def of(name: str) -> Report:
    return evaluate(read(SpecFile(shipped()[name])).network)


def chain(*layers: tuple[str, dict[str, Any]], shape: Shape = (3, 32, 32)) -> Report:
    built = Builder("chain", shape)
    for kind, fields in layers:
        built.add(kind, fields)
    return evaluate(built.network())


def last(report: Report) -> Sight:
    return of_layers(report)[-1]


@pytest.mark.parametrize(
    ("name", "layer", "size", "stride", "padding"),
    [
        ("vgg16", "", 212, 32, 90),
        ("alexnet_torchvision", "", 195, 32, 66),
        ("inception_v3", "", 1311, 32, 618),
        ("mobilenet_v1", "", 315, 32, 157),
        ("resnet50", "layer3", 267, 16, 133),
        ("resnet50", "", 427, 32, 213),
        ("resnet18", "", 435, 32, 217),
        ("mobilenet_v2", "", 491, 32, 245),
    ],
)
def test_networks_of_the_literature(
    name: str, layer: str, size: int, stride: int, padding: int
) -> None:
    report = of(name)
    found = of_layers(report)
    at = max(index for index, each in enumerate(report.layers) if each.name.startswith(layer))
    for axis in found[at].axes:
        assert axis.at(0) == (-padding, size - 1 - padding)
        assert axis.stride == stride
        assert (axis.size, axis.aligned, axis.whole) == (size, True, layer == "")


def test_padding_of_tensorflow_depends_on_the_size() -> None:
    # MobileNet v1 at 224 with SAME: 126 in front, where ours has 157
    strides = [2, 1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1]
    layers: Layers = [
        ("standard", {"m": 3, "k": 3, "stride": s, "padding": "same-tf"}) for s in strides
    ]
    (axis, _) = last(chain(*layers, shape=(3, 224, 224))).axes
    assert axis.stride == 32
    assert (axis.size, axis.at(0)) == (315, (-126, 188))
    pool = ("max-pool", {"k": 3, "stride": 2, "padding": "same-tf"})
    assert last(chain(pool, shape=(3, 8, 7))).axes[1].at(0) == (-1, 1)


def test_it_is_a_metric() -> None:
    found = measured(of("resnet50"), ["receptive_field"])
    assert found.more == {"receptive_field": 427}
    assert found.layers[0].more == {"receptive_field": 7}
    assert found.status == {}


def test_an_output_of_mobilenet_v2_and_the_rows_that_it_sees() -> None:
    report = evaluate(read(SpecFile(shipped()["mobilenet_v2"]), {"size": 1024}).network)
    flow = flow_of(report)
    at = next(index for index, each in enumerate(report.layers) if "pool" in each.kind) - 1
    rows, columns = window(flow, flow.outs[at], (16, 0))
    assert tuple(rows) == (267, 757, 1024)
    assert (columns.first, columns.last) == (0, 245)


def test_what_one_output_sees() -> None:
    report = chain(("standard", {"m": 2, "k": 3, "stride": 2}), ("linear", {"m": 2}))
    found = reach(report, "1", (0, 3))
    assert (found.at, found.position) == ("1", (0, 3))
    assert [tuple(span) for span in found.spans] == [(0, 1, 32), (5, 7, 32)]
    assert reach(report, "1").position == (8, 8)
    assert reach(report, "2").spans[0].last == 31
    assert reach(report).spans == ()


@pytest.mark.parametrize(
    ("at", "position", "message"),
    [
        ("3", None, 'there is no layer "3"'),
        ("1", (0, 16), "1 has no position 0,16: its output is 2x16x16"),
        ("1", (), "1 has no position without numbers"),
        ("2", (1,), "a vector has one position"),
    ],
)
def test_outputs_that_are_not_there(
    at: str, position: tuple[int, ...] | None, message: str
) -> None:
    report = chain(("standard", {"m": 2, "k": 3, "stride": 2}), ("linear", {"m": 2}))
    with pytest.raises(UsageError, match=message):
        reach(report, at, position)


def test_there_are_positions_that_nobody_goes_through() -> None:
    huge = 10**9
    rows = {"m": 1, "k": (huge + 1,), "padding": huge // 2}
    report = chain(("standard", rows), ("transposed", {"m": 1, "k": 3}), shape=(1, huge))
    assert reach(report).sights[-1].size == huge + 3
    with pytest.raises(UsageError, match="more than 100,000 positions along an axis"):
        reach(report, "2", (5,))
    wide = chain(("standard", rows | {"padding": huge - 1}), shape=(1, 5))
    assert [tuple(span) for span in reach(wide, "1", (huge,)).spans] == [(1, 4, 5)]


def gated() -> Report:
    built = Builder("gated", (3, 16, 16))
    near = built.add("standard", {"m": 4, "k": 3})
    built.add("global-avg-pool", {})
    gate = built.add("pointwise", {"m": 4, "act": "sigmoid"})
    built.add("multiply", {}, inputs=(near, gate))
    return evaluate(built.network())


def test_a_gate_sees_all_and_hides_nothing() -> None:
    near, pooled, gate, end = of_layers(gated())
    assert [axis.whole for axis in pooled.axes + gate.axes] == [True] * 4
    assert (end.size, end.gated, near.gated) == (3, True, False)
    flow = flow_of(gated())
    rows, _ = window(flow, flow.outs[-1], (5, 0))
    assert (rows.first, rows.last) == (4, 6)
    rows, _ = window(flow, flow.outs[1], (0, 0))
    assert (rows.first, rows.last) == (0, 15)


@pytest.mark.parametrize("norm", ["instance-norm", "layer-norm", "group-norm"])
def test_norms_that_look_at_all_of_it_are_gates(norm: str) -> None:
    assert last(chain(("standard", {"m": 4, "k": 3}), (norm, {}))).gated
    assert not last(chain(("standard", {"m": 4, "k": 3, "norm": "batch"}))).gated
    assert last(chain(("last-norm", {}))).gated


def test_a_vector_sees_all_once_it_is_mixed() -> None:
    conv = ("standard", {"m": 4, "k": 3})
    flat = last(chain(conv, ("flatten", {})))
    assert (flat.dims, [axis.whole for axis in flat.axes]) == (((0, 1),), [False, False])
    assert all(axis.whole for axis in last(chain(conv, ("linear", {"m": 2}))).axes)


def test_a_flat_input_has_no_axes() -> None:
    sight = last(chain(("linear", {"m": 2}), shape=(8,)))
    assert (sight.axes, sight.size) == ((), 0)


def test_what_depends_on_nothing_sees_nothing() -> None:
    built = Builder("constant", (3, 8, 8))
    built.add("standard", {"m": 4, "k": 3})
    tensor = built.add("parameter", {"shape": "4x8x8"})
    built.add("add", {}, inputs=(0, tensor))
    found = of_layers(evaluate(built.network()))
    assert (found[1].axes, found[2].size) == ((), 3)


def test_layers_that_stand_alone_see_their_own_input() -> None:
    built = Builder("list")
    built.add("standard", {"n": 3, "m": 4, "k": 5, "size": (9, 9)})
    built.add("standard", {"n": 3, "m": 4, "k": 3, "size": (9, 9)})
    assert [sight.size for sight in of_layers(evaluate(built.network()))] == [5, 3]


def test_attention_sees_all() -> None:
    built = Builder("attention", (8, 4, 4))
    built.add("standard", {"m": 8, "k": 3})
    built.add("reshape", {"shape": "8x16"})
    built.add("permute", {"order": [1, 0]})
    built.add("last-norm", {})
    tokens = built.add("projection", {"m": 8})
    heads = built.add("reshape", {"shape": "1x16x8"})
    end = built.add("attention", {}, inputs=(heads, heads, heads))
    found = of_layers(evaluate(built.network()))
    assert (found[tokens].dims, found[tokens].size) == (((0, 1), ()), 3)
    assert not found[tokens].axes[0].whole
    assert all(axis.whole for axis in found[end].axes)
    assert not any(sight.gated for sight in found)


def test_positions_that_are_cut_up_or_moved_cannot_be_followed() -> None:
    cut = last(chain(("standard", {"m": 2, "k": 3}), ("reshape", {"shape": "2x16x2x32"})))
    assert [axis.is_lost for axis in cut.axes] == [True, False]
    assert cut.doubt.state == "about"
    flat: Layers = [("reshape", {"shape": "3x1024"}), ("standard", {"m": 2, "k": 3})]
    assert all(axis.is_lost for axis in last(chain(*flat)).axes)
    rolled = last(chain(("gather", {"op": "roll", "shape": "3x32x32"})))
    assert (rolled.doubt.state, rolled.doubt.why) == ("about", "roll may move positions")
    picked = last(chain(("gather", {"op": "index", "shape": "3x5"})))
    assert picked.doubt.state == "about"


def test_what_is_not_understood_sees_at_least_that() -> None:
    layers: Layers = [
        ("standard", {"m": 2, "k": 3}),
        ("unknown", {"op": "fft", "shape": "2x32x32"}),
    ]
    found = measured(chain(*layers), ["receptive_field"])
    assert found.figure("receptive_field") == 3
    assert found.status["receptive_field"] == ("at least", "fft is not understood")
    assert "receptive_field" not in found.layers[0].status
    lost: Layers = [
        ("reshape", {"shape": "3x512x2"}),
        ("unknown", {"op": "fft", "shape": "3x512x2"}),
    ]
    assert last(chain(*lost)).doubt.state == "about"


def moves(op: str, ins: Sequence[Shape], **fields: Any) -> tuple[tuple[Move, ...], ...]:
    built = Builder("one", ins[0])
    for shape in ins[1:]:
        built.add("gather", {"op": "x", "shape": "x".join(map(str, shape))}, inputs=(-1,))
    built.add(op, fields, inputs=tuple(range(-1, len(ins) - 1)))
    (stage, *_) = evaluate(built.network()).layers[-1].stages
    return motion(stage.op, stage.ins, stage.out).moves


KEEPS = [Move((dim,)) for dim in range(4)]


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (moves("lstm", [(4, 9)], m=2), [(ALL, ALL)]),
        (moves("lstm", [(4,)], m=2), [(ALL,)]),
        (moves("softmax", [(4, 9)]), [(ALL, KEEPS[1])]),
        (moves("relu", [(4, 9)]), [(KEEPS[0], KEEPS[1])]),
        (moves("channel-wise", [(4, 9, 9)], m=4, dc=3), [(ALL, KEEPS[1], KEEPS[2])]),
        (moves("broadcast", [(4, 1)], shape="2x4x3"), [(KEEPS[1], ALL)]),
        (moves("broadcast", [(4, 3)], shape="2x4x3"), [(KEEPS[1], KEEPS[2])]),
        (moves("reduce", [(4, 5, 6)], dims=[1]), [(KEEPS[0], ALL, KEEPS[1])]),
        (moves("reduce", [(4, 5, 6)], dims=[1], keep=True), [(KEEPS[0], ALL, KEEPS[2])]),
        (moves("permute", [(4, 5, 6)], order=[2, 0, 1]), [(KEEPS[1], KEEPS[2], KEEPS[0])]),
        (moves("reshape", [(4, 1, 6)], shape="4x6"), [(KEEPS[0], ALL, KEEPS[1])]),
        (moves("reshape", [(4, 6)], shape="4x1x6"), [(KEEPS[0], KEEPS[2])]),
        (
            moves("matmul", [(2, 5, 3), (2, 3, 7)]),
            [(KEEPS[0], KEEPS[1], ALL), (KEEPS[0], ALL, KEEPS[2])],
        ),
        (moves("multiply", [(4, 6, 6), (4, 1, 1)]), [tuple(KEEPS[:3]), (KEEPS[0], ALL, ALL)]),
        (moves("global-avg-pool", [(4, 6, 6)]), [(KEEPS[0], ALL, ALL)]),
        (moves("upsample", [(4, 1)], scale=2), [(KEEPS[0], Move((1,), Sample(1, 2)))]),
    ],
)
def test_where_dims_go(found: tuple[tuple[Move, ...], ...], wanted: list[Any]) -> None:
    assert list(found) == wanted


def test_what_makes_weights_or_moves_taps_is_a_gate() -> None:
    built = Builder("dynamic", (4, 8, 8))
    for name, kind, shape, fields in (
        ("weights", "dynamic", "8x4x3x3", {"m": 8, "k": 3}),
        ("weights", "dynamic-transposed", "4x8x3x3", {"m": 8, "k": 3}),
        ("offsets", "deform", "18x8x8", {"m": 8, "k": 3}),
    ):
        made = built.add("gather", {"op": name, "shape": shape}, inputs=(-1,))
        built.add(kind, fields, inputs=(-1, made))
    found = of_layers(evaluate(built.network()))
    assert [(sight.size, sight.gated) for sight in found[1::2]] == [(3, True)] * 3
    assert found[5].doubt.why == "the taps of a deformable convolution may lie anywhere"


# Brute force: every tap of every op, one output position after another.


def reads(op: Op, sizes: Sequence[int], each: int, at: int) -> set[int]:
    """What one output of `op` reads along the axis, of its input number `each`."""
    if isinstance(op, Conv | Pool):
        assert op.padding != SAME_TF
        (step,), (side,) = op.stride, op.kernel
        ((before, _),) = op.padding
        spread = op.dilation[0] if isinstance(op, Conv) else 1
        return {at * step + tap * spread - before for tap in range(side)}
    if isinstance(op, TransposedConv):
        ((before, _),), (side,), (step,), (spread,) = (
            op.padding,
            op.kernel,
            op.stride,
            op.dilation,
        )
        around = range(at - spread * side - 99, at + spread * side + 99)
        taps = [tap * spread - before for tap in range(side)]
        return {source for source in around for tap in taps if source * step + tap == at}
    if isinstance(op, Upsample):
        return {at // op.factor[0]}
    if isinstance(op, Crop):
        return {at + (sizes[each] - op.size[0]) // 2}
    if isinstance(op, ZeroPad):
        return {at - op.pads[0][0]}
    if isinstance(op, Slice) and op.axis:
        return {at * op.step + op.start}
    return {at}


def walked(flow: Flow, tensor: int, at: int, clipped: bool) -> set[int]:
    made = {step.out: step for step in flow.steps}
    if tensor not in made:
        return {at}
    found: set[int] = set()
    for each, source in enumerate(made[tensor].ins):
        stage = made[tensor].stage
        sizes = [shape[1] for shape in stage.ins]
        for place in reads(stage.op, sizes, each, at):
            if not clipped or 0 <= place < sizes[each]:
                found |= walked(flow, source, place, clipped)
    return found


LAYERS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "standard": st.fixed_dictionaries(
        {
            "m": st.just(2),
            "k": st.integers(1, 4),
            "stride": st.integers(1, 3),
            "padding": st.integers(0, 3),
            "dilation": st.integers(1, 2),
        }
    ),
    "max-pool": st.fixed_dictionaries({"k": st.integers(1, 3), "stride": st.integers(1, 3)}),
    "transposed": st.fixed_dictionaries(
        {"m": st.just(2), "k": st.integers(1, 4), "stride": st.integers(1, 3)}
    ),
    "upsample": st.fixed_dictionaries({"scale": st.integers(2, 3)}),
    "pad": st.fixed_dictionaries({"padding": st.integers(1, 2)}),
    "crop": st.fixed_dictionaries({"out": st.integers(5, 9)}),
    "slice": st.fixed_dictionaries(
        {"stop": st.integers(5, 9), "start": st.integers(0, 2), "axis": st.just(1)}
    ),
}


@st.composite
def graphs(draw: st.DrawFn) -> Report:
    """A few layers along one axis, of which some pairs of one size are added or concatenated."""
    built = Builder("drawn", (2, draw(st.integers(8, 14))))
    for _ in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from([*LAYERS]))
        source = draw(st.integers(-1, built.last))
        try:
            built.add(kind, draw(LAYERS[kind]), inputs=(source,))
        except LayerError:
            continue
        pairs: list[tuple[int, ...]] = [
            (one, built.last)
            for one in range(-1, built.last)
            if built.shape(one) == built.shape(built.last)
        ]
        if draw(st.booleans()) and pairs:
            joint = draw(st.sampled_from(["add", "concat"]))
            built.add(joint, {}, inputs=pairs[draw(st.integers(0, len(pairs) - 1))])
            if built.outs[-1][0] != 2:
                built.add("pointwise", {"m": 2})
    if not built.layers or max(shape[1] for shape in built.outs) > 60:
        reject()
    return evaluate(built.network())


@given(graphs(), st.integers(0, 10**6))
def test_windows_are_those_of_a_walk_of_all_taps(report: Report, some: int) -> None:
    flow = flow_of(report)
    tensor = flow.outs[-1]
    at = some % flow.shapes[tensor][1]
    seen = walked(flow, tensor, at, clipped=True)
    found = window(flow, tensor, (at,))
    assert [(each.first, each.last) for each in found] == ([(min(seen), max(seen))] if seen else [])


@given(graphs())
def test_fields_are_those_of_a_walk_without_rims(report: Report) -> None:
    flow = flow_of(report)
    (axis,) = sights(flow)[flow.outs[-1]].axes
    if axis.is_lost:
        return
    for at in range(2 * len(axis.windows) + 1):
        seen = walked(flow, flow.outs[-1], at, clipped=False)
        assert axis.at(at) == ((min(seen), max(seen)) if seen else None)


@given(st.integers(0, 400))
@settings(max_examples=60)
def test_what_layers_add_comes_to_the_whole(seed: int) -> None:
    flow = flow_of(evaluate(random_network(seed)))
    found = sights(flow)
    for tensor in flow.outs:
        if found[tensor].size:
            assert (
                1 + sum(added for _, added in widening(flow, found, tensor)) == found[tensor].size
            )


def test_a_receptive_field_in_terms() -> None:
    built = Builder("net", (1, 64))
    for at in range(8):
        built.add("standard", {"m": 1, "k": 3, "stride": 1 + at % 2}, name=f"c{at}")
    report = measured(evaluate(built.network()), ["receptive_field"])
    said = METRICS["receptive_field"].terms
    assert said
    assert said(report) == (
        "1 + 2 of c0 + 2 of c1 + 4 of c2 + 4 of c3 + 8 of c4 + 8 of c5 + 32 of 2 more"
    )
    assert report.figure("receptive_field") == 1 + 2 * (1 + 1 + 2 + 2 + 4 + 4 + 8 + 8)
    vector = Builder("vector", (3,))
    vector.add("linear", {"m": 2})
    assert terms(evaluate(vector.network())) == ""
    assert terms(evaluate(Builder("empty", (1, 4)).network())) == ""
