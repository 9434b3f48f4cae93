"""What a shell is told when Tab is pressed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from convcost.cli.run import COMPLETION
from tests.cli.runner import Runner

ROOT = Path(__file__).parents[2]


@pytest.fixture
def offered(convcost: Runner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Offered:
    monkeypatch.chdir(tmp_path)
    return Offered(convcost, monkeypatch)


class Offered:
    """What is offered behind a line that ends where the cursor is."""

    def __init__(self, convcost: Runner, patch: pytest.MonkeyPatch) -> None:
        self._convcost, self._patch = convcost, patch

    def __call__(self, line: str, shell: str = "bash") -> list[str]:
        words = line.split(" ")
        with self._patch.context() as patch:
            patch.setenv(COMPLETION, f"complete_{shell}")
            patch.setenv("COMP_WORDS", line)
            patch.setenv("COMP_CWORD", str(len(words) - 1))
            patch.setenv("_TYPER_COMPLETE_ARGS", line)
            patch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
            _, out, err = self._convcost()
        assert err == ""
        return out.split("\n")[:-1]


@pytest.mark.parametrize(
    ("line", "some"),
    [
        ("convcost ", ["compare", "eval", "zoo", "help"]),
        ("convcost re", ["rewrite", "reconcile"]),
        ("convcost help ev", ["eval"]),
        ("convcost export ", ["pytorch"]),
        ("convcost eval res", ["resnet18", "resnet50"]),
        ("convcost export pytorch vgg", ["vgg16"]),
        ("convcost diff vgg16 mobilenet_v", ["mobilenet_v1", "mobilenet_v2"]),
        ("convcost check vgg", ["vgg16"]),
        ("convcost explain depthwise-sep", ["depthwise-separable"]),
        ("convcost compare --in 3 --kind poi", ["pointwise", "pointwise-group"]),
        ("convcost rewrite vgg16 --replace stan", ["standard="]),
        ("convcost rewrite vgg16 --replace standard=gh", ["standard=ghost"]),
        ("convcost eval vgg16 --format m", ["markdown"]),
        ("convcost check --format ", ["table", "github", "sarif"]),
        ("convcost check --output juni", ["junit="]),
        ("convcost eval vgg16 --convention fv", ["fvcore"]),
        ("convcost eval vgg16 --sort par", ["params"]),
        ("convcost eval vgg16 --metrics weight_bytes,buf", ["weight_bytes,buffer_bytes"]),
        ("convcost eval mobilenet_v1 --set al", ["alpha="]),
        ("convcost diff mobilenet_v1 mobilenet_v1 --set ", ["alpha=", "size="]),
        ("convcost check mobilenet_v1 --format json --set ", ["alpha="]),
        ("convcost eval mobilenet_v1 vgg16 --vary ", ["alpha=", "size="]),
        ("convcost roofline vgg16 --device h1", ["h100-sxm"]),
        ("convcost reconcile vgg16 --explain th", ["thop"]),
        ("convcost eval vgg16 --color al", ["always"]),
        ("convcost eval vgg16 --su", ["--summary"]),
    ],
)
def test_what_is_offered(offered: Offered, line: str, some: list[str]) -> None:
    found = offered(line)
    assert set(some) <= set(found)
    start = line.rpartition(" ")[2]
    assert all(each.startswith(start) for each in found)


def test_specs_and_folders_are_offered(offered: Offered) -> None:
    for name in ("net.yaml", "other.yml", "model.onnx", "notes.txt", ".hidden.yaml"):
        Path(name).write_text("", encoding="utf-8")
    Path("specs").mkdir()
    Path("specs/deep.yaml").write_text("", encoding="utf-8")
    assert offered("convcost eval ")[:4] == ["model.onnx", "net.yaml", "other.yml", "specs/"]
    assert offered("convcost eval specs/") == ["specs/deep.yaml"]
    assert offered("convcost eval .h") == [".hidden.yaml"]


def test_a_name_that_a_shell_would_act_on_is_not_offered(offered: Offered) -> None:
    for name in ("a b.yaml", "a$(id).yaml", "a`id`.yaml", "a'.yaml", 'a\\".yaml', "a;id.yaml"):
        Path(name).write_text("", encoding="utf-8")
    Path("aß.yaml").write_text("", encoding="utf-8")
    for shell in ("bash", "zsh", "fish", "powershell"):
        found = "\n".join(offered("convcost eval a", shell))
        assert "ß" in found
        assert not {"b.yaml", "id", ";", "$"} & set(found.replace('"', " ").split())
    assert offered("convcost eval a")[:2] == ["aß.yaml", "alexnet"]


@pytest.mark.parametrize(
    "line",
    [
        "convcost eval nowhere/",
        "convcost eval vgg16 --depth ",
        "convcost eval vgg16 --set ",
        "convcost eval --set ",
        "convcost eval nowhere.yaml --set ",
        "convcost eval torch:os:path --set ",
        "convcost eval - --set ",
    ],
)
def test_a_line_that_leads_nowhere_is_offered_nothing(offered: Offered, line: str) -> None:
    assert [each for each in offered(line) if each] == []


def test_a_wrong_option_before_it_does_not_matter(offered: Offered) -> None:
    assert "vgg16" in offered("convcost eval --color never --nosuch=3 vgg")
    assert "vgg16" in offered("convcost eval --color purple vgg")


# What each shell runs when Tab is pressed, with nothing of ours in it.
TABS = {
    "bash": """
        COMP_WORDS=(convcost explain depthwise-sep) COMP_CWORD=2
        _convcost_completion convcost
        echo "${COMPREPLY[0]}"
        """,
    "zsh": """
        words=(convcost explain depthwise-sep) CURRENT=3
        _arguments() { print -r -- "$@"; }
        _convcost_completion
        """,
    "fish": "complete -C 'convcost explain depthwise-sep'",
}
SOURCED = {"bash": ("-c", "eval"), "zsh": ("-fc", "compdef() { :; }; eval"), "fish": ("-Nc", "")}


@pytest.mark.parametrize("shell", TABS)
def test_a_shell_itself_completes(tmp_path: Path, shell: str) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"there is no {shell}")
    ours = tmp_path / "convcost"
    ours.write_text(f'#!/bin/sh\nexec {sys.executable} -m convcost "$@"\n', encoding="utf-8")
    ours.chmod(0o755)
    environ = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
    }
    option, run = SOURCED[shell]
    script = f"env {COMPLETION}=source_{shell} convcost"
    sourced = f'{run} "$({script})"' if run else f"{script} | source"
    done = subprocess.run(
        [program, option, f"{sourced}\n{TABS[shell]}"],
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "depthwise-separable" in done.stdout
    assert "pointwise-group" not in done.stdout
    assert done.stderr == ""


def test_the_script_is_shown(convcost: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    for shell in ("bash", "zsh", "fish"):
        monkeypatch.setattr("typer.completion._get_shell_name", lambda shell=shell: shell)
        code, out, _ = convcost("--show-completion")
        assert code == 0
        assert COMPLETION in out
    monkeypatch.setattr("typer.completion._get_shell_name", lambda: "tcsh")
    assert convcost("--show-completion").code == 2
