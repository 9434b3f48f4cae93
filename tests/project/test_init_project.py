"""Settings for a project that has none, from Python."""

from __future__ import annotations

from pathlib import Path

import pytest

from convcost import check_project, init_project, lock_project
from tests.cli.projects import net, write


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write({"specs/a.yaml": net(4), "specs/b.yaml": net(8)}, tmp_path)
    return tmp_path


def test_budgets_that_hold_today_and_not_much_longer(project: Path) -> None:
    made = init_project(project, margin="10%")
    assert (made.path, made.problems) == (str(project / "convcost.toml"), ())
    assert made.budgets["specs/a.yaml"] == {"params": "128", "macs": "8.17k", "activations": "423"}
    assert check_project(project).passed
    write({"specs/a.yaml": net(5)}, project)
    assert check_project(project).over


def test_a_folder_below_is_a_project_of_its_own(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    made = init_project("specs")
    assert (made.path, list(made.budgets)) == ("specs/convcost.toml", ["a.yaml", "b.yaml"])
    assert check_project("specs").passed


def test_settings_that_are_there_stay(project: Path) -> None:
    init_project(project)
    before = (project / "convcost.toml").read_bytes()
    (problem,) = init_project(project, margin="50%").problems
    assert problem.message == f"there are settings already: {project / 'convcost.toml'}"
    assert (project / "convcost.toml").read_bytes() == before


def test_figures_that_are_not_complete_get_no_budget(project: Path) -> None:
    unknown = "input: 3x8x8\nlayers: [{kind: unknown, op: fft, shape: 4x8x8, counted: true}]\n"
    write({"specs/fft.yaml": unknown}, project)
    made = init_project(project, "specs/fft.yaml")
    assert list(made.budgets["specs/fft.yaml"]) == ["params"]
    assert [(each.network, each.metric) for each in made.doubts] == [
        ("specs/fft.yaml", "macs"),
        ("specs/fft.yaml", "activations"),
    ]


@pytest.mark.parametrize(
    "asked", [{"margin": "x"}, {"paths": "specs/c.yaml"}, {"paths": ".."}, {"folder": "nowhere"}]
)
def test_nothing_is_raised_and_nothing_is_written(project: Path, asked: dict[str, str]) -> None:
    folder, paths = asked.get("folder", project), asked.get("paths", ())
    made = init_project(folder, paths, margin=asked.get("margin"))
    assert made.problems
    assert not made.path
    assert not (project / "convcost.toml").exists()


def test_with_a_lock_file_that_is_the_one_place_of_what_was_accepted(project: Path) -> None:
    made = init_project(project, lock=True)
    assert (made.problems, made.specs, dict(made.budgets)) == ((), 2, {})
    assert made.lock
    assert [each.state for each in made.lock.updates] == ["new", "new"]
    assert 'baseline = "convcost.lock"' in (project / "convcost.toml").read_text(encoding="utf-8")
    assert check_project(project).passed
    write({"specs/a.yaml": net(5)}, project)
    assert check_project(project).over
    assert lock_project(project, loosen=True).problems == ()
    assert check_project(project).passed


def test_a_lock_file_that_is_there_is_kept(project: Path) -> None:
    lock_project(project, ["specs"])
    write({"specs/a.yaml": net(5)}, project)
    made = init_project(project)
    assert (made.lock, dict(made.budgets)) == (None, {})
    assert check_project(project).over


def test_a_margin_that_is_asked_for_is_given_beside_a_lock_file(project: Path) -> None:
    made = init_project(project, lock=True, margin="0%")
    assert made.budgets["specs/a.yaml"]["params"] == "116"
    write({"specs/a.yaml": net(5)}, project)
    over = [each.budget.metric for each in check_project(project).findings if each.broken]
    assert {"params", "params_growth"} <= set(over)


class TestManyProjectsInOneRepository:
    """Settings hold from their folder down, but for folders with settings of their own."""

    @pytest.fixture
    def repository(self, project: Path) -> Path:
        (project / ".git").mkdir()
        write({"audio/convcost.toml": 'specs = ["*.yaml"]\n', "audio/kws.yaml": net(9)}, project)
        write({"text/pyproject.toml": "[tool.other]\n", "text/deep/e.yaml": net(2)}, project)
        return project

    def test_those_below_are_left_to_themselves(self, repository: Path) -> None:
        made = init_project(repository)
        assert list(made.budgets) == ["specs/a.yaml", "specs/b.yaml", "text/deep/e.yaml"]
        (left,) = made.left_out
        assert str(left).endswith("audio/convcost.toml: what lies there has settings of its own")
        assert check_project(repository).passed

    def test_a_folder_below_may_have_its_own(self, repository: Path) -> None:
        init_project(repository, "specs")
        made = init_project(repository / "text")
        assert (made.problems, list(made.budgets)) == ((), ["deep/e.yaml"])
        assert check_project(repository / "text").passed

    def test_but_not_for_what_those_above_are_about(self, repository: Path) -> None:
        init_project(repository)
        (problem,) = init_project(repository / "specs").problems
        assert "convcost.toml, which are about" in problem.message
        assert not (repository / "specs/convcost.toml").exists()


@pytest.mark.parametrize(
    "foreign",
    [
        "layers:\n  - {type: Conv2D, filters: 3}\n",
        "layers: [a, b]\n",
        "layers:\n  - !!python/object:os.system x\n",
        "layers:\n\t- x\n",
        "layers: {{ template }}\n",
        "input: 3x8x8\nlayers:\n  - {kind: linear, m: 1000000000000000000, times: 3}\n",
        "input: 999999999999x999999x999999\nlayers: [{kind: pointwise, m: 999999999999}]\n",
    ],
)
def test_yaml_of_others_is_left_out_and_said(project: Path, foreign: str) -> None:
    write({"specs/other.yaml": foreign, "compose.yml": "services: {}\n"}, project)
    made = init_project(project)
    assert (made.problems, list(made.budgets)) == ((), ["specs/a.yaml", "specs/b.yaml"])
    left, foreign_by_its_keys = made.left_out
    assert str(left).startswith(f"{project}/specs/other.yaml")
    assert str(foreign_by_its_keys) == f"{project}/compose.yml: this is no spec"
    assert check_project(project).passed


def test_many_files_that_are_no_specs_are_said_in_one_line(project: Path) -> None:
    write({f"charts/{number}.yaml": "kind: Pod\n" for number in range(1200)}, project)
    (left,) = init_project(project).left_out
    assert left.message == "this is no spec, nor are 1,199 more"
