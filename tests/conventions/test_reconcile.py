"""One network by many conventions."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost.conventions import CONVENTIONS, Convention
from convcost.conventions.reconcile import Part, explain, reconcile
from convcost.cost import Report, evaluate
from convcost.network import Builder
from convcost.sources import load
from tests.conventions.test_base import reports

SPECS = Path(__file__).parents[2] / "specs"


@pytest.fixture(scope="module")
def resnet50() -> Report:
    return evaluate(load(SPECS / "resnet50.yaml"))


def test_one_network_and_what_the_tools_make_of_it(resnet50: Report) -> None:
    rows = {row.convention.name: row for row in reconcile(resnet50)}
    assert list(rows) == list(CONVENTIONS)
    assert rows["papers"].difference == 0
    assert rows["torch"].printed == 2 * rows["torch"].report.macs == 8_178_368_512
    assert rows["fvcore"].report.macs == 4_111_512_576
    assert rows["fvcore"].parts == (
        Part("norm", 22_227_968),
        Part("adaptive pooling", 100_352),
    )
    assert rows["torchinfo"].parts == (Part("norm", 53_120), Part("bias", 1_000))


def test_parameters_that_a_tool_leaves_out() -> None:
    builder = Builder("heads", (3, 8, 8))
    builder.add("standard", {"m": 4, "k": 3})
    builder.add("parameter", {"shape": (1000,)})
    (row,) = reconcile(evaluate(builder.network()), [CONVENTIONS["thop"]])
    assert (row.report.params, row.params_difference) == (108, -1000)


@given(reports(), st.sampled_from(list(CONVENTIONS.values())))
@settings(max_examples=200)
def test_everything_adds_up(report: Report, convention: Convention) -> None:
    explanation = explain(report, convention)
    (row,) = reconcile(report, [convention])
    assert explanation.row == row
    assert row.report.macs == report.macs + row.difference
    assert sum(part.amount for part in row.parts) == row.difference
    assert sum(rule.amount for rule in explanation.rules) == row.difference
    assert sum(group.difference for group in explanation.groups) == row.difference
    for group in explanation.groups:
        assert sum(part.amount for part in group.parts) == group.difference


def test_an_explanation_names_rules_and_groups(resnet50: Report) -> None:
    explanation = explain(resnet50, CONVENTIONS["fvcore"])
    assert explanation.rules == (
        ("batch-norm", 2, 0, 11_113_984, 22_227_968),
        ("adaptive-avg-pool in", 1, 0, 100_352, 100_352),
    )
    assert [(group.name, group.layers) for group in explanation.groups] == [
        ("conv1", 1),
        ("maxpool", 1),
        ("layer1", 13),
        ("layer2", 17),
        ("layer3", 25),
        ("layer4", 13),
        ("avgpool", 1),
        ("fc", 1),
    ]
    assert explanation.groups[0].parts == (Part("norm", 2 * 64 * 112 * 112),)


def test_what_one_rule_takes_and_another_gives_back_is_no_part() -> None:
    builder = Builder("head", (64,))
    builder.add("linear", {"m": 10, "bias": True})
    (row,) = reconcile(evaluate(builder.network()), [CONVENTIONS["torchinfo"]])
    assert row.parts == (Part("bias", 10),)


def test_the_other_grid_of_a_transposed_convolution() -> None:
    builder = Builder("up", (16, 8, 8))
    builder.add("transposed", {"m": 32, "k": 2, "stride": 2})
    report = evaluate(builder.network())
    (row,) = reconcile(report, [CONVENTIONS["thop"]])
    assert (report.macs, row.report.macs) == (131_072, 524_288)
    assert row.parts == (Part("transposed convolution", 393_216),)
