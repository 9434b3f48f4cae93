"""Budgets held against a report."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from convcost.budget import (
    NOTHING_MAY_GROW,
    TOTALS,
    Budget,
    Change,
    Verdict,
    check,
    check_metric,
    limits,
)
from convcost.cost import Report, evaluate
from convcost.errors import Place, Problem, UsageError
from convcost.network import Builder


def report() -> Report:
    built = Builder("small", (3, 5, 5))
    built.add("standard", {"m": 4, "k": 3}, name="stem")
    built.add("pointwise", {"m": 2}, name="head")
    return evaluate(built.network())


def test_a_metric_is_a_total_of_the_report() -> None:
    totals = {metric: getattr(report(), metric) for metric in TOTALS}
    assert totals == {"params": 116, "macs": 2900, "activations": 150}


@pytest.mark.parametrize(
    ("limit", "passed", "excess", "message"),
    [
        (2901, True, -1, "small: 2,900 macs keep within the budget of 2,901"),
        (2900, True, 0, "small: 2,900 macs keep within the budget of 2,900"),
        (2899, False, 1, "small: 2,900 macs exceed the budget of 2,899 by 1 (+0.03%)"),
        (2000, False, 900, "small: 2,900 macs exceed the budget of 2,000 by 900 (+45.00%)"),
        (0, False, 2900, "small: 2,900 macs exceed the budget of 0 by 2,900"),
    ],
)
def test_a_total_may_be_its_limit_and_no_more(
    limit: int, passed: bool, excess: int, message: str
) -> None:
    (finding,) = check(report(), [Budget("macs", limit)])
    assert (finding.passed, finding.excess, finding.message) == (passed, excess, message)
    assert (finding.actual, finding.level) == (2900, "error")


def test_the_excess_as_a_share_of_the_limit() -> None:
    over, under, none = check(report(), [Budget("macs", n) for n in (2000, 5800, 0)])
    assert (over.excess_share, under.excess_share, none.excess_share) == (0.45, -0.5, None)


def test_every_budget_has_its_finding_in_the_order_given() -> None:
    budgets = [
        Budget("params", 100, Place("a.yaml", 9, 3)),
        Budget("macs", 3000),
        Budget("activations", 149),
    ]
    findings = check(report(), budgets)
    assert [finding.budget for finding in findings] == budgets
    assert [finding.passed for finding in findings] == [False, True, False]
    assert [finding.actual for finding in findings] == [116, 2900, 150]


def test_a_finding_names_the_layers_that_cost_most_in_its_metric() -> None:
    params, activations = check(report(), [Budget("params", 0), Budget("activations", 0)])
    assert [layer.name for layer in params.top] == ["stem", "head"]
    assert [layer.name for layer in activations.top] == ["stem", "head"]


def test_no_budgets_no_findings() -> None:
    assert check(report(), []) == ()


BEFORE = {"params": 116, "macs": 2800, "activations": 150}


def test_a_limit_on_layers_finds_each_that_is_over_it() -> None:
    over = check(report(), [Budget("layer_macs", 100)])
    assert [(each.layer.name, each.actual) for each in over if each.layer] == [
        ("stem", 2700),
        ("head", 200),
    ]
    assert over[0].message == (
        'small: layer "stem": 2,700 macs exceed the budget of 100 a layer by 2,600 (+2600.00%)'
    )
    (within,) = check(report(), [Budget("layer_macs", 2700)])
    assert within.passed
    assert within.message == (
        'small: layer "stem": 2,700 macs keep within the budget of 2,700 a layer'
    )


def test_a_limit_on_layers_of_a_network_that_costs_nothing_is_kept() -> None:
    built = Builder("free", (3, 8, 8))
    built.add("max-pool", {"k": 2})
    (finding,) = check(evaluate(built.network()), [Budget("layer_params", 0)])
    assert finding.passed


@pytest.mark.parametrize(
    ("limit", "most", "message"),
    [
        (100, 2900, "2,900 macs are 100 (+3.57%) more than the baseline's 2,800; 100 more is"),
        (99, 2899, "2,900 macs are 100 (+3.57%) more than the baseline's 2,800; 99 more was"),
        (Fraction(1, 50), 2856, "2,900 macs are 100 (+3.57%) more than the baseline's 2,800; 2%"),
        (Fraction(1, 400), 2807, "2,900 macs are 100 (+3.57%) more than the baseline's 2,800; 0.2"),
    ],
)
def test_growth_is_measured_from_the_baseline(
    limit: int | Fraction, most: int, message: str
) -> None:
    (finding,) = check(report(), [Budget("macs_growth", limit)], BEFORE)
    assert (finding.actual, finding.limit, finding.before, finding.growth) == (
        2900,
        most,
        2800,
        100,
    )
    assert finding.passed == (most >= 2900)
    assert finding.message.startswith(f"small: {message}")


def test_what_has_not_grown() -> None:
    params, macs, activations = check(report(), NOTHING_MAY_GROW, BEFORE | {"activations": 200})
    assert params.passed
    assert params.message == "small: 116 params are no more than the baseline's 116"
    assert not macs.passed
    assert activations.growth == -50


def test_without_a_baseline_there_is_no_growth() -> None:
    assert check(report(), NOTHING_MAY_GROW) == ()
    (finding,) = check(report(), [Budget("macs", 1)])
    assert finding.growth == 0


def test_growth_from_nothing_has_no_share() -> None:
    (finding,) = check(report(), [Budget("macs_growth", Fraction(1))], {"macs": 0})
    assert not finding.passed
    assert "are 2,900 more than the baseline's 0; 100% more was allowed" in finding.message


def test_a_warning_fails_nothing() -> None:
    (finding,) = check(report(), [Budget("macs", 1, level="warn")])
    assert (finding.passed, finding.failed, finding.level) == (False, False, "warn")
    verdict = Verdict((finding,))
    assert verdict.passed
    assert not verdict.over
    (error,) = check(report(), [Budget("macs", 1)])
    assert Verdict((finding, error)).over
    assert Verdict((finding,)).convention == Verdict(()).convention == "papers"
    assert not Verdict((finding,), (Problem("bad"),)).passed


def test_a_change_is_from_what_was_to_what_is() -> None:
    change = Change(report(), BEFORE)
    assert change.changed
    assert change.delta("macs") == 100
    assert not Change(report(), BEFORE | {"macs": 2900}).changed
    assert Change(report(), None).changed
    assert Change(report(), None).delta("params") == 116


def nowhere(*keys: object) -> Place:
    return Place(".".join(map(str, keys)) or "whole")


@pytest.mark.parametrize(
    ("metric", "value", "found"),
    [
        ("macs", "600M", [("error", 600_000_000, "whole")]),
        ("macs", 600, [("error", 600, "whole")]),
        ("macs", 6e2, [("error", 600, "whole")]),
        ("macs", Decimal("4.1e9"), [("error", 4_100_000_000, "whole")]),
        ("macs_growth", "2%", [("error", Fraction(1, 50), "whole")]),
        (
            "macs_growth",
            ["0.5%", "5M"],
            [("error", Fraction(1, 200), "0"), ("error", 5_000_000, "1")],
        ),
        ("macs", {"warn": "5k", "error": "6k"}, [("warn", 5000, "warn"), ("error", 6000, "error")]),
        (
            "macs_growth",
            {"warn": ["1%", "9"]},
            [("warn", Fraction(1, 100), "warn.0"), ("warn", 9, "warn.1")],
        ),
    ],
)
def test_what_may_stand_behind_a_metric(
    metric: str, value: object, found: list[tuple[str, int | Fraction, str]]
) -> None:
    budgets = list(limits(metric, value, nowhere, "there"))
    assert [(each.level, each.limit, each.place and each.place.path) for each in budgets] == found
    assert {(budget.metric, budget.source) for budget in budgets} == {(metric, "there")}


@pytest.mark.parametrize(
    ("metric", "value", "message", "place"),
    [
        ("macs", "4X", 'unknown unit "X"', "whole"),
        ("macs", "1.5", "not a whole number", "whole"),
        ("macs", "2%", "a share needs something to grow from", "whole"),
        ("layer_macs", "2%", "limit macs_growth", "whole"),
        ("macs_growth", "%", "not a share", "whole"),
        ("macs_growth", "-2%", "not a share", "whole"),
        ("macs_growth", "1e3%", "not a share", "whole"),
        ("macs", None, "has no limit", "whole"),
        ("macs", True, "has no limit", "whole"),
        ("macs", {}, "is no limit", "whole"),
        ("macs", [], "is no limit", "whole"),
        ("macs", {"wran": 5}, 'did you mean "warn"?', "wran"),
        ("macs", {"notice": 5}, "the levels are error and warn", "notice"),
        ("macs", {"warn": {"warn": 5}}, "is no limit", "warn"),
        ("macs", [[5]], "is no limit", "0"),
        ("macs", [5, "x"], "x", "1"),
    ],
)
def test_what_may_not(metric: str, value: object, message: str, place: str) -> None:
    with pytest.raises(UsageError) as caught:
        list(limits(metric, value, nowhere))
    (problem,) = caught.value.problems
    assert message in str(problem)
    assert problem.place == Place(place)


def test_a_metric_that_is_not_there() -> None:
    check_metric("macs_growth")
    with pytest.raises(UsageError, match='did you mean "macs_growth"'):
        check_metric("macs_grwth")
    with pytest.raises(UsageError, match="the metrics are params, macs"):
        check_metric("speed")
