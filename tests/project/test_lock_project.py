"""Recording a project's totals from Python."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from convcost import lock_project
from convcost.gaps import UnknownOps
from tests.cli.projects import CONFIG, net, write

UNKNOWN = "input: 3x8x8\nlayers:\n  - {kind: unknown, op: fft, shape: 4x8x8}\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write({"specs/a.yaml": net(4), "specs/b.yaml": net(8), "convcost.toml": CONFIG}, tmp_path)
    return tmp_path


def params(project: Path) -> dict[str, int]:
    document = json.loads((project / "convcost.lock").read_text(encoding="utf-8"))
    return {key: entry["params"] for key, entry in document["networks"].items()}


def test_what_became_of_each_entry(project: Path) -> None:
    made = lock_project(project)
    assert (made.path, made.problems) == (str(project / "convcost.lock"), ())
    assert {each.key: each.state for each in made.updates} == {
        "specs/a.yaml": "new",
        "specs/b.yaml": "new",
    }
    write({"specs/a.yaml": net(5), "specs/b.yaml": net(7)}, project)
    made = lock_project(project)
    assert ([each.state for each in made.updates], made.grown) == (["grown", "lower"], True)
    assert params(project) == {"specs/a.yaml": 116, "specs/b.yaml": 232}
    made = lock_project(project, update=True, loosen=True)
    assert ([each.state for each in made.updates], made.grown) == (["loosened", "tightened"], False)
    assert params(project) == {"specs/a.yaml": 145, "specs/b.yaml": 203}


def test_entries_that_no_spec_answers_to(project: Path) -> None:
    lock_project(project)
    (project / "specs/a.yaml").unlink()
    assert lock_project(project).pruned == ()
    assert lock_project(project, prune=True).pruned == ("specs/a.yaml",)
    assert params(project) == {"specs/b.yaml": 232}


def test_with_problems_the_file_is_what_it_was(project: Path) -> None:
    lock_project(project)
    before = (project / "convcost.lock").read_bytes()
    write({"specs/a.yaml": net(1), "specs/b.yaml": "layers: 3\n"}, project)
    made = lock_project(project, update=True)
    assert made.problems
    assert (made.path, made.updates) == ("", ())
    assert (project / "convcost.lock").read_bytes() == before


def test_another_file_is_seen_from_the_folder(project: Path) -> None:
    made = lock_project(project, Path("specs/a.yaml"), output="specs/own.lock")
    assert made.path == str(project / "specs/own.lock")
    assert [each.key for each in made.updates] == ["a.yaml"]
    problems = lock_project(project, output=project / "more/own.lock").problems
    assert ["cannot be recorded" in problem.message for problem in problems] == [True, True]


def test_what_is_not_understood(project: Path) -> None:
    write({"specs/fft.yaml": UNKNOWN}, project)
    assert lock_project(project).gaps == (UnknownOps("fft", "fft", times=1, ops=1, share=1.0),)


def test_nothing_is_raised(project: Path) -> None:
    (problem,) = lock_project(project, convention="paper").problems
    assert problem.hint == 'did you mean "papers"?'
