"""`convcost lock`."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.projects import CONFIG, net, write
from tests.cli.runner import Runner

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.usefixtures("project")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, convcost: Runner) -> None:
    monkeypatch.chdir(tmp_path)
    write({"specs/b.yaml": net(8, "b"), "specs/a.yaml": net(4, "a"), "convcost.toml": CONFIG})
    assert convcost("lock").code == 0


def locked() -> str:
    return Path("convcost.lock").read_text(encoding="utf-8")


def params() -> dict[str, int]:
    return {key: entry["params"] for key, entry in json.loads(locked())["networks"].items()}


def test_the_file_is_sorted_and_holds_nothing_that_changes_by_itself() -> None:
    assert locked() == (
        "{\n"
        '  "schema": "convcost.lock/1",\n'
        '  "convention": "papers",\n'
        '  "networks": {\n'
        '    "specs/a.yaml": {"params": 116, "macs": 7424, "activations": 384},\n'
        '    "specs/b.yaml": {"params": 232, "macs": 14848, "activations": 640}\n'
        "  }\n"
        "}\n"
    )


def test_locking_again_changes_nothing(convcost: Runner) -> None:
    before, stamp = locked(), Path("convcost.lock").stat().st_mtime_ns
    code, out, _ = convcost("lock")
    assert (code, out) == (0, "convcost.lock: 2 same\n")
    assert (locked(), Path("convcost.lock").stat().st_mtime_ns) == (before, stamp)


def test_locks_at_the_same_time_lose_no_entry(convcost: Runner) -> None:
    names = [f"specs/n{number}.yaml" for number in range(6)]
    write({name: net(4, "n") for name in names})
    code = "import sys; from convcost.cli.main import main; main()"
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, "lock", name],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
        )
        for name in names
    ]
    assert [process.wait() for process in started] == [0] * len(names)
    assert list(params()) == ["specs/a.yaml", "specs/b.yaml", *names]
    assert sorted(os.listdir()) == ["convcost.lock", "convcost.toml", "specs"]


def test_what_is_written_while_specs_are_read_is_kept(
    convcost: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is read once nobody else can write it, not before."""
    seen = []

    @contextlib.contextmanager
    def alone(path: str) -> Iterator[None]:
        seen.append(path)
        write({"convcost.lock": locked().replace("116", "117")})
        yield

    monkeypatch.setattr("convcost.project.lock.alone", alone)
    assert convcost("lock").code == 0
    assert (seen, params()["specs/a.yaml"]) == (["convcost.lock"], 117)


def test_what_has_grown_stays_until_loosened(convcost: Runner) -> None:
    write({"specs/a.yaml": net(5, "a")})
    code, out, _ = convcost("lock", "--update")
    assert code == 1
    assert "grown      specs/a.yaml\n           params 116 → 145" in out
    assert "--loosen takes the larger totals" in out
    assert params() == {"specs/a.yaml": 116, "specs/b.yaml": 232}
    code, out, _ = convcost("lock", "--loosen")
    assert code == 0
    assert params()["specs/a.yaml"] == 145


def test_what_has_shrunk_stays_until_updated(convcost: Runner) -> None:
    write({"specs/a.yaml": net(3, "a")})
    code, out, _ = convcost("lock")
    assert code == 0
    assert "lower: --update takes the smaller totals" in out
    assert params()["specs/a.yaml"] == 116
    assert convcost("lock", "--update").code == 0
    assert params()["specs/a.yaml"] == 87


def test_a_new_spec_gets_an_entry_and_a_lost_one_keeps_its_own(convcost: Runner) -> None:
    Path("specs/a.yaml").rename("specs/c.yaml")
    convcost("lock")
    assert list(params()) == ["specs/a.yaml", "specs/b.yaml", "specs/c.yaml"]
    code, out, _ = convcost("lock", "--prune")
    assert code == 0
    assert "pruned     specs/a.yaml" in out
    assert list(params()) == ["specs/b.yaml", "specs/c.yaml"]


def test_pruning_by_some_specs_leaves_what_is_there(convcost: Runner) -> None:
    assert convcost("lock", "specs/a.yaml", "--prune").code == 0
    assert list(params()) == ["specs/a.yaml", "specs/b.yaml"]


def test_a_spec_that_cannot_be_read_keeps_the_file_as_it_was(convcost: Runner) -> None:
    before = locked()
    write({"specs/c.yaml": net(1, "c"), "specs/d.yaml": "layers: 3\n"})
    code, _, err = convcost("lock", "--loosen")
    assert code == 2
    assert "specs/d.yaml" in err
    assert locked() == before


def test_the_convention_is_on_record(convcost: Runner) -> None:
    code, _, err = convcost("lock", "--convention", "thop")
    assert code == 2
    assert "it is counted by papers, not by thop" in err
    Path("convcost.lock").unlink()
    assert convcost("lock", "--convention", "thop").code == 0
    assert json.loads(locked())["convention"] == "thop"
    code, _, err = convcost("check")
    assert code == 2
    assert "--convention thop" in err
    assert convcost("check", "--convention", "thop").code == 0


def test_another_file_by_option_and_by_settings(convcost: Runner) -> None:
    assert convcost("lock", "-o", "other.lock").code == 0
    assert Path("other.lock").read_text(encoding="utf-8") == locked()
    assert convcost("check", "--base", "other.lock").code == 0
    Path("convcost.lock").unlink()
    write({"convcost.toml": 'baseline = "kept/base.lock"\n' + CONFIG})
    Path("kept").mkdir()
    code, _, err = convcost("lock")
    assert code == 2
    assert "its path cannot be recorded" in err


def test_a_folder_below_writes_the_same_file(
    convcost: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = locked()
    Path("convcost.lock").unlink()
    monkeypatch.chdir("specs")
    assert convcost("lock").code == 0
    monkeypatch.chdir("..")
    assert locked() == before


HUGE = """input: 1000000000000x10000
layers: [{repeat: 200, layers: [{kind: pointwise, m: 1000000000000}]}]
"""


@pytest.mark.parametrize(
    "words",
    [
        "eval {}",
        "eval {} --convention thop --format json",
        "check {} --max-macs 1k",
        "lock {}",
        "init {}",
        "diff {} specs/a.yaml",
        "diff specs/a.yaml {}",
        "rewrite {} --replace pointwise=standard",
        "suggest {} --max-macs 1k",
        "reconcile {}",
        "export pytorch {}",
    ],
)
def test_what_cannot_be_counted_is_refused_by_every_command_and_never_written(
    words: str, convcost: Runner
) -> None:
    write({"huge.yaml": HUGE})
    before = locked()
    if words.startswith("init"):
        Path("convcost.toml").unlink()
    answer = convcost(*words.format("huge.yaml").split())
    assert answer.code == 2
    assert "huge.yaml: error: all layers: 10^30 MACs or more cannot be counted" in answer.err
    assert locked() == before
