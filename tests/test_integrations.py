"""The GitHub action and the pre-commit hook, as far as they run without the services."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.projects import CONFIG, commit, git, net, write

ROOT = Path(__file__).parents[1]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
SHELL = [step for step in STEPS if "run" in step]
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")

needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")


def test_other_actions_are_pinned_to_a_commit() -> None:
    uses = [step["uses"] for step in STEPS if "uses" in step]
    assert uses
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", each) for each in uses)


def test_no_text_of_a_caller_is_ever_part_of_a_script() -> None:
    assert not any(EXPRESSION.search(step["run"]) for step in SHELL)


def test_the_action_asks_for_no_token() -> None:
    assert "token" not in (ROOT / "action.yml").read_text(encoding="utf-8").lower()


class Runner:
    """Runs the action's shell steps as GitHub's runner would."""

    def __init__(self, temp: Path) -> None:
        self.temp = temp
        self.output = temp / "output"
        self.output.touch()

    def step(self, name: str, inputs: dict[str, str]) -> subprocess.CompletedProcess[str]:
        (step,) = (step for step in SHELL if step["name"] == name)
        given = {key: value["default"] for key, value in ACTION["inputs"].items()} | inputs
        known = {f"inputs.{key}": value for key, value in given.items()}
        known |= {"github.action_path": str(ROOT), "runner.temp": str(self.temp)}
        environ = {
            key: EXPRESSION.sub(lambda match: known[match[1]], value)
            for key, value in step["env"].items()
        }
        folder = EXPRESSION.sub(lambda match: known[match[1]], step.get("working-directory", "."))
        bash = shutil.which("bash")
        assert bash
        return subprocess.run(
            [bash, "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            capture_output=True,
            check=False,
            cwd=folder,
            env=os.environ | environ | {"GITHUB_OUTPUT": str(self.output)},
            text=True,
        )


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runner:
    """A project to check, and a program `convcost` where the action installs it."""
    temp, project = tmp_path / "temp", tmp_path / "project"
    temp.mkdir()
    project.mkdir()
    script = f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m convcost "$@"\n'
    write({"convcost-venv/bin/convcost": script}, temp)
    (temp / "convcost-venv/bin/convcost").chmod(0o755)
    monkeypatch.chdir(project)
    write({"specs/a.yaml": net(4, "a"), "specs/b c.yaml": net(8, "b"), "convcost.toml": CONFIG})
    git("init", "--quiet")
    commit()
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(temp / "summary.md"))
    return Runner(temp)


@needs_bash
def test_the_check_passes_and_writes_the_summary(runner: Runner) -> None:
    done = runner.step("Check", {})
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 networks checked, all within budget" in done.stdout
    assert runner.output.read_text(encoding="utf-8") == "exit-code=0\n"
    assert "2 networks checked" in (runner.temp / "summary.md").read_text(encoding="utf-8")


@needs_bash
def test_the_check_fails_with_annotations(runner: Runner) -> None:
    write({"specs/b c.yaml": net(9, "b")})
    inputs = {"base": "git:main", "specs": "specs/b c.yaml\n", "output": "sarif=a b.sarif\n"}
    done = runner.step("Check", inputs)
    assert done.returncode == 1
    assert "FAIL  b  specs/b c.yaml" in done.stdout
    assert "::error title=convcost%3A" in done.stdout
    assert Path("a b.sarif").exists()
    assert runner.output.read_text(encoding="utf-8") == "exit-code=1\n"


@needs_bash
def test_another_folder(runner: Runner) -> None:
    assert runner.step("Check", {"working-directory": "specs"}).returncode == 0


@needs_bash
@pytest.mark.parametrize("name", ["specs", "base", "output"])
@pytest.mark.parametrize(
    "text", ['"; touch x; "', "$(touch x)", "`touch x`", "--exit-zero", "--help"]
)
def test_what_a_caller_gives_cannot_run(runner: Runner, name: str, text: str) -> None:
    assert runner.step("Check", {name: text}).returncode == 2
    assert not Path("x").exists()


@needs_bash
def test_the_installation_takes_the_action_itself(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = runner.temp / "log"
    shim = f'#!/bin/sh\nprintf "%s\\n" "$*" >> "{log}"\n'
    shutil.rmtree(runner.temp / "convcost-venv")
    write({"bin/python": shim, "convcost-venv/bin/python": shim}, runner.temp)
    for folder in ("bin", "convcost-venv/bin"):
        (runner.temp / folder / "python").chmod(0o755)
    monkeypatch.setenv("PATH", f"{runner.temp / 'bin'}:{os.environ['PATH']}")
    assert runner.step("Install convcost", {}).returncode == 0
    assert log.read_text(encoding="utf-8").splitlines() == [
        f"-I -m venv {runner.temp / 'convcost-venv'}",
        f"-I -m pip --isolated install --quiet --disable-pip-version-check {ROOT}",
    ]


HOSTILE = (
    "venv.py",
    "pip.py",
    "subprocess.py",
    "os.py",
    "typing.py",
    "yaml.py",
    "typer.py",
    "rich.py",
    "pydantic.py",
    "tomllib.py",
    "sitecustomize.py",
    "usercustomize.py",
    "convcost/__init__.py",
    "convcost/__main__.py",
)


@pytest.fixture
def hostile(tmp_path: Path) -> Callable[[], bool]:
    """Modules in the current folder that leave a file behind; what tells that none has run."""
    ran = tmp_path / "ran"
    write(dict.fromkeys(HOSTILE, f"open({str(ran)!r}, 'w').close()\nraise SystemExit(9)\n"))
    return lambda: not ran.exists()


@needs_bash
@pytest.mark.skipif(importlib.util.find_spec("pip") is None, reason="needs pip")
@pytest.mark.parametrize("safe", [True, False])
def test_the_installation_runs_nothing_of_the_checkout(
    runner: Runner, hostile: Callable[[], bool], monkeypatch: pytest.MonkeyPatch, safe: bool
) -> None:
    """The real Python and pip, up to where they would do anything."""
    shim = f'#!/bin/sh\ncd "{os.getcwd()}"\nexec "{sys.executable}" "$1" "$2" "$3" --help\n'
    if not safe:  # which shows that the modules would run
        shim = shim.replace('"$1" ', "")
    shutil.rmtree(runner.temp / "convcost-venv")
    write({"bin/python": shim, "convcost-venv/bin/python": shim}, runner.temp)
    for folder in ("bin", "convcost-venv/bin"):
        (runner.temp / folder / "python").chmod(0o755)
    monkeypatch.setenv("PATH", f"{runner.temp / 'bin'}:{os.environ['PATH']}")
    done = runner.step("Install convcost", {})
    assert ("usage: venv" in done.stdout and "pip <command>" in done.stdout) == safe
    assert hostile() == safe


@needs_bash
def test_the_check_runs_nothing_of_the_checkout(
    runner: Runner, hostile: Callable[[], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The console script, as an installation has it, after a step that set Python's path."""
    script = f"#!{sys.executable}\nfrom convcost.cli.main import main\nmain()\n"
    write({"convcost-venv/bin/convcost": script}, runner.temp)
    monkeypatch.setenv("PYTHONPATH", os.getcwd())
    done = runner.step("Check", {})
    assert (done.returncode, done.stderr) == (0, "")
    assert hostile()


