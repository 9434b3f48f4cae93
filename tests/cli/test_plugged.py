"""`--with FILE.py` and `--plugins`, on every command."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from convcost.cli.commands import COMMANDS
from convcost.cli.run import run
from convcost.sources import plugins
from tests.plugged import unplugged
from tests.sources.test_plugins import OWN

TINY = "input: 3x8x8\nlayers: [{kind: own-kind, m: 4, k: 3}]\nbudgets: {own_metric: 1k}\n"


@pytest.fixture(autouse=True)
def _as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    Path("own.py").write_text(OWN, encoding="utf-8")
    Path("own.yaml").write_text(TINY, encoding="utf-8")
    with unplugged():
        yield


@pytest.mark.parametrize(
    "line",
    [
        "compare --in 3 --out 4 -k 3 --kind own-kind",
        "explain own-kind --in 3 --out 4 -k 3",
        "draw own-kind",
        "eval own.yaml --metrics own-metric --convention own-rule",
        "check own.yaml",
        "lock own.yaml",
        "memory own.yaml",
        "rewrite own.yaml --replace own-kind=standard --first",
        "reconcile own.yaml --explain own-rule",
        "export pytorch own.yaml",
        "sweep mobilenet_v1 --vary alpha=0.5,1 --where own_metric>1",
    ],
)
def test_what_is_registered_is_known_to_commands(
    line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(line.split()) == 2, "without the plugin there is no such thing"
    capsys.readouterr()
    if line.startswith("sweep"):
        pytest.importorskip("numpy")
    assert run([*line.split(), "--with", "own.py"]) == 0
    assert "Traceback" not in capsys.readouterr().err


def test_kinds_and_schema_list_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["kinds", "--format", "json", "--with=own.py"]) == 0
    kinds = json.loads(capsys.readouterr().out)["kinds"]
    assert [each["kind"] for each in kinds][-1] == "own-kind"
    assert run(["schema", "--with", "own.py"]) == 0
    assert "kind-own-kind" in json.loads(capsys.readouterr().out)["$defs"]


def test_a_metric_has_options_of_its_own() -> None:
    command = [sys.executable, "-m", "convcost", "check", "own.yaml", "--with", "own.py"]
    command += ["--max-own-metric", "200"]
    root = str(Path(plugins.__file__).parents[2])
    environ = {"PYTHONPATH": root, "NO_COLOR": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environ)
    assert (done.returncode, done.stderr) == (1, "")
    assert "216 > 200" in done.stdout


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in ("export", "import")])
def test_every_command_has_both(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([name, "--help"]) == 0
    told = capsys.readouterr().out
    assert "--with" in told
    assert "--plugins" in told


def test_commands_to_be_pasted_bring_it_along(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["compare", "--in", "3", "--out", "4", "-k", "3"]
    assert run([*asked, "--with", "own.py"]) == 0
    explained = "convcost explain depthwise-separable --in 3 --out 4 -k 3"
    assert f"{explained} --with own.py" in capsys.readouterr().out
    assert run(["suggest", "vgg16", "--max-macs", "5G", "--with", "own.py"]) == 0
    assert capsys.readouterr().out.count("--with own.py") == 1
    assert run([*asked, "--plugins"]) == 0
    assert f"{explained} --plugins" in capsys.readouterr().out
    assert run(asked) == 0
    assert f"{explained}\n" in capsys.readouterr().out


def test_code_that_is_not_there_or_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["zoo", "--with", "nowhere.py"]) == 2
    assert "there is no file nowhere.py" in capsys.readouterr().err
    Path("bad.py").write_text("1 / 0\n")
    assert run(["zoo", "--with", "bad.py"]) == 2
    assert "bad.py cannot be loaded: ZeroDivisionError" in capsys.readouterr().err


def test_rules_in_yaml_are_for_networks_that_are_imported(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["zoo", "--with", "rules.yaml"]) == 2
    assert "--with rules.yaml is for commands that import networks" in capsys.readouterr().err


@pytest.mark.parametrize("word", ["--with=own.py", "--plugins"])
def test_a_word_that_a_shell_may_have_typed_loads_nothing(
    word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(word).write_text("")
    assert run(["eval", "own.yaml", word]) == 2
    assert "this is the name of a file, and would run code" in capsys.readouterr().err
    assert not plugins.LOADED


@pytest.mark.parametrize("line", ["eval -- --with own.py", "eval own.py", "eval --set a=own.py"])
def test_other_words_load_nothing(line: str) -> None:
    run(line.split())
    assert not plugins.LOADED


def test_settings_load_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    for text in ('with = ["own.py"]', "plugins = true", 'rules = ["own.py"]'):
        Path("convcost.toml").write_text(f'specs = ["own.yaml"]\n{text}\n')
        assert run(["check"]) == 2
        assert "unknown key" in capsys.readouterr().err
    assert not plugins.LOADED


def test_workers_have_the_plugin_too(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("numpy")
    line = "sweep mobilenet_v1 --vary alpha=0.5,1 --where own_metric>1 --workers 2 --format json"
    assert run([*line.split(), "--with", "own.py"]) == 0
    assert json.loads(capsys.readouterr().out)["passing"] == 2
