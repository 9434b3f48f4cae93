"""A report counted by a convention."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from convcost.conventions import CONVENTIONS, DEFAULT, Convention, apply, find
from convcost.conventions.base import stages_with_traits
from convcost.conventions.classes import CLASSES, PARAM_CLASSES, TRAITS, is_key
from convcost.cost import Report, evaluate
from convcost.errors import UsageError
from convcost.kinds import REGISTRY
from convcost.network import Builder
from tests.strategies import built, layers


def one_layer(kind: str, shape: tuple[int, ...] = (16, 8, 8), **fields: object) -> Report:
    """A network of one layer."""
    builder = Builder("one", shape)
    builder.add(kind, fields)
    return evaluate(builder.network())


def weighing(**weights: int | Fraction) -> Convention:
    """A convention of these weights; `max_pool_in` is the class `max-pool in`."""
    return Convention("ours", "", {name.replace("_", "-"): each for name, each in weights.items()})


@pytest.mark.parametrize(
    ("kind", "fields", "traits"),
    [
        ("standard", {"m": 4, "k": 3, "act": "relu"}, [(), ()]),
        # What comes behind a convolution that is called as a function is a layer all the same.
        ("standard", {"m": 4, "k": 3, "act": "relu", "called": "function"}, [("functional",), ()]),
        ("max-pool", {"k": 2, "called": "method"}, [("method",)]),
    ],
)
def test_how_a_layer_is_called_is_known_of_what_multiplies(
    kind: str, fields: dict[str, Any], traits: list[tuple[str, ...]]
) -> None:
    (layer,) = one_layer(kind, **fields).layers
    assert [each for _, each in stages_with_traits(layer)] == traits


def test_attention_as_a_layer_is_fused() -> None:
    builder = Builder("one", (2, 5, 4))
    builder.add("attention", {}, inputs=(-1, -1, -1))
    (layer,) = evaluate(builder.network()).layers
    found = [each for _, each in stages_with_traits(layer)]
    assert found == [("fused",)] * len(layer.stages)


def test_a_weight_is_counted_for_each_of_a_class() -> None:
    report = one_layer("standard", m=32, k=3, bias=True, norm="batch", act="relu")
    convention = Convention("ours", "", {"conv": 1, "bias": 1, "batch-norm": 4, "relu": 2})
    counted = apply(report, convention)
    assert counted.macs == 32 * 16 * 9 * 64 + 32 * 64 + 4 * 32 * 64 + 2 * 32 * 64
    assert counted.convention == "ours"
    assert [str(stage.macs) for stage in counted.layers[0].stages] == [
        "m·n·kh·kw·Hout·Wout + m·H·W = 32 × 16 × 3 × 3 × 8 × 8 + 32 × 8 × 8",
        "4·C·H·W = 4 × 32 × 8 × 8",
        "2·C·H·W = 2 × 32 × 8 × 8",
    ]


def test_a_report_says_what_it_is_counted_by() -> None:
    report = one_layer("standard", m=32, k=3)
    assert report.convention == "papers"
    assert apply(report, CONVENTIONS["fvcore"]).convention == "fvcore"


def test_a_report_that_hides_its_ops_is_not_counted_as_nothing() -> None:
    report = one_layer("standard", m=32, k=3)
    saved = report._replace(layers=tuple(each._replace(stages=()) for each in report.layers))
    with pytest.raises(UsageError, match="does not tell what is inside its layers"):
        apply(saved, CONVENTIONS["fvcore"])


def test_a_layer_keeps_its_work_by_class() -> None:
    layer = one_layer("standard", m=32, k=3, bias=True, norm="batch", act="relu").layers[0]
    assert {name: int(count) for name, count in layer.work.items()} == {
        "conv": 32 * 16 * 9 * 64,
        "bias": 32 * 64,
        "batch-norm": 32 * 64,
        "relu": 32 * 64,
    }
    counted = apply(one_layer("max-pool", k=2), CONVENTIONS["ptflops"]).layers[0]
    assert {name: str(count) for name, count in counted.work.items()} == {
        "max-pool in": "C·H·W = 16 × 8 × 8",
        "max-pool out": "C·H·W = 16 × 4 × 4",
    }


def test_work_of_one_class_in_several_ops_of_a_layer_is_added() -> None:
    layer = one_layer("depthwise-separable", m=32, k=3).layers[0]
    assert {name: int(count) for name, count in layer.work.items()} == {
        "conv": 16 * 9 * 64 + 16 * 32 * 64
    }


def test_a_trait_goes_before_its_class_and_before_the_trait_alone() -> None:
    weights = {"relu": 5, "relu functional": 3, "functional": 2, "max-pool in": 7}
    convention = Convention("ours", "", weights)
    assert convention.weight("relu") == 5
    assert convention.weight("relu", ("functional",)) == 3
    assert convention.weight("max-pool in", ("functional", "2d")) == 2
    assert convention.weight("max-pool in", ("2d",)) == 7
    assert convention.weight("max-pool out", ("2d",)) == 0


@pytest.mark.parametrize(
    ("kind", "shape", "fields"),
    [
        ("standard", (16, 8, 8), {"m": 16, "k": 3, "act": "relu"}),
        ("max-pool", (16, 8, 8), {"k": 2}),
        ("adaptive-avg-pool", (16, 8, 8), {"out": 2}),
        ("upsample", (16, 8, 8), {"scale": 2}),
        ("resize", (16, 8, 8), {"out": 5}),
        ("relu", (16,), {}),
    ],
)
def test_functional_changes_no_cost_but_what_a_tool_sees(
    kind: str, shape: tuple[int, ...], fields: dict[str, object]
) -> None:
    layer, call = (
        one_layer(kind, shape, **fields),
        one_layer(kind, shape, **fields, functional=True),
    )
    assert (layer.params, layer.macs, layer.layers[0].work) == (
        call.params,
        call.macs,
        call.layers[0].work,
    )
    ptflops = CONVENTIONS["ptflops"]
    assert apply(call, ptflops).macs < apply(layer, ptflops).macs


def test_an_embedding_costs_its_table_where_parameters_are_counted() -> None:
    builder = Builder("one", (50, 16))
    builder.add("gather", {"op": "embedding", "shape": (7, 16)})
    report = evaluate(builder.network())
    assert report.macs == 0
    assert {name: apply(report, find(name)).macs for name in ("torchinfo", "thop", "fvcore")} == {
        "torchinfo": 50 * 16,
        "thop": 0,
        "fvcore": 0,
    }


def test_a_fraction_of_an_operation_is_rounded_up_in_each_op() -> None:
    report = one_layer("relu", (3, 3, 3))
    counted = apply(report, weighing(relu=Fraction(1, 2)))
    assert counted.macs == counted.layers[0].macs == 14
    assert counted.layers[0].stages[0].macs.formula == "(1/2 of C·H·W)"
    assert apply(report, weighing(relu=Fraction(4, 2))).macs == 54


def test_parameters_may_be_left_out() -> None:
    report = one_layer("standard", m=32, k=3, norm="group")
    assert report.params == 32 * 16 * 9 + 64
    assert apply(report, CONVENTIONS["thop"]).params == 32 * 16 * 9


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """A network of one layer of any kind."""
    kind = draw(st.sampled_from(list(REGISTRY.values())))
    shapes, fields = draw(layers(kind))
    return built(kind, shapes, fields)[0]


@given(reports())
@settings(max_examples=200)
def test_the_default_counts_what_a_report_counts(report: Report) -> None:
    assert apply(report, DEFAULT) == report


@given(
    reports(),
    st.sampled_from(list(CONVENTIONS.values())),
    st.sampled_from(list(CONVENTIONS.values())),
)
@settings(max_examples=200)
def test_rows_add_up_and_only_the_last_convention_counts(
    report: Report, first: Convention, last: Convention
) -> None:
    counted = apply(report, last)
    assert counted.macs == sum(layer.macs for layer in counted.layers)
    assert counted.params == sum(layer.params for layer in counted.layers)
    for layer in counted.layers:
        assert layer.macs == sum(int(stage.macs) for stage in layer.stages)
        assert layer.params == sum(int(stage.params) for stage in layer.stages)
    assert apply(apply(report, first), last) == counted
    assert counted.activations == report.activations


def test_an_operation_of_an_imported_network_cannot_pass_for_another_class() -> None:
    report = one_layer("elementwise", op="conv")
    assert apply(report, DEFAULT).macs == 0


@pytest.mark.parametrize("convention", CONVENTIONS.values(), ids=CONVENTIONS)
def test_a_convention_that_ships_names_only_what_there_is(convention: Convention) -> None:
    assert [key for key in convention.weights if not is_key(key)] == []
    assert [key for key in convention.params if not is_key(key, PARAM_CLASSES)] == []
    assert convention.summary[-1].isalnum()
    assert not convention.mistakes or convention.tool


@given(reports())
@settings(max_examples=200)
def test_every_class_of_work_is_in_the_table(report: Report) -> None:
    assume(report.layers[0].kind not in ("unknown", "elementwise", "reduce"))  # they name their own
    for stage in report.layers[0].stages:
        found = {*stage.work, *stage.op.other_tools_counts(*stage.ins)}
        assert found <= set(CLASSES)
        assert set(stage.op.traits()) <= set(TRAITS)
        assert not stage.params or stage.op.work_class in PARAM_CLASSES


def test_find() -> None:
    assert find("thop") is CONVENTIONS["thop"]
    with pytest.raises(UsageError, match='no convention "fvcor"') as caught:
        find("fvcor")
    assert caught.value.problems[0].hint == 'did you mean "fvcore"?'
