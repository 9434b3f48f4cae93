"""A branch of a stranger's, checked: it cannot have its code run, whatever it commits."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from convcost.sources import CodeTarget, Target, code, read, target_of
from tests.cli.projects import commit, git, net, write
from tests.cli.runner import Runner

NETWORK = """\
[[networks]]
target = "torch:nets:Net"
input = "3x8x8"

[budgets."torch:*"]
params = "1k"
"""
ALLOWED = f"run_code = true\n{NETWORK}"
AGAINST = ("check", "--base", "git:main")


@pytest.fixture(autouse=True)
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A repository whose settings name code, on a branch; and the code that has run."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    git("init", "--quiet")
    write({"convcost.toml": NETWORK, "net.yaml": net()})
    commit()
    git("checkout", "--quiet", "-b", "branch")
    found: list[str] = []
    network = read(target_of("net.yaml")).network

    def run(target: Target, *_: object) -> object:
        assert isinstance(target, CodeTarget)
        found.append(str(target))
        return network

    monkeypatch.setattr(code, "read_code", run)
    return found


def allow_on_main() -> None:
    """What only reviewed changes reach."""
    git("checkout", "--quiet", "main")
    write({"convcost.toml": ALLOWED})
    commit()
    git("checkout", "--quiet", "branch")


def test_code_runs_where_that_is_typed(convcost: Runner, ran: list[str]) -> None:
    assert convcost("check", "--run-code").code == 0
    assert convcost("lock", "--run-code").code == 0
    assert convcost("check", "torch:nets:Net", "--base", "none").code == 0
    assert ran == ["torch:nets:Net"] * 3


def test_a_network_that_is_over_is_pointed_at_by_its_limit(
    convcost: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = read(target_of("net.yaml")).network._replace(path="")
    monkeypatch.setattr(code, "read_code", lambda *_: network)
    write({"convcost.toml": NETWORK.replace("1k", "100")})
    code_, out, _ = convcost("check", "--run-code", "--format", "github")
    assert code_ == 1
    assert "file=convcost.toml,line=6,col=10" in out


@pytest.mark.parametrize("args", [("check",), ("lock",), AGAINST, ("check", "--base", "none")])
def test_elsewhere_it_does_not_and_is_told_of(
    convcost: Runner, ran: list[str], args: tuple[str, ...]
) -> None:
    code, out, err = convcost(*args)
    assert (code, out, ran) == (2, "", [])
    assert "convcost.toml:2:10: error: torch:nets:Net is code, and is not run" in err
    assert "hint: --run-code runs it" in err


def test_the_other_networks_are_checked(convcost: Runner, ran: list[str]) -> None:
    write({"convcost.toml": 'specs = ["net.yaml"]\n[budgets."*.yaml"]\nparams = "1k"\n' + NETWORK})
    code, out, _ = convcost("check")
    assert (code, ran) == (2, [])
    assert "1 network checked, all within budget; 1 could not be checked" in out


def test_it_runs_where_the_base_says_so(convcost: Runner, ran: list[str]) -> None:
    allow_on_main()
    git("merge", "--quiet", "main")
    code, _, err = convcost(*AGAINST)
    assert ran == ["torch:nets:Net"]
    # What it was then is not found out by running it.
    assert code == 2
    assert "torch:nets:Net is code, and is not run as it was at main" in err


def test_the_base_may_be_named_without_git_in_front_unless_a_file_has_that_name(
    convcost: Runner, ran: list[str]
) -> None:
    allow_on_main()
    convcost("check", "--base", "main")
    assert ran == ["torch:nets:Net"]
    write({"main": "{}"})
    commit()
    code, _, err = convcost("check", "--base", "main")
    assert (code, ran) == (2, ["torch:nets:Net"])
    assert '"main" is a file and a commit' in err


def test_a_branch_that_is_older_than_the_word_of_the_base(convcost: Runner, ran: list[str]) -> None:
    allow_on_main()
    convcost(*AGAINST)
    assert ran == ["torch:nets:Net"]


def test_what_the_base_takes_back_no_older_branch_has(convcost: Runner, ran: list[str]) -> None:
    allow_on_main()
    git("merge", "--quiet", "main")
    git("checkout", "--quiet", "main")
    write({"convcost.toml": NETWORK})
    commit()
    git("checkout", "--quiet", "branch")
    assert convcost(*AGAINST).code == 2
    assert ran == []


HOSTILE: dict[str, Callable[[], None]] = {}
"""What a branch may commit to have its code run, by what it is."""


def attempt(name: str) -> Callable[[Callable[[], None]], None]:
    def add(make: Callable[[], None]) -> None:
        HOSTILE[name] = make

    return add


@attempt("settings that allow it")
def _() -> None:
    write({"convcost.toml": ALLOWED})


@attempt("settings that allow it, and name themselves as the base")
def _() -> None:
    write({"convcost.toml": f'baseline = "git:HEAD"\n{ALLOWED}'})


@attempt("settings of another name, which come first")
def _() -> None:
    table = NETWORK.replace("[networks]", "[tool.convcost.networks]")
    write({"pyproject.toml": table.replace("[budgets", "[tool.convcost.budgets")})
    git("rm", "--quiet", "convcost.toml")
    write({"convcost.toml": ALLOWED})


@attempt("a lock file that claims it")
def _() -> None:
    entry = {"params": 116, "macs": 1, "activations": 1, "run_code": True}
    lock = {"schema": "convcost.lock/1", "convention": "papers", "run_code": True}
    text = json.dumps({**lock, "networks": {"torch:nets:Net": entry}})
    write({"convcost.lock": text})


@attempt("a spec whose name is that of code")
def _() -> None:
    write({"torch:nets:Net": net(), "convcost.toml": ALLOWED})


@attempt("settings that a link makes others, which the base allows")
def _() -> None:
    git("checkout", "--quiet", "main")
    write({"examples/convcost.toml": ALLOWED})
    commit()
    git("checkout", "--quiet", "branch")
    git("merge", "--quiet", "main")
    Path("convcost.toml").unlink()
    os.symlink("examples/convcost.toml", "convcost.toml")


@attempt("a branch called as the base, in its own settings")
def _() -> None:
    write({"convcost.toml": f'baseline = "git:branch"\n{ALLOWED}'})


@pytest.mark.parametrize("what", HOSTILE)
def test_a_branch_cannot_have_its_code_run(convcost: Runner, ran: list[str], what: str) -> None:
    HOSTILE[what]()
    commit()
    for args in (("check",), ("lock",), ("lock", "--update"), AGAINST, ("init",), ("eval", ".")):
        code, _, err = convcost(*args)
        assert ran == []
        assert "bug" not in err
        assert code == (0 if args[0] == "eval" else 2)


def test_a_cache_in_the_checkout_is_none(convcost: Runner, ran: list[str]) -> None:
    code, _, err = convcost("check", "--run-code", "--cache", ".cache")
    assert (code, ran) == (2, [])
    assert "error: the cache .cache lies in the repository, whose branches could fill it" in err


def test_settings_that_are_named_elsewhere_in_the_base_are_no_word_for_these(
    convcost: Runner, ran: list[str]
) -> None:
    git("checkout", "--quiet", "main")
    write({"examples/convcost.toml": ALLOWED})
    commit()
    git("checkout", "--quiet", "branch")
    git("merge", "--quiet", "main")
    assert convcost(*AGAINST).code == 2
    os.symlink("examples", "more")
    assert convcost(*AGAINST, "--config", "more/convcost.toml").code == 2
    assert ran == []
    convcost(*AGAINST, "--config", "examples/convcost.toml")  # which somebody typed
    assert ran == ["torch:nets:Net"]


def test_a_base_whose_settings_cannot_be_read_allows_nothing(
    convcost: Runner, ran: list[str]
) -> None:
    git("checkout", "--quiet", "main")
    write({"convcost.toml": "run_code = true\nx"})
    commit()
    git("checkout", "--quiet", "branch")
    code, _, err = convcost(*AGAINST)
    assert (code, ran) == (2, [])
    assert "not valid TOML" in err


class TestGrowth:
    """Against a commit, of code that may run: what its lock file there has on record."""

    @pytest.fixture(autouse=True)
    def recorded(self, convcost: Runner) -> None:
        git("checkout", "--quiet", "main")
        write({"convcost.toml": ALLOWED})
        assert convcost("lock", "--run-code").code == 0
        commit()
        git("checkout", "--quiet", "branch")
        git("merge", "--quiet", "main")

    def test_it_is_told(self, convcost: Runner) -> None:
        code, out, err = convcost(*AGAINST)
        assert (code, err) == (0, "")
        assert "compared with main" in out
        assert "none of 1 network changed" in out

    def test_the_lock_file_of_the_branch_has_no_say(self, convcost: Runner) -> None:
        text = Path("convcost.lock").read_text("utf-8")
        git("checkout", "--quiet", "main")
        write({"convcost.lock": text.replace("116", "100")})
        commit()
        git("checkout", "--quiet", "-b", "other")
        write({"convcost.lock": text})
        commit()
        assert convcost("check", "--run-code").code == 0
        code, out, _ = convcost(*AGAINST)
        assert code == 1
        assert "params growth  116 > 100  16 too many" in out

    def test_a_network_that_the_settings_did_not_name_is_new(self, convcost: Runner) -> None:
        write({"convcost.toml": ALLOWED + NETWORK.partition("\n\n")[0].replace("Net", "Other")})
        code, out, _ = convcost(*AGAINST)
        assert code == 0
        assert "1 of 2 networks changed" in out

    def test_one_that_they_named_and_nobody_recorded_cannot_be_told(self, convcost: Runner) -> None:
        git("checkout", "--quiet", "main")
        git("rm", "--quiet", "convcost.lock")
        commit()
        git("checkout", "--quiet", "-b", "other")
        code, _, err = convcost(*AGAINST)
        assert code == 2
        assert "torch:nets:Net is code, and is not run as it was at main" in err
        assert "convcost.lock says what it cost if it has it there" in err

    def test_what_is_given_on_the_command_line_makes_another_network(
        self, convcost: Runner
    ) -> None:
        assert convcost(*AGAINST, "--input", "3x16x16").code == 2
        assert convcost("check", "--run-code", "--input", "3x16x16").code == 2
        assert convcost("check", "--run-code", "--input", "3x16x16", "--base", "none").code == 0
