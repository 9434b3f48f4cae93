"""What a team reads on the worst day: five specs, and a change that grew two.

    python -m pytest tests/cli/test_gate_text.py --rewrite-golden

writes the files of `tests/golden/gate` anew; look at the difference before you keep it.
"""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from convcost.cli import output
from tests.cli.projects import commit, git, write
from tests.cli.runner import Runner

GOLDEN = Path(__file__).parents[1] / "golden" / "gate"
SPEC = """\
name: {name}
input: 1x40x98
layers:
  - {{name: stem, kind: standard, m: 64, k: 3, stride: 2}}
  # the body
  - repeat: 2
    name: body
    layers:
      - {{kind: depthwise-separable, m: 64, k: 3}}
      - {{kind: pointwise, m: {width}}}
  - {{kind: global-avg-pool}}
  - {{name: head, kind: linear, m: 12, bias: true}}
"""
NAMES = ("audio/kws", "audio/vad", "vision/face", "vision/gate", "vision/hand")


def spec(name: str, width: int = 64) -> dict[str, str]:
    return {f"models/{name}.yaml": SPEC.format(name=name.partition("/")[2], width=width)}


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, convcost: Runner) -> None:
    """Five specs and their lock file, committed; then two grow, and that is not."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    git("init", "--quiet")
    for name in NAMES:
        write(spec(name))
    write({"convcost.toml": 'specs = ["models/**/*.yaml"]\n'})
    assert convcost("lock").code == 0
    commit("one")
    write(spec("audio/kws", 72) | spec("audio/vad", 80))


@pytest.mark.parametrize(
    ("width", "format_name", "file"),
    [
        (60, "table", "60.txt"),
        (80, "table", "80.txt"),
        (120, "table", "120.txt"),
        (None, "markdown", "comment.md"),
        (None, "github", "github.txt"),
        (None, "json", "check.json"),
    ],
)
def test_two_of_five_networks_have_grown(
    width: int | None,
    format_name: str,
    file: str,
    convcost: Runner,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    monkeypatch.setattr(output, "width", lambda stream: width)
    code, out, err = convcost("check", "--format", format_name)
    golden = GOLDEN / file
    if request.config.getoption("--rewrite-golden"):
        golden.write_text(out, encoding="utf-8")
    assert (code, err) == (1, "")
    assert out == golden.read_text(encoding="utf-8")


def test_it_is_a_page_that_can_be_read() -> None:
    lines = (GOLDEN / "80.txt").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 25
    assert max(map(len, lines)) <= 80


def test_the_way_out_can_be_pasted_and_is_one(convcost: Runner) -> None:
    out = convcost("check").out
    (line,) = [line.strip() for line in out.splitlines() if "convcost lock" in line]
    assert convcost(*shlex.split(line)[1:]).code == 0
    assert convcost("check").code == 0


def test_so_is_that_of_a_base_in_git(convcost: Runner) -> None:
    out = convcost("check", "--base", "git:HEAD").out
    assert "changed: body[1].1 n 64 → 80" not in out.partition("FAIL  vad")[0]
    (line,) = [line.strip() for line in out.splitlines() if line.strip().startswith("budgets: ")]
    for name, width in (("audio/kws", 72), ("audio/vad", 80)):
        ((path, text),) = spec(name, width).items()
        write({path: f"{text}{line}\n"})
    assert convcost("check", "--base", "git:HEAD").code == 0


def test_what_passes_is_listed_if_asked_for(convcost: Runner) -> None:
    assert "face" not in convcost("check").out
    out = convcost("check", "--verbose").out
    assert "PASS  face  models/vision/face.yaml" in out
    convcost("check", "--verbose", "--output", "table=table.txt")
    assert Path("table.txt").read_text(encoding="utf-8") == out


class TestWhatChanged:
    """The spec that an entry of a lock file is from, out of git."""

    @staticmethod
    def said(convcost: Runner) -> dict[str, object]:
        """What is told of kws."""
        changes = json.loads(convcost("check", "--format", "json").out)["changes"]
        found: dict[str, object] = changes[0]
        return found

    def test_is_the_spec_of_the_commit_that_changed_the_entry(self, convcost: Runner) -> None:
        commit("grown, and not locked")
        write({"notes.txt": "1"})
        commit("after")
        assert "layers" in self.said(convcost)
        assert "layers" not in self.said_after_a_lock(convcost)

    def said_after_a_lock(self, convcost: Runner) -> dict[str, object]:
        convcost("lock", "--loosen")
        return self.said(convcost)

    def test_may_be_that_of_head_where_the_lock_file_is_new(self, convcost: Runner) -> None:
        git("rm", "--quiet", "--cached", "convcost.lock")
        git("commit", "--quiet", "-m", "no lock file")
        assert "layers" in self.said(convcost)

    def test_is_not_told_by_a_spec_of_other_totals(self, convcost: Runner) -> None:
        lock = Path("convcost.lock")
        old, new = (spec_totals(lock, "audio/kws"), '"params": 1, ')
        lock.write_text(lock.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
        commit("an entry by hand")
        write(spec("audio/kws", 73))
        assert self.said(convcost)["unexplained"] == no_spec()
        assert "what changed is not known: no spec of those totals" in convcost("check").out
        assert "costliest layers in params: body[" in convcost("check").out

    def test_counted_differently_is_told_apart(self, convcost: Runner) -> None:
        write(spec("audio/kws"))
        lock = Path("convcost.lock")
        old, new = (spec_totals(lock, "audio/kws"), '"params": 1, ')
        lock.write_text(lock.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
        commit("as another version would have locked it")
        commit("later")
        said = str(self.said(convcost)["unexplained"])
        assert said.startswith("counted differently since ")
        assert (
            '"convcost lock --update --loosen models/audio/kws.yaml" takes the new totals' in said
        )

    def test_without_git_is_not_known(
        self, convcost: Runner, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", "")
        code, out, err = convcost("check")
        assert (code, err) == (1, "")
        assert out.count("what changed is not known: git is not installed") == 2

    def test_needs_a_history(self, convcost: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        commit("grown")
        git("clone", "--quiet", "--depth", "1", Path().absolute().as_uri(), "clone")
        monkeypatch.chdir("clone")
        assert "what changed is not known: the history is not there: fetch-depth: 0" in (
            convcost("check").out
        )


def spec_totals(lock: Path, name: str) -> str:
    """The params of an entry, as they are written."""
    entry = json.loads(lock.read_text(encoding="utf-8"))["networks"][f"models/{name}.yaml"]
    return f'"{name}.yaml": {{"params": {entry["params"]}, '.removeprefix(f'"{name}.yaml": {{')


def no_spec() -> str:
    """Why the layers are not known."""
    where = f"in {git('rev-parse', 'HEAD')[:7]}, where its entry is from"
    return f"what changed is not known: no spec of those totals is {where}"
