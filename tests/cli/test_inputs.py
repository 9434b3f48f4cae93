"""`--input` and its company, without a framework; tests/torch has it for real code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from convcost import evaluate, load
from convcost.cli.commands import COMMANDS
from convcost.sources.inputs import Inputs
from tests.cli.projects import commit, git, write
from tests.cli.runner import Runner

SPEC = """\
name: a
input: 3x8x8  # as it was trained
layers:
  - {kind: standard, m: 2, k: 3}
budgets: {macs: 3k}
"""
OTHER = "name: b\ninput: 4x8x8\nlayers: [{kind: standard, n: 4, m: 2, k: 3}]\n"
ALONE = "layers: [{kind: linear, n: 7, m: 2}]\n"
# 54 params at 64 positions are 3456 MACs, at 16 positions 864.


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write({"a.yaml": SPEC, "b.yaml": OTHER, "alone.yaml": ALONE})
    return tmp_path


def test_it_takes_the_place_of_a_specs_own(convcost: Runner) -> None:
    code, out, err = convcost("eval", "a.yaml", "--input", "3x4x4:half", "--format", "json")
    assert (code, err) == (0, "")
    (network,) = json.loads(out)["networks"]
    assert (network["input"], network["macs"]) == ([3, 4, 4], 864)
    assert network["inputs"] == [{"name": "input", "shape": [3, 4, 4], "dtype": "float16"}]


@pytest.mark.parametrize("given", ["3x4x4", (3, 4, 4), ["input=3x4x4"]])
def test_python_says_it_likewise(given: Inputs) -> None:
    network = load("a.yaml", input=given)
    assert (network.input, evaluate(network).macs) == ((3, 4, 4), 864)
    assert load(Path("a.yaml"), None, given) == network


def test_a_network_that_it_does_not_fit_is_named(convcost: Runner) -> None:
    code, out, err = convcost("eval", "a.yaml", "b.yaml", "--input", "3x4x4", "--summary")
    assert code == 2
    assert "864" in out
    assert "b.yaml:3:10: error: on --input 3x4x4: layer 1 (standard): n = 4 is given" in err
    assert "a.yaml" not in err


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["--input", "3x4x4", "--input", "3x4x4"], "a spec has one input"),
        (["--input", "ids=3x4x4"], "a spec has one input, which is called input"),
        (["--input", "3x4x"], '--input cannot be "3x4x"'),
        (["--input", "3x4x4:floot"], 'did you mean "float"?'),
        (["--input", "x=3", "--input", "x=4"], "--input x is given twice"),
        (["--arg", "width=4"], "--arg is for PyTorch code, and none is named"),
        (["--inputs-from", "nets:make"], "--inputs-from is for PyTorch code, and none is named"),
        (["--input", "3", "--inputs-from", "nets:make"], "cannot both be had"),
    ],
)
def test_what_cannot_be(convcost: Runner, given: list[str], message: str) -> None:
    code, _, err = convcost("eval", "a.yaml", *given)
    assert code == 2
    assert message in err


def test_a_spec_without_an_input_has_none_to_take_the_place_of(convcost: Runner) -> None:
    code, _, err = convcost("eval", "alone.yaml", "--input", "7")
    assert code == 2
    assert "alone.yaml: error: on --input 7: there is no input in this spec" in err


def test_a_spec_that_is_wrong_by_itself_says_so(convcost: Runner) -> None:
    write({"a.yaml": SPEC.replace("standard", "standrad")})
    code, _, err = convcost("eval", "a.yaml", "--input", "3x4x4")
    assert code == 2
    assert 'error: unknown kind "standrad"' in err


def test_a_rewritten_spec_has_it_written_down(convcost: Runner) -> None:
    args = ("--replace", "standard=depthwise-separable", "--first", "--emit", "spec")
    code, out, _ = convcost("rewrite", "a.yaml", *args, "--input", "3x4x4")
    assert code == 0
    assert out == SPEC.replace("3x8x8", "3x4x4").replace("standard", "depthwise-separable")


def test_both_sides_of_a_diff_are_on_it(convcost: Runner) -> None:
    git("init", "--quiet")
    commit()
    write({"a.yaml": SPEC.replace("m: 2", "m: 3")})
    code, out, _ = convcost("diff", "git:HEAD:a.yaml", "a.yaml", "--input", "3x4x4")
    assert code == 0
    assert "864 → 1,296" in " ".join(out.split())


def test_a_saved_report_is_on_its_own(convcost: Runner) -> None:
    write({"a.json": convcost("eval", "a.yaml", "--format", "json").out})
    code, _, err = convcost("diff", "a.json", "a.yaml", "--input", "3x4x4")
    assert code == 2
    assert "a.json: error: a saved report is on its own input, not on 3x4x4" in err


def test_a_budget_is_held_on_it(convcost: Runner) -> None:
    assert convcost("check", "a.yaml").code == 1
    assert convcost("check", "a.yaml", "--input", "3x4x4").code == 0


def test_a_baseline_in_git_is_on_it_too(convcost: Runner) -> None:
    git("init", "--quiet")
    commit()
    write({"a.yaml": SPEC.replace("m: 2", "m: 3")})
    args = ("check", "a.yaml", "--max-macs-growth", "431", "--input", "3x4x4")
    code, out, _ = convcost(*args, "--base", "git:HEAD")
    assert code == 1
    assert "432" in out


def test_a_lock_file_knows_specs_on_their_own(convcost: Runner) -> None:
    assert convcost("lock", "a.yaml").code == 0
    for args in (["check"], ["lock"]):
        code, _, err = convcost(*args, "a.yaml", "--input", "3x4x4")
        assert code == 2
        assert "--input makes other networks than" in err
    assert convcost("check", "a.yaml", "--input", "3x4x4", "--base", "none").code == 0


NETWORKS = {
    **{
        name: [name]
        for name in (
            *("eval", "check", "diff", "rewrite", "suggest", "reconcile", "lock", "log"),
            *("roofline", "measure", "memory", "fit", "training", "reach", "sweep", "report"),
            "watch",
        )
    },
    "export": ["export", "pytorch"],
    "import": ["import", "torch"],
}


OPTIONS = {"--input", "--arg", "--inputs-from", "--with"}
TAKEN = {**dict.fromkeys(NETWORKS, OPTIONS), "init": {"--input", "--arg", "--with"}}
"""What a command takes; what init takes is what settings name. --with is also for code."""


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_that_reads_networks_takes_it(convcost: Runner, name: str) -> None:
    out = convcost(*NETWORKS.get(name, [name]), "--help").out
    found = {option for option in OPTIONS if f"{option} " in out}
    assert found == TAKEN.get(name, {"--with"})
