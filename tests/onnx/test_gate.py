"""ONNX files in the gate: nothing of them runs, and nothing outside the repository is read."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from convcost import check_project, init_project, lock_project
from convcost.sources.sides import read_report
from tests.cli.projects import commit, git, write
from tests.onnx.models import model, node, weight

GLOB = 'specs = ["nets/*.onnx"]\n[budgets."nets/*.onnx"]\nparams = "1k"\n'
BY_NAME = """\
[[networks]]
target = "nets/a.onnx"

[[networks]]
target = "nets/open.onnx"
input = "3x8x8"

[[networks]]
target = "nets/open.onnx"
name = "large"
input = "3x16x16"

[budgets."nets/*"]
macs = "27k"
"""


def conv(m: int = 4, shape: tuple[int | str, ...] = (1, 3, 8, 8), **options: Any) -> bytes:
    """A convolution of 27·m parameters, as a file."""
    nodes = [node("Conv", ["x", "w"], ["y"], kernel_shape=[3, 3], pads=[1, 1, 1, 1])]
    made: bytes = model(nodes, [weight("w", m, 3, 3, 3, **options)], shape).SerializeToString()
    return made


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    (folder / "nets").mkdir(parents=True)
    monkeypatch.chdir(folder)
    git("init", "--quiet")
    Path("nets/a.onnx").write_bytes(conv())
    write({"convcost.toml": GLOB})
    return folder


def test_a_pattern_of_the_settings_finds_them() -> None:
    (finding,) = check_project().findings
    assert (finding.report.path, finding.actual) == ("nets/a.onnx", 108)


def test_each_is_named_with_the_input_that_it_leaves_open() -> None:
    Path("nets/open.onnx").write_bytes(conv(shape=("n", 3, "h", "w")))
    write({"convcost.toml": BY_NAME})
    verdict = check_project()
    assert [(each.report.name, each.actual) for each in verdict.findings] == [
        ("a", 6912),
        ("open", 6912),
        ("large", 27648),
    ]
    assert [each.passed for each in verdict.findings] == [True, True, False]
    assert lock_project().problems == ()
    entries = json.loads(Path("convcost.lock").read_text("utf-8"))["networks"]
    assert [*entries] == ["nets/a.onnx", "nets/open.onnx", "nets/open.onnx#large"]
    verdict = check_project(paths="nets/open.onnx#large")
    assert verdict.problems == ()
    assert [(each.report.macs, each.changed) for each in verdict.changes] == [(27648, False)]
    assert check_project(paths="nets/a.onnx").passed


def test_growth_is_told_from_git_alone() -> None:
    commit()
    assert check_project(base="git:HEAD").passed
    Path("nets/a.onnx").write_bytes(conv(5))
    (change,) = check_project(base="git:HEAD").changes
    assert change.delta("params") == 27


def test_a_diff_takes_them_out_of_git() -> None:
    commit()
    Path("nets/a.onnx").write_bytes(conv(5))
    before, after = (read_report(f"{side}nets/a.onnx") for side in ("git:HEAD:", ""))
    assert (before.params, after.params) == (108, 135)


def test_what_git_lfs_keeps_is_told_of_and_not_taken_for_new() -> None:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 108\n"
    Path("nets/a.onnx").write_bytes(pointer)
    commit()
    (problem, *_) = check_project(base="none").problems
    assert "nets/a.onnx: Git LFS keeps this file elsewhere" in str(problem)
    Path("nets/a.onnx").write_bytes(conv())
    (problem,) = check_project(base="git:HEAD").problems
    assert "as it was at HEAD" in problem.message
    assert "Git LFS keeps this file elsewhere" in problem.message


@pytest.mark.parametrize("settings", [GLOB, BY_NAME.replace("open", "b")], ids=["glob", "name"])
def test_a_link_does_not_lead_out(tmp_path: Path, settings: str) -> None:
    (tmp_path / "out.onnx").write_bytes(conv(5))
    os.symlink("../../out.onnx", "nets/b.onnx")
    write({"convcost.toml": settings})
    for made in (check_project(), lock_project(), check_project(input_shape="3x8x8", base="none")):
        assert "nets/b.onnx: this leads out of the repository" in str(made.problems[0])
    assert not Path("convcost.lock").exists()


def test_data_that_is_kept_elsewhere_is_never_looked_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "secret")  # reading it would not end
    os.symlink(tmp_path / "secret", "nets/inside.bin")
    for place in (str(tmp_path / "secret"), "../../secret", "inside.bin", "nowhere"):
        Path("nets/a.onnx").write_bytes(conv(external=place))
        (finding,) = check_project().findings
        assert finding.actual == 108


def test_init_finds_them_and_says_which_it_cannot_count() -> None:
    Path("convcost.toml").unlink()
    Path("nets/open.onnx").write_bytes(conv(shape=("n", 3, "h", "w")))
    Path("nets/part.onnx").write_bytes(conv()[:40])
    made = init_project()
    assert [str(each.place) for each in made.left_out] == ["./nets/open.onnx", "./nets/part.onnx"]
    assert made.budgets == {"nets/a.onnx": {"params": "114", "macs": "7.26k", "activations": "269"}}
    assert check_project().passed


def test_init_states_the_input_that_it_was_given() -> None:
    Path("convcost.toml").unlink()
    Path("nets/open.onnx").write_bytes(conv(shape=("n", 3, "h", "w")))
    init_project(paths=["nets/a.onnx", "nets/open.onnx"], input_shape="3x8x8", lock=True)
    text = Path("convcost.toml").read_text("utf-8")
    assert '[[networks]]\ntarget = "nets/open.onnx"\ninput = "3x8x8"\n' in text
    assert text.count("[[networks]]") == 1
    assert check_project().passed