@pytest.mark.parametrize("options", [("-I",), ("-P",), ()])
def test_the_program_looks_for_nothing_in_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    """Without -I, for all that Python has not imported before the program starts."""
    monkeypatch.chdir(tmp_path)
    ran = tmp_path / "ran"
    names = HOSTILE if options else ("typer.py", "yaml.py", "pydantic.py", "simpleeval.py")
    write(dict.fromkeys(names, f"open({str(ran)!r}, 'w').close()\n"), tmp_path / "checkout")
    monkeypatch.chdir(tmp_path / "checkout")
    monkeypatch.delenv("PYTHONPATH", raising=False)
    done = subprocess.run(
        [sys.executable, *options, "-m", "convcost", "eval", "mobilenet_v1", "--summary"],
        capture_output=True,
        check=False,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert not ran.exists()


def test_what_is_printed_starts_no_python_in_the_checkout() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "convcost").rglob("*.py")]
    for page in [*pages, ROOT / "action.yml", ROOT / ".pre-commit-hooks.yaml"]:
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"python[0-9.]* -m convcost", text), page


def hook() -> dict[str, Any]:
    (found,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def test_the_hook_sees_all_specs_in_one_process() -> None:
    assert hook()["pass_filenames"] is False
    assert hook()["require_serial"] is True


@pytest.mark.parametrize(
    ("path", "runs"),
    [
        ("specs/a.yaml", True),
        ("a.yml", True),
        ("convcost.toml", True),
        ("ml/convcost.lock", True),
        ("pyproject.toml", True),
        ("a.py", False),
        ("yaml/readme.md", False),
    ],
)
def test_the_hook_runs_for_what_it_reads(path: str, runs: bool) -> None:
    assert bool(re.search(hook()["files"], path)) == runs


@pytest.mark.skipif(importlib.util.find_spec("pre_commit") is None, reason="needs pre-commit")
@pytest.mark.parametrize(("m", "code"), [(8, 0), (80, 1)])
def test_the_hook_in_a_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, m: int, code: int
) -> None:
    """With what is installed here rather than an environment that pre-commit would download."""
    home = tmp_path / "hooks"
    write({".pre-commit-hooks.yaml": yaml.safe_dump([hook() | {"language": "system"}])}, home)
    write({"bin/convcost": f'#!/bin/sh\nexec "{sys.executable}" -m convcost "$@"\n'}, tmp_path)
    (tmp_path / "bin/convcost").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(home)
    git("init", "--quiet")
    commit()
    project = tmp_path / "project"
    write({"specs/a.yaml": net(4), "specs/b.yaml": net(m), "convcost.toml": CONFIG}, project)
    monkeypatch.chdir(project)
    git("init", "--quiet")
    commit()
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pre_commit",
            "try-repo",
            str(home),
            "convcost-check",
            "--all-files",
        ],
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert ("Failed" if code else "Passed") in done.stdout
