"""The project's own workflows, as far as they can be held to something without a runner.

`.ci/workflows` has their form checked by tools that are made for that.
"""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

import convcost
from tests.documents import ROOT

PATHS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
WORKFLOWS: dict[str, dict[Any, Any]] = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in PATHS
}
JOBS = {
    f"{workflow}/{name}": job
    for workflow, content in WORKFLOWS.items()
    for name, job in content["jobs"].items()
}
PINNED = re.compile(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
WRITES = {"docs/publish": {"pages", "id-token"}, "release/publish": {"id-token"}}


def steps(job: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = job.get("steps", [])
    return found


@pytest.mark.parametrize("path", PATHS, ids=lambda path: str(path.stem))
def test_actions_are_pinned_to_a_commit_and_say_of_which_version(path: Path) -> None:
    used = re.findall(r"uses: ([^.].*)", path.read_text(encoding="utf-8"))
    assert used
    assert [each for each in used if not PINNED.fullmatch(each)] == []


@pytest.mark.parametrize("name", JOBS)
def test_a_job_may_do_no_more_than_it_must(name: str) -> None:
    job = JOBS[name]
    assert WORKFLOWS[name.partition("/")[0]]["permissions"] == {}
    written = {each for each, how in job["permissions"].items() if how == "write"}
    assert written == WRITES.get(name, set())
    assert "uses" in job or job["timeout-minutes"] <= 120
    checkouts = [each for each in steps(job) if "actions/checkout@" in each.get("uses", "")]
    assert not (written and checkouts)
    assert all(each["with"]["persist-credentials"] is False for each in checkouts)


def test_nothing_of_an_event_is_part_of_a_script() -> None:
    scripts = [step["run"] for job in JOBS.values() for step in steps(job) if "run" in step]
    assert scripts
    assert not any("${{" in script for script in scripts)


def test_what_they_run_is_what_is_run_by_hand() -> None:
    """No second list of what is checked: each file that they run is in `.ci`, and `.ci/run` too."""
    everything = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    scripts = [step["run"] for job in JOBS.values() for step in steps(job) if "run" in step]
    called = {each for script in scripts for each in re.findall(r"\.ci/[\w.]+", script)}
    assert called == {".ci/tests", ".ci/run", ".ci/site", ".ci/tagged.py", ".ci/package"}
    assert all((ROOT / each).is_file() for each in called)
    assert all(each in everything for each in called - {".ci/run", ".ci/tagged.py"})


def test_the_tests_run_on_every_python_that_the_package_is_said_to_run_on() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    said = re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))
    matrix = WORKFLOWS["tests"]["jobs"]["tests"]["strategy"]["matrix"]
    assert matrix["python"][: len(said)] == said  # newer ones are said once they have passed
    assert project["requires-python"] == f">={said[0]}"
    assert {each.partition("-")[0] for each in matrix["system"]} == {"ubuntu", "macos", "windows"}


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_the_test_command_is_the_one_of_the_readme(tmp_path: Path) -> None:
    page = "<!-- test-command -->\n```sh\necho it/bin/ran\n```\n```sh\necho not\n```\n"
    (tmp_path / "README.md").write_text(page, encoding="utf-8")
    bash = shutil.which("bash") or ""
    for system, folder in (("linux-gnu", "bin"), ("msys", "Scripts")):
        script = f'OSTYPE={system}; . "{(ROOT / ".ci" / "tests").as_posix()}"'
        done = subprocess.run(
            [bash, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        assert done.stdout == f"echo it/{folder}/ran\nit/{folder}/ran\n"


@pytest.fixture
def wrong() -> Callable[[str, str, str], list[str]]:
    spec = importlib.util.spec_from_file_location("tagged", ROOT / ".ci" / "tagged.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    check: Callable[[str, str, str], list[str]] = module.wrong
    return check


def test_only_a_version_that_is_told_of_is_released(
    wrong: Callable[[str, str, str], list[str]],
) -> None:
    number = convcost.__version__
    changes, citation = f"# C\n\n## [{number}] - 2026-11-27\n", f"a: b\nversion: {number}\nc: d\n"
    assert wrong(f"v{number}", changes, citation) == []
    assert wrong("v0", "## [Unreleased]\n", "version: 0\n") == [
        f"the tag is v0, but the version v{number}",
        f'CHANGELOG.md has no section "## [{number}] - YYYY-MM-DD"',
        f"CITATION.cff does not cite version {number}",
    ]
