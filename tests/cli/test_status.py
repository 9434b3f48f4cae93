"""A network of which not all is understood, in every command and format."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from tests.cli.projects import commit, git, write
from tests.cli.runner import Runner

pytestmark = pytest.mark.usefixtures("project")
AT_LEAST = {"state": "at least", "why": "fft is not understood"}
STATUS = {"activations": AT_LEAST, "macs": AT_LEAST}
SPEC = """\
name: half
input: 3x8x8
layers:
  - {{kind: pointwise, m: {m}, name: stem}}
  - {{kind: unknown, op: fft, shape: {m}x8x8, counted: true, name: mix}}
  - {{kind: pointwise, m: 2, name: head}}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a network of 20 parameters, 1,280 multiply-adds and an operation."""
    monkeypatch.chdir(tmp_path)
    write({"half.yaml": SPEC.format(m=4)})
    return tmp_path


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text)))


class TestEval:
    def test_json_says_so_of_the_network_and_of_the_layer_alone(self, convcost: Runner) -> None:
        outcome = convcost("eval", "half.yaml", "--format", "json")
        (network,) = json.loads(outcome.out)["networks"]
        assert outcome.code == 0
        assert (network["params"], network["macs"], network["activations"]) == (20, 1280, 384)
        assert network["status"] == STATUS
        assert [layer.get("status") for layer in network["layers"]] == [None, STATUS, None]

    @pytest.mark.parametrize("detail", [[], ["--stages"]])
    def test_csv_has_it_in_its_last_column(self, convcost: Runner, detail: list[str]) -> None:
        outcome = convcost("eval", "half.yaml", "--format", "csv", *detail)
        assert outcome.out.splitlines()[0].endswith(",convention,status")
        assert [row["status"] for row in rows(outcome.out)] == [
            "",
            "activations=at least; macs=at least",
            "",
        ]

    def test_a_summary_has_it_too(self, convcost: Runner) -> None:
        (row,) = rows(convcost("eval", "half.yaml", "--summary", "--format", "csv").out)
        assert row["status"] == "activations=at least; macs=at least"
        assert "≥ 1,280" in convcost("eval", "half.yaml", "--summary").out

    @pytest.mark.parametrize("format_name", ["table", "markdown"])
    def test_people_see_a_sign_and_the_reason(self, convcost: Runner, format_name: str) -> None:
        out = convcost("eval", "half.yaml", "--format", format_name).out
        assert "≥ 1,280 MACs" in out
        assert "≥ 384 activations" in out
        assert "≥ 20" not in out
        assert "MACs, activations at least: fft is not understood" in out

    def test_a_tools_convention_says_what_the_tool_says(self, convcost: Runner) -> None:
        outcome = convcost("eval", "half.yaml", "--convention", "fvcore", "--format", "json")
        (network,) = json.loads(outcome.out)["networks"]
        assert "status" not in network
        assert "fft" in outcome.err


class TestCheck:
    def test_what_cannot_be_decided_ends_with_2(self, convcost: Runner) -> None:
        outcome = convcost("check", "half.yaml", "--max-macs", "2k", "--format", "json")
        verdict = json.loads(outcome.out)
        (check,) = verdict["checks"]
        assert outcome.code == 2
        assert (verdict["passed"], check["passed"], check["actual"]) == (False, None, 1280)
        assert check["status"] == {"macs": AT_LEAST}
        (problem,) = verdict["problems"]
        assert problem["path"] == "half.yaml"
        assert "fft is not understood" in problem["message"]
        assert "--lenient" in problem["hint"]
        assert "Traceback" not in outcome.err

    @pytest.mark.parametrize(
        ("limits", "code"),
        [
            (["--max-macs", "1k"], 1),
            (["--max-params", "20"], 0),
            (["--max-params", "19"], 1),
            (["--max-params", "19", "--max-macs", "2k"], 2),
            (["--max-layer-macs", "1M"], 2),
            (["--max-macs", "warn=2k"], 2),
            (["--max-macs", "2k", "--exit-zero"], 2),
            (["--max-macs", "2k", "--lenient"], 0),
            (["--max-macs", "1k", "--lenient"], 1),
            (["--max-macs", "2k", "--convention", "fvcore"], 2),
        ],
    )
    def test_a_lower_bound_breaks_a_limit_and_keeps_none(
        self, convcost: Runner, limits: list[str], code: int
    ) -> None:
        assert convcost("check", "half.yaml", *limits).code == code

    def test_leniency_is_no_setting(self, convcost: Runner) -> None:
        write({"convcost.toml": 'specs = ["half.yaml"]\nlenient = true\n'})
        outcome = convcost("check", "--max-macs", "2k")
        assert outcome.code == 2
        assert 'unknown key "lenient"' in outcome.err

    @pytest.mark.parametrize(
        ("format_name", "said"),
        [
            ("table", "OPEN  half"),
            ("table", "≥ 1,280 ? 2,000  cannot be told"),
            ("total", "FAIL: 1 network checked, 1 cannot be told"),
            ("concise", "half.yaml: error: half: at least 1,280 macs cannot be held"),
            ("markdown", "at least 1,280 macs cannot be held"),
            ("github", "::error title=convcost%3A cannot be checked,file=half.yaml"),
            ("gitlab", '"check_name": "convcost/problem"'),
            ("junit", 'tests="1" failures="0" errors="1"'),
            ("sarif", '"ruleId": "convcost/problem"'),
            ("csv", "macs,1280,2000,,-720,error,,,macs=at least"),
        ],
    )
    def test_every_format_says_so(self, convcost: Runner, format_name: str, said: str) -> None:
        outcome = convcost("check", "half.yaml", "--max-macs", "2k", "--format", format_name)
        assert outcome.code == 2
        assert said in outcome.out


class TestBaselines:
    def test_a_lock_records_lower_bounds_and_growth_from_them_is_open(
        self, convcost: Runner
    ) -> None:
        outcome = convcost("lock", "half.yaml")
        assert outcome.code == 0
        assert "≥ 1,280 MACs" in outcome.out
        assert "note: half: fft" in outcome.err
        entry = json.loads(Path("convcost.lock").read_text(encoding="utf-8"))["networks"]
        assert entry["half.yaml"] == {
            "params": 20,
            "macs": 1280,
            "activations": 384,
            "at_least": ["activations", "macs"],
        }
        assert convcost("check", "half.yaml").code == 2
        assert convcost("check", "half.yaml", "--lenient").code == 0

    def test_what_is_known_to_have_grown_has_grown(self, convcost: Runner) -> None:
        convcost("lock", "half.yaml")
        write({"half.yaml": SPEC.format(m=5)})
        grown = ("--max-macs-growth", "0", "--max-params-growth", "1M")
        assert convcost("check", "half.yaml", *grown).code == 1

    def test_a_lock_of_before_is_read_and_completed(self, convcost: Runner) -> None:
        old = {"half.yaml": {"params": 20, "macs": 1280, "activations": 384}}
        document = {"schema": "convcost.lock/1", "convention": "papers", "networks": old}
        write({"convcost.lock": json.dumps(document)})
        assert convcost("check", "half.yaml").code == 2
        assert convcost("lock", "half.yaml").code == 0
        assert '"at_least"' in Path("convcost.lock").read_text(encoding="utf-8")

    def test_a_commit_knows_as_little(self, convcost: Runner) -> None:
        git("init", "--quiet")
        commit()
        Path("half.yaml").write_text(SPEC.format(m=4) + "# touched\n", encoding="utf-8")
        outcome = convcost("check", "half.yaml", "--base", "git:main")
        assert outcome.code == 2
        assert "the baseline's 1,280" in outcome.err

    def test_init_gives_no_budget_to_what_is_not_known(self, convcost: Runner) -> None:
        outcome = convcost("init")
        settings = Path("convcost.toml").read_text(encoding="utf-8")
        assert outcome.code == 0
        assert "params" in settings
        assert "macs" not in settings
        assert "note: half.yaml: no budget of macs" in outcome.err
        assert convcost("check").code == 0

    def test_init_of_nothing_that_is_known(self, convcost: Runner) -> None:
        write({"half.yaml": SPEC.format(m=4).replace(", counted: true", "")})
        outcome = convcost("init")
        assert outcome.code == 2
        assert not Path("convcost.toml").exists()
        assert "no figure of any spec here is complete" in outcome.err


class TestOthers:
    def result(self, convcost: Runner, *args: str) -> Any:
        return json.loads(convcost(*args, "--format", "json").out)

    def test_a_saved_report_keeps_it(self, convcost: Runner) -> None:
        Path("old.json").write_text(
            convcost("eval", "half.yaml", "--format", "json").out, encoding="utf-8"
        )
        write({"half.yaml": SPEC.format(m=5)})
        diff = self.result(convcost, "diff", "old.json", "half.yaml")
        assert diff["before"]["status"] == diff["after"]["status"] == STATUS
        assert [change["after"].get("status") for change in diff["changes"]] == [
            None,
            STATUS,
            None,
        ]
        assert "≥ 1,280 → ≥ 1,600" in convcost("diff", "old.json", "half.yaml").out
        (_, mix, _) = rows(convcost("diff", "old.json", "half.yaml", "--format", "csv").out)
        assert mix["status"] == "activations=at least; macs=at least"
        markdown = convcost("diff", "old.json", "half.yaml", "--format", "markdown").out
        assert "| ≥ 1,280 | ≥ 1,600 |" in markdown
        assert "- MACs, activations at least: fft is not understood" in markdown

    def test_a_rewrite_keeps_it(self, convcost: Runner) -> None:
        args = ("rewrite", "half.yaml", "--replace", "pointwise=low-rank[rank=1]", "--first")
        rewrite = self.result(convcost, *args)
        assert rewrite["before"]["status"] == rewrite["after"]["status"] == STATUS
        assert rewrite["layers"][1]["after"]["status"] == STATUS
        for format_name in ("table", "markdown"):
            out = convcost(*args, "--format", format_name).out
            assert "≥ 1,280" in out
            assert "fft is not understood" in out
        assert rows(convcost(*args, "--format", "csv").out)[1]["status"]

    def test_a_suggestion_cannot_tell_whether_it_suffices(self, convcost: Runner) -> None:
        outcome = convcost("suggest", "half.yaml", "--max-macs", "2k", "--format", "json")
        assert outcome.code == 2
        assert json.loads(outcome.out)["suffices"] is None
        assert json.loads(outcome.out)["status"] == {"macs": AT_LEAST}
        assert "half.yaml: error: whether its macs keep within budget" in outcome.err
        assert convcost("suggest", "half.yaml", "--max-macs", "2k", "--lenient").code == 0
        assert convcost("suggest", "half.yaml", "--max-params", "2k").code == 0

    def test_a_total_that_is_only_about_its_number_is_not_surely_over(
        self, convcost: Runner
    ) -> None:
        Path("about.yaml").write_text(
            "input: 3x8x8\nlayers: [{kind: pointwise, m: 4, weights: unclear}]\n", encoding="utf-8"
        )
        over = ("suggest", "about.yaml", "--max-params", "5", "--format", "json")
        outcome = convcost(*over)
        assert outcome.code == 2
        assert json.loads(outcome.out)["suffices"] is None
        assert "whether its params keep within budget cannot be told" in outcome.err
        assert convcost(*over, "--lenient").code == 1
        assert convcost(*over, "--max-macs", "1").code == 2

    def test_exported_code_says_what_it_does_not_hold(self, convcost: Runner) -> None:
        outcome = convcost("export", "pytorch", "half.yaml")
        assert (
            '"""20 parameters, at least 1,280 multiply-adds for an input of 3x8x8.' in outcome.out
        )
        assert "note: half: fft" in outcome.err

    def test_reconcile_knows_it_of_the_default_alone(self, convcost: Runner) -> None:
        found = self.result(convcost, "reconcile", "half.yaml")
        statuses = {row["convention"]: row.get("status") for row in found["rows"]}
        assert statuses.pop("papers") == STATUS
        assert not any(statuses.values())
        assert "≥ 1,280" in convcost("reconcile", "half.yaml").out
        papers, *others = rows(convcost("reconcile", "half.yaml", "--format", "csv").out)
        assert papers["status"] == "activations=at least; macs=at least"
        assert not any(row["status"] for row in others)
