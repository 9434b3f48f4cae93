"""Checking a project from Python."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from convcost import Budget, CodeError, ConvcostError, check_project, lock_project
from convcost.sources import SpecFile, Target, code
from convcost.views.formats import view
from tests.cli.projects import CONFIG, git, net, write
from tests.cli.runner import Runner

UNKNOWN = "input: 3x8x8\nlayers:\n  - {kind: unknown, op: fft, shape: 4x8x8}\nbudgets: {macs: 1}\n"
VARS = "vars: {m: 4}\n" + net(4, "vars").replace("m: 4", 'm: "${m}"')


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with two specs and settings; no test has to be in it."""
    folder = tmp_path / "project"
    files = {"specs/a.yaml": net(4, "a"), "specs/b.yaml": net(8, "b"), "convcost.toml": CONFIG}
    write(files, folder)
    git("-C", str(folder), "init", "--quiet")
    return folder


def commit(folder: Path) -> None:
    git("-C", str(folder), "add", "--all")
    git("-C", str(folder), "commit", "--quiet", "--message", "x")


def test_networks_that_keep_within_the_budgets_of_the_settings(project: Path) -> None:
    verdict = check_project(project)
    assert verdict.passed
    assert [(each.report.name, each.actual, each.limit) for each in verdict.findings] == [
        ("a", 116, 1000),
        ("b", 232, 1000),
    ]
    assert verdict.findings[0].report.path == str(project / "specs/a.yaml")


def test_a_network_over_budget_is_no_problem_but_a_finding(project: Path) -> None:
    verdict = check_project(project, limits=[Budget("params", 200)])
    assert (verdict.passed, verdict.over, verdict.problems) == (False, True, ())
    assert [each.message for each in verdict.findings if each.failed] == [
        "b: 232 params exceed the budget of 200 by 32 (+16.00%)"
    ]


def test_what_cannot_be_checked_is_in_the_problems_beside_the_rest(project: Path) -> None:
    write({"specs/a.yaml": "layers: 3\n"}, project)
    verdict = check_project(project)
    assert [each.report.name for each in verdict.findings] == ["b"]
    assert not verdict.passed
    assert verdict.problems[0].place is not None
    assert verdict.problems[0].place.path == str(project / "specs/a.yaml")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"folder": "nowhere"}, "nowhere: there is no such folder (check its name)"),
        ({"convention": "paper"}, 'there is no convention "paper" (did you mean "papers"?)'),
        (
            {"base": "missing.lock"},
            'missing.lock is missing ("convcost lock -o missing.lock" makes it)',
        ),
        ({"base": "git:nothing"}, 'git knows no commit "nothing"'),
        ({"limits": [Budget("mac", 1)]}, 'unknown metric "mac"'),
        ({"limits": [Budget("macs_growth", 0)]}, "there is no baseline to grow from"),
        ({"config": "missing.toml"}, "missing.toml: there is no such file"),
        ({"paths": "specs/c.yaml"}, "there is no such file"),
        ({"paths": Path("torch:os:system")}, "there is no such file"),
    ],
)
def test_nothing_is_raised(project: Path, asked: dict[str, Any], message: str) -> None:
    (problem, *_) = check_project(**{"folder": project, **asked}).problems
    assert message in str(problem)


