"""`convcost diff`."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.runner import Runner
from tests.sources.git.test_files import GIT, repository, run_git

__all__ = ["repository"]

BEFORE = """\
name: net
input: 3x32x32
layers:
  - {name: conv1, kind: standard, m: 32, k: 3}
  - {name: conv2, kind: standard, m: 256, k: 3}
  - {name: old, kind: pointwise, m: 64}
  - {name: head, kind: linear, m: 10}
"""
AFTER = BEFORE.replace("256", "320").replace(
    "old, kind: pointwise", "new, kind: pointwise-group, groups: 4"
)


@pytest.fixture
def sides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in (("before", BEFORE), ("after", AFTER)):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_what_changed_and_what_it_costs(convcost: Runner, sides: Path) -> None:
    code, out, err = convcost("diff", "before.yaml", "after.yaml")
    assert (code, err) == (0, "")
    first, *rest = out.splitlines()
    assert first == "before.yaml → after.yaml: 1 added, 1 removed, 1 changed, 2 unchanged"
    assert any("~ conv2" in line and "m 256 → 320" in line and "+18,432" in line for line in rest)
    assert any("- old" in line and "pointwise 256×32×32 → 64×32×32" in line for line in rest)
    assert any("+ new" in line and "pointwise-group 320×32×32" in line for line in rest)
    assert any(line.startswith("params") and line.endswith("(+1.0%)") for line in rest)


def test_a_network_and_itself(convcost: Runner, sides: Path) -> None:
    out = convcost("diff", "before.yaml", "before.yaml").out
    assert out.startswith("net: no differences\n")
    document = json.loads(convcost("diff", "vgg16", "vgg16", "--format", "json").out)
    assert document["changes"] == []
    assert document["totals"]["macs"]["delta"] == 0


def test_json_adds_up(convcost: Runner) -> None:
    document = json.loads(convcost("diff", "resnet18", "resnet50", "--format", "json").out)
    assert document["schema"] == "convcost.diff/1"
    for metric, total in document["totals"].items():
        assert sum(change["delta"][metric] for change in document["changes"]) == total["delta"]
        assert total["after"] - total["before"] == total["delta"]
    assert document["totals"]["params"]["share"] == pytest.approx(25557032 / 11689512 - 1)
    back = json.loads(convcost("diff", "resnet50", "resnet18", "--format", "json").out)
    swapped = {"added": "removed", "removed": "added", "changed": "changed"}
    assert sorted(
        (change["change"], change["delta"]["macs"]) for change in document["changes"]
    ) == (
        sorted((swapped[change["change"]], -change["delta"]["macs"]) for change in back["changes"])
    )


def test_csv_adds_up(convcost: Runner, sides: Path) -> None:
    rows = list(
        csv.DictReader(
            io.StringIO(convcost("diff", "before.yaml", "after.yaml", "--format", "csv").out)
        )
    )
    assert [(row["change"], row["causes"]) for row in rows] == [
        ("changed", "m 256 -> 320"),
        ("removed", ""),
        ("added", ""),
    ]
    assert [row["layer"] for row in rows] == ["conv2", "old", "new"]
    assert sum(int(row["params_delta"]) for row in rows) == 18_432 - 256 * 64 + 320 * 64 // 4


def test_a_saved_report(convcost: Runner, sides: Path) -> None:
    saved = convcost("eval", "before.yaml", "after.yaml", "--format", "json").out
    Path("base.json").write_text(saved.replace('"net"', '"other"', 1), encoding="utf-8")
    code, out, _ = convcost("diff", "base.json#other", "after.yaml")
    assert code == 0
    assert "~ conv2" in out
    code, _, err = convcost("diff", "base.json", "after.yaml")
    assert code == 2
    assert "this report is of 2 networks" in err


@pytest.mark.skipif(not GIT, reason="needs git")
def test_a_spec_as_it_was_in_a_commit(convcost: Runner, repository: Path) -> None:
    path = repository / "net.yaml"
    path.write_text(BEFORE, encoding="utf-8")
    run_git("add", ".")
    run_git("commit", "-q", "-m", "net")
    path.write_text(AFTER, encoding="utf-8")
    code, out, _ = convcost("diff", "git:HEAD:net.yaml", "net.yaml")
    assert code == 0
    assert out.startswith("git:HEAD:net.yaml → net.yaml: 1 added, 1 removed, 1 changed")


def test_a_rewrite(convcost: Runner) -> None:
    args = ("diff", "vgg16", "--replace", "standard=depthwise-separable", "--format", "json")
    document = json.loads(convcost(*args).out)
    assert document["totals"]["macs"]["after"] == 1_986_267_136
    assert {change["change"] for change in document["changes"]} == {"changed"}


def test_vars_of_both_sides(convcost: Runner) -> None:
    args = ("mobilenet_v1", "mobilenet_v2", "--set", "alpha=0.5", "--format", "json")
    totals = json.loads(convcost("diff", *args).out)["totals"]
    assert totals["params"]["before"] == 1_331_592


def test_another_convention(convcost: Runner, sides: Path) -> None:
    args = ("diff", "before.yaml", "after.yaml", "--convention", "fvcore")
    assert convcost(*args).out.endswith("\n\nconvention fvcore\n")
    assert "convention fvcore\n" in convcost(*args, "--format", "markdown").out
    assert json.loads(convcost(*args, "--format", "json").out)["convention"] == "fvcore"
    saved = convcost("eval", "before.yaml", "--format", "json", "--convention", "fvcore").out
    Path("base.json").write_text(saved, encoding="utf-8")
    assert convcost("diff", "base.json", "after.yaml", "--convention", "fvcore").code == 0
    code, _, err = convcost("diff", "base.json", "after.yaml")
    assert code == 2
    assert "counted by different rules, fvcore and papers" in err


def test_markdown_puts_the_totals_first(convcost: Runner, sides: Path) -> None:
    lines = convcost("diff", "before.yaml", "after.yaml", "--format", "markdown").out.splitlines()
    assert lines[2] == "|  | before | after | change | share |"
    assert "| ~ | conv2 | m 256 → 320 | +18,432 | +18,874,368 |" in lines


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("vgg16",), "error: one other network is needed"),
        (
            ("vgg16", "vgg16", "--replace", "standard=low-rank"),
            "error: one other network is needed",
        ),
        (("vgg16", "vgg61"), "vgg61: error: there is no such file"),
        (("git:--all:x", "vgg16"), 'error: "--all" is not the name of a commit'),
        (("none.json", "vgg16"), "none.json: error: there is no such file"),
        (("vgg16", "--replace", "a=b"), 'error: unknown kind "a"'),
    ],
)
def test_mistakes(convcost: Runner, args: tuple[str, ...], message: str) -> None:
    code, out, err = convcost("diff", *args)
    assert (code, out) == (2, "")
    assert err.startswith(message)
