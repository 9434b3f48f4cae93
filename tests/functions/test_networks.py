"""Functions about networks: each takes whatever names one, and finds what its command does."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import convcost
from convcost import (
    Budget,
    Builder,
    Replacement,
    Selection,
    check,
    diff,
    evaluate,
    fit,
    load,
    memory,
    prune,
    reach,
    reconcile,
    rewrite,
    roofline,
    suggest,
    training,
)
from convcost.cli.run import run
from convcost.errors import UsageError
from convcost.functions.given import setting_of
from convcost.shown import Shown
from convcost.sources.devices import find_device

TEXT = "input: 3x8x8\nlayers: [{kind: standard, m: 4, k: 3}, {kind: pointwise, m: 8}]\n"


@pytest.mark.parametrize(
    "source",
    ["mobilenet_v1", TEXT, {"input": (3, 8, 8), "layers": [{"kind": "pointwise", "m": 4}]}],
    ids=type,
)
def test_whatever_names_a_network_is_evaluated(source: Any) -> None:
    assert evaluate(source) == evaluate(load(source))


def test_what_is_evaluated_is_as_load_has_it() -> None:
    assert evaluate("mobilenet_v1", {"alpha": 0.5}, input="3x96x96") == evaluate(
        load("mobilenet_v1", {"alpha": 0.5}, "3x96x96")
    )
    built = Builder("net", (3, 8, 8))
    built.add("pointwise", {"m": 4})
    assert evaluate(built).params == 12


def test_a_report_is_measured_anew_under_something_else() -> None:
    report = evaluate("mobilenet_v1")
    assert evaluate(report) == report
    small = evaluate(report, metrics=["weight_bytes"], dtype="int8")
    assert small.figure("weight_bytes") == report.params
    assert evaluate(small, metrics=["weight_bytes"]).setting == small.setting
    assert evaluate("resnet50", convention="fvcore").macs == 4111512576
    misspelt: Any = {"dtpye": "int8"}
    with pytest.raises(UsageError, match='unknown key "dtpye"'):
        setting_of(misspelt, report.setting)
    with pytest.raises(UsageError, match="a report is no network"):
        rewrite(report, "standard=depthwise-separable")


def document(line: str, capsys: pytest.CaptureFixture[str]) -> Any:
    run([*line.split(), "--format", "json"])
    return json.loads(capsys.readouterr().out)


SAME: dict[str, Callable[[], Shown]] = {
    "eval resnet18 --metrics peak_memory --dtype int8 --batch 2": lambda: evaluate(
        "resnet18", metrics=["peak_memory"], dtype="int8", batch=2
    ),
    "diff mobilenet_v1 mobilenet_v2 --metrics weight_bytes": lambda: diff(
        "mobilenet_v1", "mobilenet_v2", metrics=["weight_bytes"]
    ),
    "rewrite vgg16 --replace standard=depthwise-separable --first": lambda: rewrite(
        "vgg16", "standard=depthwise-separable", first=True
    ),
    "rewrite vgg16 --replace standard=group[groups=4] --only stage3* --where m>9": lambda: rewrite(
        "vgg16", "standard=group[groups=4]", only=["stage3*"], where="m>9"
    ),
    "rewrite vgg16 --prune stage3*=0.5": lambda: prune("vgg16", {"stage3*": 0.5}),
    "suggest vgg16 --max-macs 5G": lambda: suggest("vgg16", {"macs": "5G"}),
    "reconcile resnet50 --number 4.12G": lambda: reconcile("resnet50", number="4.12G"),
    "reconcile resnet50 --explain fvcore": lambda: reconcile("resnet50", explain="fvcore"),
    "memory mobilenet_v2 --dtype int8 --in-place depthwise": lambda: memory(
        "mobilenet_v2", dtype="int8", in_place="depthwise"
    ),
    "memory mobilenet_v2 --patches 3x3 --until stage3[0].project": lambda: memory(
        "mobilenet_v2", patches=(3, 3), until="stage3[0].project"
    ),
    "reach vgg16 --at stage5.conv[2]": lambda: reach("vgg16", "stage5.conv[2]"),
    "fit mlperf_tiny_vww --device stm32f746 --dtype int8": lambda: fit(
        "mlperf_tiny_vww", "stm32f746", dtype="int8"
    ),
    "roofline resnet50 --device t4 --dtype fp16 --batch 8": lambda: roofline(
        "resnet50", find_device("t4"), dtype="fp16", batch=8
    ),
    "training resnet50 --batch 32 --optimizer adamw --master-weights": lambda: training(
        "resnet50", batch=32, optimizer="adamw", master_weights=True
    ),
    "explain depthwise-separable --in 3 --out 4 -k 3": lambda: convcost.explain(
        "depthwise-separable", 3, 4, 3
    ),
    "zoo --search keyword": lambda: convcost.zoo("keyword"),
    "kinds": convcost.all_kinds,
}


@pytest.mark.parametrize("line", SAME)
def test_a_function_finds_out_what_its_command_does(
    line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found: Shown = SAME[line]()
    assert json.loads(json.dumps(found.to_dict())) == document(line, capsys)
    assert found._repr_html_()
    assert found.records()


def test_limits_are_budgets_or_amounts() -> None:
    limits: dict[str, int | str] = {"params": "4.3M", "macs": 500_000_000}
    wanted = check("mobilenet_v1", limits)
    assert [each.passed for each in wanted] == [True, False]
    assert "over budget" in wanted._repr_html_()
    assert [record["metric"] for record in wanted.records()] == ["params", "macs"]
    assert len(repr(wanted[0])) < 200
    assert check("mobilenet_v1", [Budget("params", 4_300_000)]) == wanted[:1]
    with pytest.raises(UsageError, match="mcas"):
        check("mobilenet_v1", {"mcas": 1})


def test_growth_is_seen_from_totals_before() -> None:
    before = {"params": 4_000_000, "macs": 1, "activations": 1}
    (found,) = check("mobilenet_v1", {"params_growth": "2%"}, before)
    assert (found.passed, found.limit) == (False, 4_080_000)


def test_replacements_and_selections_are_values_too() -> None:
    by_value = rewrite(
        "vgg16", Replacement("standard", "depthwise-separable"), selection=Selection(first=True)
    )
    assert by_value == rewrite("vgg16", "standard=depthwise-separable", first=True)
    assert prune("vgg16", {"stage3*": Fraction(1, 2)}) == prune("vgg16", {"stage3*": 0.5})


def test_a_saved_report_and_a_file_in_git_are_sides_of_a_diff(tmp_path: Path) -> None:
    saved = tmp_path / "base.json"
    saved.write_text(json.dumps(evaluate(TEXT).to_dict()))
    assert diff(str(saved), TEXT).delta("macs") == 0
