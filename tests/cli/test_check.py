"""`convcost check`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.runner import Runner

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture(autouse=True)
def beside_the_specs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(GOLDEN)


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["specs/wide.yaml"], 0),
        (["specs/tiny.yaml"], 1),
        (["specs/tiny.yaml", "--max-macs", "983360"], 0),
        (["specs/tiny.yaml", "--max-macs", "983359"], 1),
        (["specs/wide.yaml", "--max-activations", "1k"], 1),
        (["specs/unrelated.yaml"], 2),
        (["specs/unrelated.yaml", "--max-params", "147"], 0),
        (["specs"], 2),
        (["specs/wide.yaml", "broken.yaml"], 2),
        (["specs/tiny.yaml", "broken.yaml"], 2),
        (["specs/wide.yaml", "--max-macs", "5X"], 2),
        (["output"], 2),
    ],
)
def test_exit_code(convcost: Runner, args: list[str], code: int) -> None:
    assert convcost("check", *args).code == code


def test_an_option_takes_the_place_of_the_specs_budget(convcost: Runner) -> None:
    _, out, _ = convcost("check", "specs/tiny.yaml", "--max-macs", "1M", "--format", "json")
    checks = json.loads(out)["checks"]
    assert [(check["metric"], check["limit"], check["line"]) for check in checks] == [
        ("params", 2000, 12),
        ("macs", 1_000_000, None),
    ]


def test_what_is_over_is_a_result_and_not_an_error(convcost: Runner) -> None:
    code, out, err = convcost("check", "specs/tiny.yaml")
    assert (code, err) == (1, "")
    assert "983,360 > 700,000  283,360 too many (+40.48%)" in out
    assert "limit: specs/tiny.yaml:12:31" in out


def test_a_spec_without_a_budget_is_never_passed_in_silence(convcost: Runner) -> None:
    code, out, err = convcost("check", "specs/unrelated.yaml", "specs/wide.yaml")
    assert code == 2
    assert "specs/unrelated.yaml: error: nothing to check" in err
    assert "1 network checked, all within budget; 1 could not be checked" in out
    code, out, err = convcost("check", "specs/unrelated.yaml")
    assert (code, out) == (2, "")
    assert "hint: add budgets" in err


def test_json_of_an_incomplete_check_did_not_pass(convcost: Runner) -> None:
    _, out, _ = convcost("check", "specs/wide.yaml", "broken.yaml", "--format", "json")
    document = json.loads(out)
    assert document["passed"] is False
    assert document["findings"] == []
    assert {problem["path"] for problem in document["problems"]} == {"broken.yaml"}


def test_a_limit_that_is_no_amount_is_named_with_its_option(convcost: Runner) -> None:
    _, _, err = convcost("check", "specs", "--max-params", "4.3 million")
    assert err.startswith('error: --max-params "4.3 million" ')
