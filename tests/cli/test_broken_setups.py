"""A gate that is set up wrong says so, names the next step, and never passes."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import pytest

from tests.cli.projects import CONFIG, commit, git, net, write
from tests.cli.runner import Runner

BUDGETS = '[budgets."specs/*.yaml"]\n'


class Setup(NamedTuple):
    """What is wrong, how it comes about, and what is said of it."""

    said: str
    step: str
    files: Mapping[str, str] = MappingProxyType({})
    args: tuple[str, ...] = ()
    prepare: Callable[[], object] = lambda: None


def config(text: str) -> dict[str, str]:
    return {"convcost.toml": text}


def lock(text: str) -> dict[str, str]:
    return {"convcost.lock": text}


def repository() -> None:
    git("init", "--quiet")
    commit()


def shallow_clone() -> None:
    repository()
    commit("two")
    commit("three")
    git("clone", "--quiet", "--depth", "1", f"file://{os.getcwd()}", "clone")
    os.chdir("clone")


def unrelated_branch() -> None:
    repository()
    git("checkout", "--quiet", "--orphan", "other")
    commit("alone")


def no_git() -> None:
    os.environ["PATH"] = ""


def linked_outside() -> None:
    outside = Path("../outside.yaml")
    outside.write_text(net(), encoding="utf-8")
    Path("specs/a.yaml").unlink()
    Path("specs/a.yaml").symlink_to(Path("../../outside.yaml"))
    repository()


def unreadable_specs() -> None:
    Path("specs/a.yaml").unlink()
    os.mkfifo("specs/a.yaml")


ENTRY = '{"params": 1, "macs": 1, "activations": 1}'
LOCK = '{"schema": "convcost.lock/1", "convention": "papers", "networks": {%s}}'
GIT = ("--base", "git:main")
SETUPS = {
    "no settings": Setup(
        "no specs are named", '"convcost init --lock"', prepare=lambda: os.remove("convcost.toml")
    ),
    "settings that name no specs": Setup(
        "convcost.toml names none", "name specs", config(BUDGETS + "macs = 1")
    ),
    "settings that are not there": Setup(
        "no such file", "did you mean", args=("--config", "convcost.tml")
    ),
    "settings that are not TOML": Setup("not valid TOML", "lists in [ ]", config("specs = [")),
    "pyproject without the table": Setup(
        "no [tool.convcost]",
        "add one",
        {"pyproject.toml": "[tool.ruff]\n"},
        ("--config", "pyproject.toml"),
    ),
    "an unknown key": Setup('unknown key "spec"', 'did you mean "specs"?', config('spec = ["a"]')),
    "specs of the wrong type": Setup("specs must be a list", "specs/*.yaml", config('specs = "a"')),
    "a pattern that is no text": Setup('"3" is no pattern', "relative", config("specs = [3]")),
    "a pattern that leads out": Setup(
        '"../*.yaml" is no pattern', "stay below", config('specs = ["../*.yaml"]')
    ),
    "a pattern from the root": Setup(
        '"/etc/*" is no pattern', "relative", config('specs = ["/etc/*"]')
    ),
    "a pattern of specs that matches nothing": Setup(
        '"nets/*.yaml" matches no spec', "convcost.toml:1:9", config('specs = ["nets/*.yaml"]')
    ),
    "a pattern of budgets that matches nothing": Setup(
        '"nets/*.yaml" matches no spec',
        "correct it",
        config(CONFIG + '[budgets."nets/*.yaml"]\nmacs = 1'),
    ),
    "budgets without a pattern": Setup(
        '"macs" sets no budgets', "[budgets.", config(CONFIG + "[budgets]\nmacs = 1")
    ),
    "budgets that are no table": Setup(
        "budgets must be a table", "[budgets.", config("budgets = 3")
    ),
    "an unknown metric": Setup(
        'unknown metric "mac"',
        'did you mean "macs"?',
        config('specs = ["specs/*.yaml"]\n' + BUDGETS + "mac = 1"),
    ),
    "an unknown unit": Setup(
        'unknown unit "B"', "with k, M, G or T", config(BUDGETS + 'macs = "1B"')
    ),
    "a part of a whole": Setup(
        "not a whole number", "convcost.toml:2:8", config(BUDGETS + "macs = 1.5")
    ),
    "a share of nothing": Setup(
        "needs something to grow from", "macs_growth", config(BUDGETS + 'macs = "2%"')
    ),
    "an unknown level": Setup(
        'unknown level "fatal"', "error and warn", config(BUDGETS + "macs = {fatal = 1}")
    ),
    "an unknown unit in a flag": Setup(
        "--max-macs", "with k, M, G or T", args=("--max-macs", "5m")
    ),
    "an unknown level in a flag": Setup(
        "--max-macs", 'did you mean "warn"', args=("--max-macs", "wran=5M")
    ),
    "a limit on growth and no baseline": Setup(
        "there is no baseline", '"convcost lock"', config(CONFIG + 'macs_growth = "2%"')
    ),
    "a flag on growth and no baseline": Setup(
        "there is no baseline", '"convcost lock"', args=("--max-macs-growth", "2%")
    ),
    "no budgets at all": Setup(
        "nothing to check", "add budgets", config('specs = ["specs/*.yaml"]')
    ),
    "an unknown convention": Setup(
        'no convention "thob"', 'did you mean "thop"?', config('convention = "thob"\n' + CONFIG)
    ),
    "a convention that is no text": Setup(
        "convention must be a text", "papers", config("convention = 3")
    ),
    "a baseline that is no text": Setup(
        "baseline must be a text", "lock file", config("baseline = 3")
    ),
    "a baseline that leads out": Setup(
        '"../x.lock" is no path', "stay below", config('baseline = "../x.lock"')
    ),
    "a missing baseline": Setup(
        "the baseline base.lock is missing",
        '"convcost lock"',
        config('baseline = "base.lock"\n' + CONFIG),
    ),
    "a missing baseline asked for": Setup(
        "the baseline b.lock is missing", '"convcost lock -o b.lock"', args=("--base", "b.lock")
    ),
    "a lock file that is not JSON": Setup("not a lock file", "convcost lock", lock("specs: 3")),
    "a lock file in a merge conflict": Setup(
        "not a lock file", "merge conflict", lock("<<<<<<< HEAD\n{}\n")
    ),
    "a lock file of another version": Setup(
        '"convcost.lock/9"', "convcost lock", lock('{"schema": "convcost.lock/9"}')
    ),
    "a lock file that is a list": Setup("its schema is missing", "convcost lock", lock("[]")),
    "a lock file without networks": Setup(
        "lacks a convention, or networks", "convcost lock", lock('{"schema": "convcost.lock/1"}')
    ),
    "a lock file with an entry twice": Setup(
        "a key is there twice", "convcost lock", lock(LOCK % f'"a": {ENTRY}, "a": {ENTRY}')
    ),
    "an entry that leads out": Setup(
        "is not one", "convcost lock", lock(LOCK % f'"../../etc/passwd": {ENTRY}')
    ),
    "an entry with another total": Setup(
        "is not one", "convcost lock", lock(LOCK % '"a": {"params": 1}')
    ),
    "an entry that is no number": Setup(
        "is not one", "convcost lock", lock(LOCK % f'"a": {ENTRY.replace("1", "1.5")}')
    ),
    "a spec without an entry": Setup(
        "has no entry for it", '"convcost lock specs/a.yaml"', lock(LOCK % "")
    ),
    "a stale entry": Setup(
        'entry "specs/z.yaml"',
        "convcost lock --prune",
        lock(LOCK % f'"specs/a.yaml": {ENTRY}, "specs/z.yaml": {ENTRY}'),
    ),
    "a lock file by another convention": Setup(
        "counted by thop", "--convention thop", lock((LOCK % "").replace("papers", "thop"))
    ),
    "not a git repository": Setup("needs a git repository", "in a clone", args=GIT),
    "no git": Setup("git is not installed", "install it", args=GIT, prepare=no_git),
    "an unknown commit": Setup(
        'git knows no commit "origin/mian"',
        "git fetch origin mian",
        args=("--base", "git:origin/mian"),
        prepare=repository,
    ),
    "a repository without a commit": Setup(
        "git knows no commit", "git fetch", args=GIT, prepare=lambda: git("init", "--quiet")
    ),
    "a reference that is an option": Setup(
        "is not the name of a commit",
        "git:origin/main",
        args=("--base", "git:--output=x"),
        prepare=repository,
    ),
    "a reference that is a range": Setup(
        "is not the name of a commit",
        "git:origin/main",
        args=("--base", "git:a..b"),
        prepare=repository,
    ),
    "a shallow clone": Setup(
        "no commit", "fetch-depth: 0", args=("--base", "git:origin/main~1"), prepare=shallow_clone
    ),
    "branches that have nothing in common": Setup(
        "no commit in common", "began from", args=GIT, prepare=unrelated_branch
    ),
    "a spec outside the repository": Setup(
        "does not lie in this repository", "--base none", args=GIT, prepare=linked_outside
    ),
    "a spec that is a pipe": Setup(
        "not a regular file", "save", args=("specs/a.yaml",), prepare=unreadable_specs
    ),
    "an unknown format": Setup(
        'no format "sarf"', 'did you mean "sarif"?', args=("--format", "sarf")
    ),
    "an output without a file": Setup("cannot read", "FORMAT=FILE", args=("--output", "junit")),
    "an output of an unknown format": Setup(
        'no format "xml"', "the formats are", args=("--output", "xml=a.xml")
    ),
    "a file written twice": Setup(
        "twice", "its own file", args=("--output", "total=a", "--output", "json=a")
    ),
}


@pytest.mark.parametrize("name", SETUPS)
def test_a_broken_setup(
    name: str, convcost: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup = SETUPS[name]
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PATH", os.environ["PATH"])
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    write({"specs/a.yaml": net(), "convcost.toml": CONFIG} | dict(setup.files))
    setup.prepare()
    code, _, err = convcost("check", *setup.args)
    assert code == 2
    assert setup.said in err
    assert setup.step in err
    assert "bug in convcost" not in err
    assert convcost("check", *setup.args, "--exit-zero").code == 2
