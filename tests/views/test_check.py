"""Findings in every format."""

from __future__ import annotations

import csv
import io
import json
import tomllib

import pytest
import yaml

from convcost.budget import METRICS, NOTHING_MAY_GROW, Budget, Change, Verdict
from convcost.checking import check
from convcost.errors import Place, Problem
from convcost.views.check import words
from convcost.views.check.reasons import way_out
from convcost.views.formats import view
from convcost.views.screen import PLAIN, Screen
from tests.views.samples import findings, named, tiny


def shown(name: str, width: int | None = None) -> str:
    return view("check", name)(Verdict(findings()), Screen(width))


def test_json_tells_what_was_exceeded_and_where_that_is_written() -> None:
    document = json.loads(shown("json"))
    assert document["schema"] == "convcost.check/1"
    assert document["passed"] is False
    over, by_flag = document["findings"]
    assert over == {
        "network": "tiny",
        "path": "specs/tiny.yaml",
        "line": 12,
        "col": 31,
        "metric": "macs",
        "actual": 1015808,
        "limit": 700000,
        "limit_from": "specs/tiny.yaml:12:31",
        "passed": False,
        "level": "error",
        "layer": None,
        "baseline": None,
        "message": "tiny: 1,015,808 macs exceed the budget of 700,000 by 315,808 (+45.12%)",
        "excess": 315808,
        "excess_share": pytest.approx(315808 / 700000),
        "top": [
            {"name": "stem", "line": 4, "actual": 442368},
            {"name": "body", "line": 5, "actual": 409600},
            {"name": "head", "line": 7, "actual": 163840},
        ],
        "changed_line": None,
    }
    assert (by_flag["path"], by_flag["line"], by_flag["col"]) == ("specs/tiny.yaml", None, None)
    assert [entry["passed"] for entry in document["checks"]] == [True, False, False]


def test_json_passes_only_without_findings_and_problems() -> None:
    passed = check(tiny(), [Budget("params", 10**9)])
    assert json.loads(view("check", "json")(Verdict(passed), PLAIN))["passed"] is True
    problem = Problem("bad", Place("b.yaml"))
    document = json.loads(view("check", "json")(Verdict(passed, (problem,)), PLAIN))
    assert document["passed"] is False
    assert document["findings"] == []


def test_csv() -> None:
    rows = list(csv.DictReader(io.StringIO(shown("csv"))))
    assert [(row["metric"], row["passed"], row["line"]) for row in rows] == [
        ("activations", "true", ""),
        ("macs", "false", "12"),
        ("params", "false", ""),
    ]
    assert all(int(row["actual"]) - int(row["limit"]) == int(row["excess"]) for row in rows)


@pytest.mark.parametrize("name", ["table", "markdown"])
def test_what_is_over_says_by_how_much_where_and_what_to_look_at(name: str) -> None:
    text = shown(name)
    for part in (
        "1,015,808",
        "700,000",
        "315,808 too many (+45.12%)",
        "specs/tiny.yaml:12:31",
        "stem (43.5%), body (40.3%), head (16.1%)",
        "--max-params",
        "1 network checked, 1 over budget · convention papers",
    ):
        assert part in text


def test_figures_that_look_alike_are_told_apart() -> None:
    (finding,) = check(tiny(), [Budget("macs", 1015807)])
    assert words.comparisons([finding]) == ["1,015,808 > 1,015,807"]
    assert words.margin(finding) == "1 too many (+0.00%)"


@pytest.mark.parametrize(
    ("limit", "margin"),
    [
        (1015808, "0 to spare (0.0%)"),
        (2_000_000, "984,192 to spare (49.2%)"),
        (900_000, "115,808 too many (+12.87%)"),
        (1000, "1,014,808 too many (1,015 times the limit)"),
        (0, "1,015,808 too many"),
    ],
)
def test_margin(limit: int, margin: str) -> None:
    (finding,) = check(tiny(), [Budget("macs", limit)])
    assert words.margin(finding) == margin


def test_every_metric_has_a_name() -> None:
    assert words.NAMES.keys() == METRICS.keys()


def test_verdict_counts_networks_and_not_budgets() -> None:
    one, other = findings(), check(named("other"), [Budget("params", 10**9)])
    assert words.verdict(Verdict((*one, *other))).startswith("2 networks checked, 1 over budget ·")
    assert words.verdict(Verdict(other)).startswith("1 network checked, all within budget ·")
    problems = (Problem("bad", Place("b.yaml", 1)), Problem("worse", Place("b.yaml", 2)))
    assert "; 1 could not be checked ·" in words.verdict(Verdict(other, problems))


def test_growth_that_no_spec_can_limit_is_accepted_in_the_settings() -> None:
    before = {"params": 1, "macs": 1, "activations": 1}
    of_a_spec, of_code = (check(named(name), NOTHING_MAY_GROW, before) for name in ("a", "b"))
    table = '[budgets."torch:nets:b"]'
    changes = (
        Change(of_a_spec[0].report, before),
        Change(of_code[0].report, before, table=table),
    )
    both = Verdict((*of_a_spec, *of_code), changes=changes, against="git:main")
    numbers = {each.budget.metric: each.growth for each in of_code}
    (first, spec), (second, settings) = way_out(both)
    assert first == "shrink them, or accept the growth in budgets:"
    assert yaml.safe_load("\n".join(spec)) == {"budgets": numbers}
    assert second == "or accept the growth in the settings:"
    assert tomllib.loads("\n".join(settings)) == {"budgets": {"torch:nets:b": numbers}}

    ((only, lines),) = way_out(both._replace(findings=of_code))
    assert (only, lines) == ("shrink it, or accept the growth in the settings:", settings)
    assert f"{table}\n" in view("check", "table")(both, PLAIN)


@pytest.mark.parametrize("width", [60, 80])
def test_a_narrow_screen_folds_and_cuts_nothing(width: int) -> None:
    text = shown("table", width)
    assert text.split() == shown("table").split()
    assert max(map(len, text.splitlines())) <= width