def test_but_what_the_code_of_a_network_raises(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise CodeError("nets.py: ZeroDivisionError: division by zero", "Traceback ...")

    monkeypatch.setattr(code, "read_code", fails)
    with pytest.raises(CodeError, match="division by zero") as caught:
        check_project(project, "torch:nets:build", input_shape="3x8x8")
    assert isinstance(caught.value, ConvcostError)


def test_paths_are_seen_from_the_folder(project: Path, tmp_path: Path) -> None:
    os.makedirs(tmp_path / "specs")  # not the one that is meant
    limits = [Budget("params", 120)]
    for paths in (
        "specs/a.yaml",
        ["specs/a.yaml"],
        Path("specs/a.yaml"),
        [project / "specs/a.yaml"],
    ):
        (finding,) = check_project(project, paths, limits=limits).findings
        assert (finding.report.name, finding.passed) == ("a", True)
    assert len(check_project(project, "specs").findings) == 2


def test_a_relative_folder_is_seen_from_the_current_one(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.parent)
    (finding, _) = check_project("project/specs").findings
    assert finding.report.path == "project/specs/a.yaml"
    assert str(finding.budget.place) == "project/convcost.toml:4:10"


def test_a_network_that_ships_is_meant_by_its_name(project: Path) -> None:
    (finding,) = check_project(
        project, "resnet18", limits=[Budget("params", 1)], base="none"
    ).findings
    assert finding.failed


def test_values_take_the_place_of_vars(project: Path) -> None:
    write({"specs/a.yaml": VARS}, project)
    actual = [
        check_project(project, "specs/a.yaml", values=values).findings[0].actual
        for values in (None, {"m": 5})
    ]
    assert actual == [116, 145]


def test_a_baseline_of_exact_totals(project: Path) -> None:
    assert lock_project(project).problems == ()
    assert check_project(project).passed
    write({"specs/a.yaml": net(5, "a")}, project)
    verdict = check_project(project)
    assert verdict.against == str(project / "convcost.lock")
    assert [change.delta("params") for change in verdict.changes] == [29, 0]
    assert verdict.over
    assert check_project(project, base="none").passed
    quarter = Budget("params_growth", Fraction(1, 4)), Budget("macs_growth", Fraction(1, 4))
    assert check_project(project, limits=quarter).passed


def test_a_baseline_out_of_git(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(project)
    write({"specs/a.yaml": net(5, "a"), "specs/c.yaml": net(1, "c")}, project)
    verdict = check_project(project, base="git:HEAD")
    befores = {each.report.name: each.before for each in verdict.changes}
    assert [before and before["params"] for before in befores.values()] == [116, 232, None]
    assert list(befores) == ["a", "b", "c"]
    assert verdict.over


def test_what_is_not_understood_is_told_of_as_values(project: Path) -> None:
    write({"specs/a.yaml": UNKNOWN}, project)
    verdict = check_project(project, "specs/a.yaml", base="none")
    assert [tuple(gap) for gap in verdict.gaps] == [("a", "fft", 1, 1, 1.0)]
    assert [problem.place and problem.place.path for problem in verdict.problems]
    assert not verdict.passed
    assert check_project(project, "specs/a.yaml", base="none", lenient=True).passed


def test_progress_is_shown_by_whoever_hands_out_the_specs(project: Path) -> None:
    seen: list[str] = []

    def track(targets: Sequence[Target]) -> Iterator[Target]:
        for target in targets:
            yield target
            assert isinstance(target, SpecFile)
            seen.append(f"{Path(target.path).name} of {len(targets)}")

    assert check_project(project, track=track).passed
    assert seen == ["a.yaml of 2", "b.yaml of 2"]


def test_threads_check_side_by_side(project: Path) -> None:
    folders = [project.parent / f"project {number}" for number in range(8)]
    for number, folder in enumerate(folders):
        write({"convcost.toml": CONFIG, "specs/a.yaml": net(number + 1, "a")}, folder)
        git("-C", str(folder), "init", "--quiet")
        commit(folder)
    before = os.getcwd()
    with ThreadPoolExecutor(8) as pool:
        verdicts = list(pool.map(lambda folder: check_project(folder, base="git:HEAD"), folders))
    assert [[each.actual for each in verdict.findings[:1]] for verdict in verdicts] == [
        [29 * (number + 1)] for number in range(8)
    ]
    assert all(verdict.passed for verdict in verdicts)
    assert os.getcwd() == before


SAME: dict[str, dict[str, Any]] = {
    "": {},
    "--max-params warn=200": {"limits": [Budget("params", 200, level="warn")]},
    "specs/a.yaml specs/x.yaml": {"paths": ["specs/a.yaml", "specs/x.yaml"]},
    "--base git:HEAD": {"base": "git:HEAD"},
    "--base other.lock": {"base": "other.lock"},
    "--base none": {"base": "none"},
    "--base none --convention thop": {"base": "none", "convention": "thop"},
    "--base none --convention ours.yaml": {"base": "none", "convention": "ours.yaml"},
    "--config more/convcost.toml": {"config": "more/convcost.toml"},
    "--set m=5": {"values": {"m": 5}},
    "--base git:HEAD --set m=5": {"base": "git:HEAD", "values": {"m": 5}},
    "specs/fft.yaml --lenient": {"paths": ["specs/fft.yaml"], "lenient": True},
    "a.onnx --input 3xx": {"paths": ["a.onnx"], "input_shape": "3xx"},
}


@pytest.fixture
def busy_project(project: Path) -> Path:
    """One in which there is something of everything to be found."""
    files = {
        "specs/fft.yaml": UNKNOWN,
        "specs/vars.yaml": VARS,
        "more/convcost.toml": 'specs = ["*.yaml"]\n[budgets."*.yaml"]\nmacs = "1k"\n',
        "more/c.yaml": net(4, "c"),
        "ours.yaml": "name: ours\nsummary: all twice\nlike: papers\nweights: {bias: 1}\n",
    }
    write(files, project)
    assert not lock_project(project, "specs/a.yaml").problems
    assert not lock_project(project, output="other.lock").problems
    commit(project)
    write({"specs/a.yaml": net(5, "a"), "specs/bad.yaml": "layers: 3\n"}, project)
    return project


@pytest.mark.parametrize(("words", "asked"), SAME.items(), ids=SAME)
def test_the_command_line_finds_out_the_same(
    words: str,
    asked: dict[str, Any],
    busy_project: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    verdict = check_project(busy_project, **asked)
    monkeypatch.chdir(busy_project)
    code, printed, _ = Runner(capsys)("check", *words.split(), "--format", "json")
    assert str(view("check", "json")(check_project(**asked))) == printed
    assert str(view("check", "json")(verdict)).replace(f"{busy_project}{os.sep}", "") == printed
    assert code == (2 if verdict.problems else 1 if verdict.over else 0)
