"""What changed between two networks."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost.causes import Cause, LayerChange, causes
from convcost.cost import LayerCost, Report, evaluate
from convcost.difference import diff
from convcost.errors import UsageError
from convcost.metrics import USUAL, measured
from convcost.network import INPUT, Builder
from convcost.rewriting import Replacement, rewrite
from convcost.setting import FP32, Setting
from convcost.sources import load
from tests.networks import networks


def report(*layers: dict[str, Any], shape: tuple[int, ...] = (3, 32, 32)) -> Report:
    """A chain; a layer without a name is numbered."""
    builder = Builder("net", shape)
    for layer in layers:
        fields = {name: value for name, value in layer.items() if name not in ("name", "kind")}
        builder.add(layer.get("kind", "standard"), fields, name=layer.get("name", ""))
    return evaluate(builder.network())


def conv(m: int, k: int = 3, **other: Any) -> dict[str, Any]:
    return {"m": m, "k": k, **other}


def told(before: Report, after: Report) -> list[tuple[str, str, list[str]]]:
    return [
        (change.sort, change.layer.name, [str(cause) for cause in change.causes])
        for change in diff(before, after).changes
    ]


STEM, BODY, HEAD = conv(16, name="stem"), conv(256, name="body"), conv(10, 1, name="head")


def test_the_same_network_has_not_changed() -> None:
    assert diff(report(STEM, BODY), report(STEM, BODY)).changes == ()


def test_numbers_are_spelled_as_in_code_or_as_in_specs() -> None:
    spec = report(conv(16, name="a[0]"), conv(32, name="a[1].b[0]"), conv(16, name="c"))
    code = report(conv(16, name="a.0"), conv(48, name="a.1.b.0"), conv(16, name="c"))
    assert told(spec, code) == [
        ("changed", "a.1.b.0", ["m 32 -> 48"]),
        ("changed", "c", ["n 32 -> 48"]),
    ]
    both = report(conv(16, name="a[0]"), conv(32, name="a.0"))
    assert told(both, report(conv(32, name="a.0"), shape=(16, 32, 32)))[0][:2] == (
        "removed",
        "a[0]",
    )


def test_a_wider_layer_and_the_one_behind_it() -> None:
    wider = BODY | {"m": 320}
    found = diff(report(STEM, BODY, HEAD), report(STEM, wider, HEAD))
    assert told(found.before, found.after) == [
        ("changed", "body", ["m 256 -> 320"]),
        ("changed", "head", ["n 256 -> 320"]),
    ]
    body, head = found.changes
    assert (body.delta("params"), body.delta("macs")) == (64 * 16 * 9, 64 * 16 * 9 * 1024)
    assert head.delta("params") == 640
    assert found.delta("params") == 64 * 16 * 9 + 640


def test_layers_that_came_and_went() -> None:
    new = conv(16, name="new")
    assert told(report(STEM, HEAD), report(STEM, new, HEAD)) == [("added", "new", [])]
    assert told(report(STEM, new, HEAD), report(STEM, HEAD)) == [("removed", "new", [])]
    (change,) = diff(report(STEM, HEAD), report(STEM, new, HEAD)).changes
    assert change.before is None
    assert change.delta("params") == 16 * 16 * 9
    assert change.delta("activations") == 16 * 32 * 32


def test_what_was_removed_stands_before_what_followed_it() -> None:
    layers = [conv(16, name=name) for name in "abcd"]
    found = told(report(*layers), report(*(layers[place] | {"k": 5} for place in (0, 2, 3))))
    assert [(sort, name) for sort, name, _ in found] == [
        ("changed", "a"),
        ("removed", "b"),
        ("changed", "c"),
        ("changed", "d"),
    ]
    found = told(report(*layers), report(layers[0]))
    assert [(sort, name) for sort, name, _ in found] == [("removed", name) for name in "bcd"]


def test_layers_without_names_that_move_up_are_told_by_their_structure() -> None:
    """By their numbers, 2 to 4 would have changed and 5 would be new."""
    rest = [conv(32), conv(64), conv(128)]
    before = report(conv(16), *rest)
    after = report(conv(16), conv(16, 1), *rest)
    assert told(before, after) == [("added", "2", [])]
    assert told(after, before) == [("removed", "2", [])]


def test_layers_without_names_that_change_in_place_keep_their_numbers() -> None:
    before = report(conv(16), conv(16, 5), conv(16))
    after = report(conv(16), conv(16), conv(16))
    assert told(before, after) == [("changed", "2", ["k 5x5 -> 3x3"])]


def test_another_name_alone_is_no_change() -> None:
    renamed = [each | {"name": f"{each['name']}2"} for each in (STEM, BODY, HEAD)]
    found = diff(report(STEM, BODY, HEAD), report(*renamed))
    assert found.changes == ()
    assert found.pairs == ((0, 0), (1, 1), (2, 2))


def test_a_layer_that_moved_and_kept_its_name_is_the_same_layer() -> None:
    one, two = conv(3, name="one"), conv(3, 5, name="two")
    assert diff(report(one, two), report(two, one)).changes == ()


def test_names_win_where_structure_tells_no_more() -> None:
    before = report(conv(3, name="a"), conv(3, 5, name="b"))
    after = report(conv(3, 5, name="a"), conv(3, name="b"))
    assert [(change.sort, change.layer.name) for change in diff(before, after).changes] == [
        ("changed", "a"),
        ("changed", "b"),
    ]


def test_a_rewritten_network() -> None:
    made = rewrite(load("vgg16"), Replacement("standard", "depthwise-separable"))
    found = diff(made.cost_before, made.cost_after)
    assert {str(cause) for change in found.changes for cause in change.causes} == {
        "kind standard -> depthwise-separable"
    }
    assert len(found.changes) == len(made.replaced) == 12
    assert found.delta("params") == 125_320_232 - 138_357_544


def test_networks_counted_by_different_rules_are_not_compared() -> None:
    one = report(STEM)
    with pytest.raises(UsageError, match="different rules, papers and thop"):
        diff(one, one._replace(convention="thop"))


def test_figures_under_different_settings_are_not_compared() -> None:
    as_is, quantized = (
        measured(report(STEM).under(each), ["weight_bytes"]) for each in (FP32, Setting("int8"))
    )
    assert diff(as_is, as_is).changes == ()
    with pytest.raises(UsageError, match="under different settings, fp32 and weights=int8"):
        diff(as_is, quantized)


def without_ops(each: Report) -> Report:
    """As it is read back from a saved report."""
    return each._replace(layers=tuple(layer._replace(stages=()) for layer in each.layers))


def test_a_saved_report_knows_shapes_and_costs_but_no_ops() -> None:
    before = without_ops(report(STEM, BODY))
    assert diff(before, report(STEM, BODY)).changes == ()
    assert told(before, report(STEM, BODY | {"act": "relu"})) == []
    assert told(before, report(STEM, BODY | {"k": 5})) == [("changed", "body", [])]
    assert told(before, report(STEM, BODY | {"k": 5, "m": 8})) == [
        ("changed", "body", ["m 256 -> 8"])
    ]


def test_beyond_many_layers_names_alone_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["convcost.difference"], "MOST_COMPARED", 3)
    before, after = report(conv(16), conv(32)), report(conv(16, 1), conv(16), conv(32))
    assert [sort for sort, *_ in told(before, after)] == ["changed", "changed", "added"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"k": 3}, {"k": 5}, ["k 3x3 -> 5x5"]),
        ({"stride": 1}, {"stride": 2}, ["stride 1x1 -> 2x2"]),
        ({"dilation": 1}, {"dilation": (1, 2)}, ["dilation 1x1 -> 1x2"]),
        ({"groups": 1}, {"groups": 4}, ["groups 1 -> 4"]),
        ({"groups": 1}, {"groups": 16}, ["groups 1 -> depthwise"]),
        ({"bias": False}, {"bias": True}, ["bias no -> yes"]),
        ({"norm": "batch"}, {"norm": "none"}, ["norm batch -> none"]),
        ({"act": "relu"}, {"act": "gelu"}, ["act relu -> gelu"]),
        ({"padding": 1}, {"padding": 0}, ["output 8x8x8 -> 6x6x6"]),
        ({"kind": "group", "groups": 2}, {"groups": 2}, ["kind group -> standard"]),
        ({"kind": "group", "groups": 2}, {}, ["kind group -> standard", "groups 2 -> 1"]),
        ({}, {"kind": "low-rank"}, ["kind standard -> low-rank"]),
        ({"kind": "low-rank", "rank": 2}, {"kind": "low-rank"}, ["between 2 -> 4"]),
        (
            {"kind": "low-rank"},
            {"kind": "low-rank", "norm": "batch", "act": "relu"},
            ["between 4 -> 4+batch+relu", "norm none -> batch", "act none -> relu"],
        ),
        ({"kind": "low-rank", "m": 8}, {"kind": "low-rank"}, ["m 8 -> 16"]),
        (
            {"norm": "batch"},
            {"kind": "low-rank", "bias": True},
            ["kind standard -> low-rank", "bias no -> yes", "norm batch -> none"],
        ),
    ],
)
def test_causes(before: dict[str, Any], after: dict[str, Any], expected: list[str]) -> None:
    defaults = {"m": 16, "k": 3}
    found = told(
        report(defaults | before, shape=(16, 8, 8)), report(defaults | after, shape=(16, 8, 8))
    )
    if expected[0].startswith("output"):
        expected = ["output 16x8x8 -> 16x6x6"]
    assert found == [("changed", "1", expected)]


def joint(channels: int, act: str = "none") -> LayerCost:
    builder = Builder("net", (8, 4, 4))
    side = builder.add("pointwise", {"m": channels}, name="side", inputs=(INPUT,))
    builder.add("concat", {"act": act}, name="both", inputs=(INPUT, side))
    return evaluate(builder.network()).layers[1]


def test_causes_of_a_joint() -> None:
    assert causes(joint(4), joint(6)) == (
        Cause("inputs", "8x4x4 + 4x4x4", "8x4x4 + 6x4x4"),
        Cause("m", "12", "14"),
    )
    assert causes(joint(4), joint(4, "relu")) == (Cause("act", "none", "relu"),)


def test_an_input_of_another_size_or_of_another_number_of_dims() -> None:
    layer = {"kind": "linear", "m": 10}
    (image, bigger, vector) = (
        report(layer, shape=shape).layers[0] for shape in [(3, 4, 4), (3, 8, 8), (3,)]
    )
    assert [str(cause) for cause in causes(image, bigger)] == ["input 4x4 -> 8x8"]
    assert [str(cause) for cause in causes(image, vector)] == ["input 3x4x4 -> 3"]


def test_what_cannot_be_named_is_a_change_without_causes() -> None:
    taps = [{"kind": "channel-wise", "m": 16, "dc": dc} for dc in (4, 8)]
    ((sort, _, reasons),) = told(*(report(layer, shape=(16, 8, 8)) for layer in taps))
    assert (sort, reasons) == ("changed", [])


@settings(max_examples=60)
@given(networks(), networks(), st.booleans())
def test_it_reads_the_same_from_both_sides_and_adds_up(one: Any, other: Any, saved: bool) -> None:
    before, after = evaluate(one), evaluate(other)
    if saved:
        before = without_ops(before)
    found = diff(before, after)
    assert diff(after, before) == found.reversed
    assert found.reversed.reversed == found
    for metric in USUAL:
        assert sum(change.delta(metric) for change in found.changes) == found.delta(metric)
    for side, layers in ((0, before.layers), (1, after.layers)):
        places = {pair[side] for pair in found.pairs} - {None}
        assert places == set(range(len(layers)))
    assert diff(before, before).changes == ()


@settings(max_examples=40)
@given(networks(), st.data())
def test_it_reads_the_same_from_both_sides_after_a_rewrite(
    network: Any, data: st.DataObject
) -> None:
    kind = data.draw(st.sampled_from([layer.kind for layer in network.layers][:-1]))
    if kind == "add":
        kind = "standard"
    made = rewrite(network, Replacement(kind, "low-rank"))
    found = diff(made.cost_before, made.cost_after)
    assert diff(made.cost_after, made.cost_before) == found.reversed
    assert {change.sort for change in found.changes} <= {"changed"}


def test_a_change_has_a_side() -> None:
    layer = report(STEM).layers[0]
    assert LayerChange(None, layer).layer is LayerChange(layer, None).layer is layer


def test_bits_and_densities_are_told_apart() -> None:
    def of(**words: Any) -> Report:
        built = Builder("net", (4, 8, 8))
        built.add("pointwise", {"m": 4, **words}, name="a")
        return evaluate(built.network())

    plain, both = of(), of(bits={"weights": 1}, density={"weights": 0.25, "structured": 0.5})
    (change,) = diff(plain, both).changes
    assert [str(cause) for cause in change.causes] == [
        "bits dtype x dtype -> 1 x dtype",
        "density 1 -> 0.25, structured 0.5",
    ]
    assert diff(both, plain) == diff(plain, both).reversed
    assert not diff(plain, of(density=1)).changes
