"""`convcost reconcile`, and `--convention` on the other commands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.runner import Runner

OURS = "{name: ours, like: papers, weights: {batch-norm: 1}}"


@pytest.fixture
def ours(tmp_path: Path) -> str:
    (tmp_path / "ours.yaml").write_text(OURS, encoding="utf-8")
    return str(tmp_path / "ours.yaml")


def test_one_network_every_tools_number(convcost: Runner) -> None:
    code, out, err = convcost("reconcile", "resnet50")
    assert (code, err) == (0, "")
    lines = {line.split()[0]: line for line in out.splitlines() if line}
    assert lines["fvcore"].split(maxsplit=3)[1:] == [
        *("4,111,512,576", "+22,328,320"),
        "+22,227,968 norm, +100,352 adaptive pooling",
    ]
    assert "torch prints 8,178,368,512 FLOPs: 2 for each multiply-add." in out


def test_a_convention_in_words(convcost: Runner) -> None:
    code, out, err = convcost("reconcile", "resnet50", "--explain", "fvcore")
    assert (code, err) == (0, "")
    assert "fvcore counts 4,111,512,576: 22,328,320 more than papers (4,089,184,256)." in out
    assert "11,113,984 elements under batch norm" in out
    assert "layer1" in out
    assert "it calls a multiply-add one flop" in out


def test_which_convention_gives_a_figure(convcost: Runner) -> None:
    code, out, err = convcost("reconcile", "resnet50", "--number", "4.112G")
    assert (code, err) == (0, "")
    assert "4.112G is what one way of counting gives:" in out
    assert "fvcore" in out


def test_none_does(convcost: Runner) -> None:
    code, out, err = convcost("reconcile", "resnet50", "--number", "3.8G")
    assert (code, err) == (0, "")
    assert "No convention gives 3.8G. The closest is:" in out


def test_a_convention_of_ones_own(convcost: Runner, ours: str) -> None:
    for options in (["--convention", ours], ["--explain", ours]):
        printed = convcost("reconcile", "resnet18", *options, "--format", "json").out
        row = json.loads(printed)["rows"][-1]
        assert (row["convention"], row["difference"]) == ("ours", 2_483_712)
    assert convcost("eval", "resnet18", "--convention", ours).code == 0


def test_vars_are_set(convcost: Runner) -> None:
    printed = convcost("reconcile", "mobilenet_v1", "--set", "alpha=0.5", "--format", "json").out
    assert json.loads(printed)["rows"][0]["macs"] == 149_497_088


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["--explain", "fvcor"], 'no convention "fvcor"', 'did you mean "fvcore"?'),
        (["--explain", "no/such.yaml"], "no such file", ""),
        (["--number", "many"], '"many" is not a figure', "4.12G"),
        (["--number", "4G", "--explain", "thop"], "cannot both be had", ""),
        (["--format", "xml"], 'reconcile has no format "xml"', ""),
        (["--set", "alpha=1"], 'no var "alpha"', ""),
    ],
)
def test_bad_input(convcost: Runner, arguments: list[str], message: str, hint: str) -> None:
    code, out, err = convcost("reconcile", "resnet18", *arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert hint in err


def test_a_folder_of_specs_is_not_one_network(convcost: Runner, tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text("input: 3x8x8\nlayers: [{kind: relu}]\n", encoding="utf-8")
    code, out, err = convcost("reconcile", str(tmp_path))
    assert (code, out) == (2, "")
    assert "holds 2 specs" in err


def test_eval_counts_by_a_convention_and_says_so(convcost: Runner) -> None:
    document = json.loads(convcost("eval", "resnet50", "--convention=thop", "--format=json").out)
    (network,) = document["networks"]
    assert (document["convention"], network["macs"]) == ("thop", 4_133_742_592)
    assert sum(layer["macs"] for layer in network["layers"]) == 4_133_742_592
    for form in ("table", "markdown", "csv"):
        assert "thop" in convcost("eval", "resnet50", "--convention=thop", "--format", form).out
        assert "papers" in convcost("eval", "resnet50", "--format", form).out


def test_check_holds_what_a_convention_counts_to_the_budget(convcost: Runner) -> None:
    assert convcost("check", "resnet50", "--max-macs", "4.1G").code == 0
    code, out, _ = convcost("check", "resnet50", "--max-macs=4.1G", "--convention=fvcore")
    assert code == 1
    assert "4,111,512,576 > 4,100,000,000" in out
    assert "convention fvcore" in out
    printed = convcost(
        "check", "resnet50", "--max-macs=5G", "--convention=thop", "--format=json"
    ).out
    assert json.loads(printed)["convention"] == "thop"


def test_totals_that_are_not_all_multiply_adds_make_no_flops(convcost: Runner) -> None:
    assert "GFLOPs = 2 × MACs" in convcost("eval", "resnet50").out
    assert "FLOPs" not in convcost("eval", "resnet50", "--convention=fvcore").out


def test_a_convention_that_is_not_there(convcost: Runner) -> None:
    code, out, err = convcost("eval", "resnet50", "--convention", "paper")
    assert (code, out) == (2, "")
    assert 'did you mean "papers"?' in err
