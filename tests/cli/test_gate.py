"""`convcost check` in a project: settings, baselines, outputs."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.projects import CONFIG, commit, git, net, write
from tests.cli.runner import Outcome, Runner

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.usefixtures("project")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with two specs and settings, in which the test runs."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    git("init", "--quiet")
    write({"specs/a.yaml": net(4, "a"), "specs/b.yaml": net(8, "b"), "convcost.toml": CONFIG})
    return folder


def checks(outcome: Outcome) -> list[tuple[str, str, int, int, str]]:
    return [
        (each["path"], each["metric"], each["actual"], each["limit"], each["level"])
        for each in json.loads(outcome.out)["checks"]
    ]


def test_without_paths_the_settings_name_the_specs(convcost: Runner) -> None:
    outcome = convcost("check", "--format", "json")
    assert outcome.code == 0
    assert checks(outcome) == [
        ("specs/a.yaml", "params", 116, 1000, "error"),
        ("specs/b.yaml", "params", 232, 1000, "error"),
    ]


def test_the_settings_hold_in_folders_below(
    convcost: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("specs")
    outcome = convcost(
        "check", "--format", "json", "--output", "gitlab=out.json", "--max-params", "9"
    )
    assert outcome.code == 1
    assert [path for path, *_ in checks(outcome)] == ["a.yaml", "b.yaml"]
    records = json.loads(Path("out.json").read_text(encoding="utf-8"))
    assert [record["location"]["path"] for record in records] == ["specs/a.yaml", "specs/b.yaml"]


def test_settings_end_at_the_top_of_the_repository(convcost: Runner) -> None:
    write({"inner/specs/a.yaml": net()})
    os.chdir("inner")
    git("init", "--quiet")
    code, _, err = convcost("check")
    assert code == 2
    assert "there is no convcost.toml here" in err


def test_pyproject_holds_settings_too(convcost: Runner) -> None:
    Path("convcost.toml").unlink()
    write(
        {
            "pyproject.toml": '[tool.convcost]\nspecs = ["specs/a.yaml"]\n'
            '[tool.convcost.budgets."specs/*.yaml"]\nparams = "0.1k"\n'
        }
    )
    outcome = convcost("check", "--format", "json")
    assert (outcome.code, len(checks(outcome))) == (1, 1)
    assert json.loads(outcome.out)["findings"][0]["limit_from"] == "pyproject.toml:4:10"


def test_the_spec_yields_to_the_settings_and_both_to_the_command_line(convcost: Runner) -> None:
    write({"specs/a.yaml": net(4, "a", "{params: 1, macs: 1M, layer_macs: {warn: 5k}}")})
    outcome = convcost("check", "specs/a.yaml", "--max-macs", "2M", "--format", "json")
    assert checks(outcome) == [
        ("specs/a.yaml", "params", 116, 1000, "error"),
        ("specs/a.yaml", "macs", 7424, 2_000_000, "error"),
        ("specs/a.yaml", "layer_macs", 6912, 5000, "warn"),
    ]
    assert outcome.code == 0


def test_of_two_patterns_for_a_metric_the_later_holds(convcost: Runner) -> None:
    write({"convcost.toml": CONFIG + '[budgets."specs/b.yaml"]\nparams = "100"\n'})
    outcome = convcost("check", "--format", "json")
    assert [limit for *_, limit, _ in checks(outcome)] == [1000, 100]


def test_levels_on_the_command_line(convcost: Runner) -> None:
    options = ("--max-params", "warn=100", "--max-params", "error=120", "--format", "json")
    outcome = convcost("check", "specs/a.yaml", *options)
    assert [(limit, level) for *_, limit, level in checks(outcome)] == [
        (100, "warn"),
        (120, "error"),
    ]
    assert outcome.code == 0


def test_exit_zero_turns_one_into_zero_and_leaves_two(convcost: Runner) -> None:
    assert convcost("check", "--max-params", "1").code == 1
    assert convcost("check", "--max-params", "1", "--exit-zero").code == 0
    assert convcost("check", "--max-params", "x", "--exit-zero").code == 2
    assert convcost("check", "nothing.yaml", "--exit-zero").code == 2


def test_the_convention_of_the_settings(convcost: Runner) -> None:
    write({"convcost.toml": 'convention = "thop"\n' + CONFIG})
    Path("specs/b.yaml").unlink()
    write({"specs/a.yaml": net(4, "a").replace("k: 3,", "k: 3, norm: batch,")})
    counted = checks(convcost("check", "--max-macs", "1M", "--format", "json"))
    asked = ("--convention", "papers", "--max-macs", "1M", "--format", "json")
    assert counted != checks(convcost("check", *asked))


class TestLock:
    """A lock file beside the settings."""

    @pytest.fixture(autouse=True)
    def locked(self, project: Path, convcost: Runner) -> None:
        assert convcost("lock").code == 0

    def test_what_has_not_changed_passes(self, convcost: Runner) -> None:
        code, out, err = convcost("check")
        assert (code, err) == (0, "")
        assert "compared with convcost.lock: none of 2 networks changed" in out

    def test_nothing_may_grow(self, convcost: Runner) -> None:
        write({"specs/a.yaml": net(5, "a")})
        code, out, _ = convcost("check")
        assert code == 1
        assert "MACs growth         9,280 > 7,424  1,856 too many (+25.00%)" in out
        assert "limit: none on growth is set, so nothing may grow" in out

    def test_a_limit_on_growth_takes_the_place_of_that(self, convcost: Runner) -> None:
        write({"specs/a.yaml": net(5, "a")})
        assert convcost("check", "--max-params-growth", "25%").code == 0
        assert convcost("check", "--max-params-growth", "24.99%").code == 1
        assert convcost("check", "--max-params-growth", "29").code == 0
        assert convcost("check", "--max-params-growth", "28").code == 1
        both = ("--max-params-growth", "50%", "--max-params-growth", "28")
        assert convcost("check", *both).code == 1

    def test_what_shrinks_passes_and_can_be_taken(self, convcost: Runner) -> None:
        write({"specs/a.yaml": net(3, "a")})
        code, out, _ = convcost("check")
        assert code == 0
        assert "params -29 (-25.00%)" in out

    def test_a_spec_without_an_entry_is_named_with_the_command_that_adds_it(
        self, convcost: Runner
    ) -> None:
        write({"specs/c.yaml": net(1, "c")})
        code, _, err = convcost("check")
        assert code == 2
        assert "specs/c.yaml: error: convcost.lock has no entry for it" in err
        assert '"convcost lock specs/c.yaml" adds one' in err

    def test_a_stale_entry_is_named_with_the_command_that_prunes_it(self, convcost: Runner) -> None:
        Path("specs/b.yaml").unlink()
        code, out, err = convcost("check")
        assert code == 2
        assert 'no spec answers to its entry "specs/b.yaml"' in err
        assert '"convcost lock --prune"' in err
        assert "1 network checked, all within budget; 1 could not be checked" in out
        assert convcost("lock", "--prune").code == 0
        assert convcost("check").code == 0

    def test_a_check_of_some_specs_leaves_the_entries_of_others_alone(
        self, convcost: Runner
    ) -> None:
        assert convcost("check", "specs/a.yaml").code == 0

    def test_set_makes_another_network_than_is_locked(self, convcost: Runner) -> None:
        code, _, err = convcost("check", "--set", "m=3")
        assert code == 2
        assert "--base none" in err

    def test_markdown_says_nothing_when_nothing_changed(self, convcost: Runner) -> None:
        assert convcost("check", "--format", "markdown", "--output", "markdown=c.md")[:2] == (0, "")
        assert Path("c.md").read_text(encoding="utf-8") == ""

    def test_a_network_that_ships_cannot_be_locked_here(self, convcost: Runner) -> None:
        code, _, err = convcost("check", "mobilenet_v1")
        assert code == 2
        assert "--base none" in err
        assert convcost("check", "mobilenet_v1", "--base", "none").code == 0

    def test_the_baseline_can_be_left_out(self, convcost: Runner) -> None:
        write({"specs/a.yaml": net(5, "a")})
        assert convcost("check", "--base", "none").code == 0


class TestGit:
    """The commit where a branch began."""

    @pytest.fixture(autouse=True)
    def branched(self, project: Path) -> None:
        commit("one")
        git("checkout", "--quiet", "-b", "topic")

    def test_growth_since_the_branch_began(self, convcost: Runner) -> None:
        write({"specs/a.yaml": net(5, "a")})
        outcome = convcost("check", "--base", "git:main", "--format", "json")
        assert outcome.code == 1
        findings = json.loads(outcome.out)["findings"]
        assert [(each["path"], each["baseline"]) for each in findings] == [
            ("specs/a.yaml", 116),
            ("specs/a.yaml", 7424),
            ("specs/a.yaml", 384),
        ]

    def test_a_name_is_a_file_if_there_is_one_else_a_commit(self, convcost: Runner) -> None:
        write({"specs/a.yaml": net(5, "a")})
        assert convcost("lock", "-o", "saved.lock").code == 0
        assert convcost("check", "--base", "saved.lock").code == 0
        for name in ("main", "HEAD", "git:main"):
            code, out, _ = convcost("check", "--base", name)
            assert (code, f"compared with {name.removeprefix('git:')} (" in out) == (1, True)
        Path("saved.lock").rename("main")
        code, _, err = convcost("check", "--base", "main")
        assert code == 2
        assert '"main" is a file and a commit\nhint: write git:main for the commit' in err
        assert convcost("check", "--base", "./main").code == 0
        assert convcost("check", "--base", "git:main").code == 1

    def test_what_the_other_branch_did_since_does_not_count(self, convcost: Runner) -> None:
        commit("two")
        git("checkout", "--quiet", "main")
        write({"specs/a.yaml": net(1, "a")})
        commit("smaller")
        git("checkout", "--quiet", "topic")
        assert convcost("check", "--base", "git:main").code == 0

    def test_nothing_needs_to_be_committed_or_checked_out(self, convcost: Runner) -> None:
        write({"specs/a.yaml": net(3, "a")})
        before = git("status", "--porcelain")
        assert convcost("check", "--base", "git:main").code == 0
        assert git("status", "--porcelain") == before

    def test_a_new_spec_has_nothing_to_grow_from(self, convcost: Runner) -> None:
        write({"specs/c.yaml": net(9, "c")})
        code, out, _ = convcost("check", "--base", "git:main")
        assert code == 0
        assert "new: 261 params" in out

    def test_from_a_folder_below(self, convcost: Runner) -> None:
        write({"specs/a.yaml": net(5, "a")})
        os.chdir("specs")
        assert convcost("check", "--base", "git:main").code == 1

    def test_vars_that_are_set_are_set_on_both_sides(self, convcost: Runner) -> None:
        text = net(4, "a").replace("m: 4", 'm: "${w}"') + "vars: {w: 4}\n"
        write({"specs/a.yaml": text})
        commit("vars")
        git("checkout", "--quiet", "-B", "main")
        write({"specs/a.yaml": text.replace("m: 2", "m: 3")})
        options = (
            "check",
            "specs/a.yaml",
            "--base",
            "git:main",
            "--set",
            "w=10",
            "--format",
            "json",
        )
        (change,) = json.loads(convcost(*options).out)["changes"]
        assert change["before"]["params"] == 27 * 10 + 2 * 10

    def test_a_spec_that_was_broken_is_told_of(self, convcost: Runner) -> None:
        write({"specs/a.yaml": "layers: [{kind: nonsense}]\n"})
        commit("broken")
        git("branch", "--force", "main")
        write({"specs/a.yaml": net(4, "a")})
        code, _, err = convcost("check", "--base", "git:main")
        assert code == 2
        assert "as it was at main (" in err

    def test_settings_can_name_the_base(self, convcost: Runner) -> None:
        write({"convcost.toml": 'baseline = "git:main"\n' + CONFIG, "specs/a.yaml": net(5, "a")})
        assert convcost("check").code == 1


FORMATS = (
    "table",
    "concise",
    "json",
    "csv",
    "markdown",
    "github",
    "gitlab",
    "junit",
    "report",
    "sarif",
    "total",
)


def test_every_format_goes_to_a_file_in_the_same_run(convcost: Runner) -> None:
    options = [f"--output={name}=out/{name}.txt" for name in FORMATS]
    Path("out").mkdir()
    code, out, _ = convcost("check", "--max-params", "1", *options)
    assert code == 1
    for name in FORMATS:
        alone = convcost("check", "--max-params", "1", "--format", name).out
        assert Path(f"out/{name}.txt").read_text(encoding="utf-8") == alone
    assert out == Path("out/table.txt").read_text(encoding="utf-8")
    assert not [path for path in os.listdir("out") if path.startswith(".")]


def test_what_cannot_be_checked_is_in_every_file(convcost: Runner) -> None:
    """An old report that says "passed" must not survive a run that failed to check."""
    write({"convcost.toml": "specs = 3\n", "report.xml": "<testsuites/>"})
    code, _, err = convcost("check", "--output", "junit=report.xml", "--output", "json=r.json")
    assert code == 2
    assert err.count("specs must be a list") == 1
    assert "specs must be a list" in Path("report.xml").read_text(encoding="utf-8")
    assert json.loads(Path("r.json").read_text(encoding="utf-8"))["passed"] is False


@pytest.mark.parametrize("path", ["/dev/full", "no/such/folder/x", "specs"])
def test_a_file_that_cannot_be_written_is_an_error_and_the_table_is_there(
    convcost: Runner, path: str
) -> None:
    code, out, err = convcost("check", "--output", f"json={path}", "--output", "total=t.txt")
    assert code == 2
    assert f"cannot write {path}:" in err
    assert "2 networks checked" in out
    assert Path("t.txt").exists()


def test_a_pipe_that_nobody_reads_is_an_error(convcost: Runner) -> None:
    os.mkfifo("pipe")
    code, _, err = convcost("check", "--output", "json=pipe")
    assert code == 2
    assert "cannot write pipe: No such device or address" in err


def test_a_reader_that_goes_away_is_an_error(project: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "convcost", "check"],
        check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        stdout=writing,
        text=True,
    )
    os.close(writing)
    assert done.returncode == 2
    assert done.stderr.startswith("error: the reader of the output went away\n")
    assert "Traceback" not in done.stderr


def test_under_github_actions_the_table_and_the_annotations_both_appear(
    convcost: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
    Path("summary.md").write_text("what was there\n", encoding="utf-8")
    code, out, _ = convcost("check", "--max-params", "1")
    assert code == 1
    assert "FAIL  a  specs/a.yaml" in out
    assert "\n::error title=convcost%3A params over budget,file=specs/a.yaml::" in out
    summary = Path("summary.md").read_text(encoding="utf-8")
    assert summary.startswith(
        "what was there\n**❌ 2 networks checked, 2 over budget · convention papers**"
    )


@pytest.mark.parametrize("limit", ["1", "1k", "x"])
def test_the_verdict_in_ci_is_the_one_at_home(
    convcost: Runner, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    at_home = convcost("check", "--max-params", limit)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("CI", "true")
    in_ci = convcost("check", "--max-params", limit)
    assert (in_ci.code, in_ci.err) == (at_home.code, at_home.err)
    assert in_ci.out.startswith(at_home.out)


def test_under_github_actions_a_machine_format_keeps_stdout_to_itself(
    convcost: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    outcome = convcost("check", "--max-params", "1", "--format", "json")
    assert json.loads(outcome.out)["passed"] is False
    assert outcome.err.startswith("::error ")
    assert convcost("check", "--max-params", "1", "--format", "github").err == ""


def test_a_summary_is_written_when_nothing_changed(
    convcost: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    convcost("lock")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
    assert convcost("check").code == 0
    assert Path("summary.md").read_text(encoding="utf-8") == (
        "**✅ 2 networks checked, all within budget · convention papers**\n"
    )


@pytest.mark.parametrize(
    "name",
    ["::error::x", "##[error]x", "a\n::error::x", "\x1b[31mred", "[bold]x[/bold]", "=1+1", "<b>|"],
    ids=ascii,
)
def test_no_file_or_network_of_any_name_can_act(
    convcost: Runner, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
    write({f"specs/{name}.yaml": net(9, json.dumps(name)).replace("stem", json.dumps(name))})
    write({f"{name}.yaml": f"layers: [{json.dumps(name)}]\n"})
    for args in (
        ["--max-params", "1", "--max-layer-macs", "1"],
        [f"{name}.yaml"],
        ["--base", name],
    ):
        for format_name in FORMATS:
            code, out, err = convcost("check", *args, "--format", format_name)
            lines = [*out.splitlines(), *err.splitlines()]
            assert code in (1, 2)
            assert all(line.isprintable() for line in lines)
            assert not any("##[" in line for line in lines)
            ours = ("::error title=convcost", "::warning title=convcost")
            assert all(line.startswith(ours) for line in lines if line.lstrip().startswith("::"))


def test_the_same_run_gives_the_same_bytes(convcost: Runner) -> None:
    for name in FORMATS:
        options = ("check", "--max-macs", "1k", "--format", name)
        assert convcost(*options) == convcost(*options)


def test_rights_and_links_of_a_file_that_is_replaced_stay(convcost: Runner) -> None:
    Path("real.txt").write_text("old", encoding="utf-8")
    Path("real.txt").chmod(0o640)
    Path("link.txt").symlink_to("real.txt")
    convcost("check", "--output", "total=link.txt")
    assert Path("link.txt").is_symlink()
    assert Path("real.txt").read_text(encoding="utf-8").startswith("PASS: ")
    assert stat.S_IMODE(Path("real.txt").stat().st_mode) == 0o640


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX file rights")
def test_a_write_that_fails_half_way_leaves_the_old_file(
    convcost: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("report.json").write_text("old", encoding="utf-8")
    sound = os.write

    def full_disk(descriptor: int, data: bytes) -> int:
        if len(data) < 50:
            raise OSError(28, "No space left on device")
        return sound(descriptor, bytes(data)[:50])

    monkeypatch.setattr(os, "write", full_disk)
    code, _, err = convcost("check", "--output", "json=report.json")
    assert code == 2
    assert "cannot write report.json: No space left on device" in err
    assert Path("report.json").read_text(encoding="utf-8") == "old"
    assert not [name for name in os.listdir() if name.startswith(".report")]
