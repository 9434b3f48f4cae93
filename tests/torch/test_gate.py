"""PyTorch networks that settings name, in the gate."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from convcost import check_project, init_project, lock_project
from convcost.sources import CodeTarget
from convcost.sources.code import read_code
from convcost.sources.networkjson import network_text, parse_network
from convcost.views.check.reasons import way_out
from tests.cli.projects import git, write
from tests.torch import nets

ROOT = Path(__file__).parents[2]
NETS = """\
import torch
from torch import nn
from gated.sizes import KERNEL


def build(width=8):
    return nn.Sequential(nn.Conv2d(3, width, KERNEL, padding=1), nn.Conv2d(width, 4, 1))


class Half(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1, bias=False)

    def forward(self, x):
        return torch.fft.fft2(self.conv(x)).real
"""
SETTINGS = """\
[[networks]]
target = "torch:gated.nets:build"
input = "3x8x8"

[[networks]]
target = "torch:gated.nets:build"
name = "wide"
input = "3x16x16"
args = {width = 16}

[budgets."torch:*"]
params = "520"
"""
HALF = '[[networks]]\ntarget = "torch:gated.nets:Half"\ninput = "3x8x8"\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package and settings; no test is in that folder."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    # What is written anew within a second, as long as before, Python would take for what it knows.
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    for name in ("gated", "gated.nets", "gated.sizes"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    package = {"gated/__init__.py": "", "gated/nets.py": NETS, "gated/sizes.py": "KERNEL = 3\n"}
    write({**package, "convcost.toml": SETTINGS}, tmp_path / "project")
    return tmp_path / "project"


def test_it_is_read_on_the_input_and_with_the_arguments_that_are_stated(project: Path) -> None:
    verdict = check_project(project, run_code=True)
    assert verdict.problems == ()
    # 3·8·9 + 8 + 8·4 + 4, and 3·16·9 + 16 + 16·4 + 4
    assert [(each.report.name, each.actual) for each in verdict.findings] == [
        ("build", 260),
        ("wide", 516),
    ]
    assert [each.report.macs for each in verdict.findings] == [64 * 248, 256 * 496]


def test_modules_are_those_of_the_folder_of_the_settings(project: Path) -> None:
    (project / "deep").mkdir()
    assert check_project(project / "deep", run_code=True).passed
    assert str(project) in sys.path
    assert str(project / "deep") not in sys.path


def test_code_in_a_file_is_seen_from_the_settings(project: Path) -> None:
    text = SETTINGS.replace("gated.nets:", "gated/nets.py:").replace("torch:*", "torch:**")
    write({"convcost.toml": text}, project)
    assert check_project(project, run_code=True).passed


def test_a_lock_has_an_entry_for_each(project: Path) -> None:
    assert lock_project(project, run_code=True).problems == ()
    entries = json.loads((project / "convcost.lock").read_text("utf-8"))["networks"]
    assert {key: each["params"] for key, each in entries.items()} == {
        "torch:gated.nets:build": 260,
        "torch:gated.nets:build#wide": 516,
    }
    write({"gated/sizes.py": "KERNEL = 1\n"}, project)
    assert check_project(project, run_code=True).passed
    for name in ("gated.nets", "gated.sizes"):
        del sys.modules[name]
    (smaller,) = check_project(project, "torch:gated.nets:build#wide").changes
    assert smaller.delta("params") == 3 * 16 - 3 * 16 * 9


def test_one_that_is_half_understood_is_not_within_budget(project: Path) -> None:
    write({"convcost.toml": HALF + '[budgets."torch:*"]\nmacs = "1M"\nparams = "108"\n'}, project)
    verdict = check_project(project, run_code=True)
    assert [(each.budget.metric, each.passed) for each in verdict.findings] == [
        ("macs", None),
        ("params", True),
    ]
    assert len(verdict.problems) == 1


def test_one_without_a_budget_is_told_of(project: Path) -> None:
    write({"convcost.toml": HALF}, project)
    (problem,) = check_project(project, run_code=True).problems
    assert "torch:gated.nets:Half: nothing to check: it has no budgets" in str(problem)


def test_an_exported_program_is_code_on_an_input_of_its_own(project: Path) -> None:
    module = torch.nn.Conv2d(3, 4, 3).eval()
    torch.export.save(torch.export.export(module, (torch.zeros(1, 3, 8, 8),)), project / "net.pt2")
    settings = '[[networks]]\ntarget = "torch:net.pt2"\n[budgets."torch:*"]\nparams = "1k"\n'
    write({"convcost.toml": settings}, project)
    assert check_project(project).problems[0].message == "torch:net.pt2 is code, and is not run"
    verdict = check_project(project, run_code=True)
    assert verdict.problems == ()
    assert [(each.report.name, each.actual) for each in verdict.findings] == [("net", 112)]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("gated.nets:build", "gated.net:build", "there is no module gated.net"),
        ("gated.nets:build", "gated.nets:buld", "gated.nets has no buld"),
    ],
)
def test_what_cannot_be_had_is_told_where_it_is_named(
    project: Path, old: str, new: str, message: str
) -> None:
    before, _, last = SETTINGS.rpartition("[[networks]]")
    write({"convcost.toml": f"{before}[[networks]]{last.replace(old, new)}"}, project)
    (problem, *_) = check_project(project, run_code=True).problems
    assert message in problem.message
    assert problem.place is not None
    assert problem.place.line == 6


def test_code_that_fails_is_one_problem_and_the_others_are_checked(project: Path) -> None:
    failing = SETTINGS.replace("width = 16", "width = 'x'")
    write({"convcost.toml": failing}, project)
    verdict = check_project(project, run_code=True)
    assert [each.report.name for each in verdict.findings] == ["build"]
    (problem,) = verdict.problems
    assert problem.place is not None
    assert problem.place.line == 6
    assert problem.message.startswith("gated.nets:build failed: TypeError: ")
    command = "convcost eval torch:gated.nets:build --input 3x16x16 --arg width=x"
    assert problem.hint == f"this shows where it failed: {command}"


def test_init_writes_what_was_typed(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    Path("convcost.toml").unlink()
    made = init_project(
        paths="torch:gated.nets:build", input_shape="3x8x8", arguments={"width": 16}, lock=True
    )
    assert (made.problems, made.code) == ((), ("torch:gated.nets:build",))
    assert check_project().problems[0].message == f"{made.code[0]} is code, and is not run"
    (change,) = check_project(run_code=True).changes
    assert (change.report.params, change.changed) == (516, False)


@pytest.mark.parametrize(
    ("target", "arguments"),
    [("torch:../gated/nets.py:build", {}), ("torch:gated.nets:build", {"width": None})],
)
def test_init_writes_no_settings_that_would_be_refused(
    project: Path, monkeypatch: pytest.MonkeyPatch, target: str, arguments: dict[str, object]
) -> None:
    (project / "deep").mkdir()
    monkeypatch.chdir(project / "deep")
    (project / "convcost.toml").unlink()
    made = init_project(paths=target, input_shape="3x8x8", arguments=arguments)
    assert len(made.problems) == 1
    assert not Path("convcost.toml").exists()


def test_what_code_came_to_is_kept_while_nothing_that_it_is_made_of_changes(
    project: Path, tmp_path: Path
) -> None:
    ran = project / "ran"
    note = f"open({str(ran)!r}, 'a').write('x')\n"
    write({"gated/nets.py": note + NETS, "gated/other.py": ""}, project)
    outcomes = []
    for change in ({}, {}, {"gated/other.py": "x = 1\n"}, {"gated/sizes.py": "KERNEL = 1\n"}, {}):
        write(change, project)
        for path in project.rglob("*.py"):
            os.utime(path, (1, 1))
        done = convcost(project, "check", "--run-code", "--cache", str(tmp_path / "cache"))
        outcomes.append((len(ran.read_text("utf-8")), done.stdout))
    runs, said = zip(*outcomes, strict=True)
    assert runs == (1, 1, 1, 2, 2)
    assert len(set(said)) == 1
    assert len(list((tmp_path / "cache").iterdir())) == 2  # one for each of the networks


def convcost(project: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "convcost", *args],
        check=False,
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("name", nets.SAMPLE)
def test_what_is_kept_of_a_network_makes_it_anew(name: str) -> None:
    network = read_code(CodeTarget(f"tests.torch.nets:{name}"), nets.SAMPLE[name])
    text = network_text(network)
    assert text is not None
    assert parse_network(text) == network


@pytest.mark.parametrize("args", [(), ("--run-code",)])
def test_modules_of_the_checkout_stand_for_none_that_is_installed(
    project: Path, args: tuple[str, ...]
) -> None:
    """What a branch calls as one of ours, of the framework's or of Python's is not imported."""
    ran = project / "ran"
    evil = f"open({str(ran)!r}, 'w')\n"
    names = ("convcost", "torch", "typer", "yaml", "json", "typing", "sitecustomize")
    write({f"{name}.py": evil for name in names}, project)
    write({"convcost/cli/run.py": evil, "convcost/__init__.py": evil}, project)
    done = convcost(project, "check", *args)
    assert done.returncode == (0 if args else 2), done.stderr
    assert not ran.exists()


def test_growth_since_a_commit_is_accepted_where_it_says(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    write({"convcost.toml": SETTINGS.replace("width = 16", "width = 14")})
    lock_project(run_code=True)
    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "--message", "first")
    write({"convcost.toml": SETTINGS})
    grown = check_project(base="git:HEAD", run_code=True)
    ((_, lines),) = way_out(grown)
    assert lines[0] == '[budgets."torch:gated.nets:build#wide"]'
    write({"convcost.toml": "\n".join([SETTINGS, *lines, ""])})
    assert not grown.passed
    assert check_project(base="git:HEAD", run_code=True).passed
