"""Settings for a project that has none, from Python."""

from __future__ import annotations

from pathlib import Path

import pytest

from convcost import check_project, init_project
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
    made = init_project(asked.pop("folder", project), **asked)
    assert made.problems
    assert not made.path
    assert not (project / "convcost.toml").exists()
