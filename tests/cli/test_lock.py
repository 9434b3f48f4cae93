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

from tests.cli.projects import CONFIG, commit, git, net, write
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


class TestMergeConflict:
    """Two branches that both accepted growth, merged by git."""

    @pytest.fixture(autouse=True)
    def merged(self, project: None, convcost: Runner) -> None:
        """`a` was widened on both sides, `b` on one, `c` is new on one and `d` on the other."""
        git("init", "--quiet")
        commit("base")
        git("checkout", "--quiet", "-b", "topic")
        self.grown(convcost, "topic", {"specs/a.yaml": net(6, "a"), "specs/d.yaml": net(3, "d")})
        git("checkout", "--quiet", "-b", "other", "HEAD~1")
        changed = {"specs/a.yaml": net(5, "a"), "specs/b.yaml": net(9, "b")}
        self.grown(convcost, "other", changed | {"specs/c.yaml": net(2, "c")})
        with contextlib.suppress(subprocess.CalledProcessError):
            git("merge", "--quiet", "topic")
        assert "<<<<<<< " in locked()
        write({"specs/a.yaml": net(7, "a")})

    @staticmethod
    def grown(convcost: Runner, name: str, specs: dict[str, str]) -> None:
        write(specs)
        assert convcost("lock", "--loosen").code == 0
        commit(name)

    def test_what_the_sides_do_not_agree_on_becomes_what_it_is_today(
        self, convcost: Runner
    ) -> None:
        code, out, err = convcost("lock", "--resolve")
        assert (code, err) == (0, "")
        assert "params 145 → 203" in out
        assert params() == {
            "specs/a.yaml": 203,
            "specs/b.yaml": 261,
            "specs/c.yaml": 58,
            "specs/d.yaml": 87,
        }
        assert convcost("check").code == 0
        assert convcost("lock").out == "convcost.lock: 4 same\n"

    def test_the_error_of_every_command_names_it(self, convcost: Runner) -> None:
        for args in (["check"], ["lock"]):
            code, _, err = convcost(*args)
            assert code == 2
            assert 'it holds a merge conflict: "convcost lock --resolve" mends it' in err

    def test_a_spec_that_is_gone_takes_its_entry_along(self, convcost: Runner) -> None:
        Path("specs/a.yaml").unlink()
        code, out, _ = convcost("lock", "--resolve")
        assert code == 0
        assert "pruned     specs/a.yaml" in out
        assert "specs/a.yaml" not in params()

    def test_what_was_there_before_both_is_of_neither(self, convcost: Runner) -> None:
        git("checkout", "--quiet", "--conflict=diff3", "convcost.lock")
        assert "||||||| " in locked()
        assert convcost("lock", "--resolve").code == 0
        assert params()["specs/a.yaml"] == 203

    def test_it_is_about_all_of_the_file(self, convcost: Runner) -> None:
        before = locked()
        code, _, err = convcost("lock", "--resolve", "specs/a.yaml")
        assert (code, locked()) == (2, before)
        assert "--resolve is about the whole lock file" in err

    def test_a_side_that_is_no_lock_file_is_left_alone(self, convcost: Runner) -> None:
        write({"convcost.lock": locked().replace('"params"', '"parms"', 1)})
        before = locked()
        code, _, err = convcost("lock", "--resolve")
        assert (code, locked()) == (2, before)
        assert "is not one" in err


CONFLICT = """\
{
  "schema": "convcost.lock/1",
  "convention": "papers",
  "networks": {
<<<<<<< HEAD
    "specs/a.yaml": {"params": 1, "macs": 1, "activations": 1},
=======
    "specs/a.yaml": {"params": 2, "macs": 2, "activations": 2},
>>>>>>> topic
    "specs/b.yaml": {"params": 3, "macs": 3, "activations": 3}
  }
}
"""


def test_entries_on_which_both_sides_agree_stay_as_they_are(convcost: Runner) -> None:
    write({"convcost.lock": CONFLICT, "specs/c.yaml": net(1, "c")})
    assert convcost("lock", "--resolve").code == 0
    assert params() == {"specs/a.yaml": 116, "specs/b.yaml": 3}


def test_sides_of_two_conventions_are_not_put_together(convcost: Runner) -> None:
    papers = '  "convention": "papers",\n'
    both = f"<<<<<<< HEAD\n{papers}=======\n{papers.replace('papers', 'thop')}>>>>>>> topic\n"
    write({"convcost.lock": CONFLICT.replace(papers, both)})
    code, _, err = convcost("lock", "--resolve")
    assert code == 2
    assert "one side is counted by papers, the other by thop" in err


def test_without_a_conflict_resolve_is_a_lock_as_any(convcost: Runner) -> None:
    assert convcost("lock", "--resolve")[:2] == (0, "convcost.lock: 2 same\n")
