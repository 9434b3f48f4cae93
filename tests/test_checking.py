"""Budgets held against a report."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from convcost.budget import NOTHING_MAY_GROW, Budget
from convcost.checking import check, undecided
from convcost.cost import Report, evaluate
from convcost.errors import Place, UsageError
from convcost.metrics import USUAL
from convcost.network import Builder
from convcost.status import Status, Statuses


def report() -> Report:
    built = Builder("small", (3, 5, 5))
    built.add("standard", {"m": 4, "k": 3}, name="stem")
    built.add("pointwise", {"m": 2}, name="head")
    return evaluate(built.network())


def test_a_metric_is_a_total_of_the_report() -> None:
    totals = {metric: report().figure(metric) for metric in USUAL}
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


def test_growth_of_what_the_baseline_lacks() -> None:
    with pytest.raises(UsageError, match="the baseline has no params"):
        check(report(), [Budget("params_growth", 0)], {"macs": 0})


def test_a_limit_on_what_is_no_metric() -> None:
    with pytest.raises(UsageError, match='unknown metric "param"'):
        check(report(), [Budget("layer_param", 0)])


def test_without_a_baseline_there_is_no_growth() -> None:
    assert check(report(), NOTHING_MAY_GROW) == ()
    (finding,) = check(report(), [Budget("macs", 1)])
    assert finding.growth == 0


def test_growth_from_nothing_has_no_share() -> None:
    (finding,) = check(report(), [Budget("macs_growth", Fraction(1))], {"macs": 0})
    assert not finding.passed
    assert "are 2,900 more than the baseline's 0; 100% more was allowed" in finding.message


def spectral() -> Report:
    """1,280 multiply-adds in layers that are understood, and a layer that is not."""
    built = Builder("spectral", (3, 8, 8))
    built.add("pointwise", {"m": 4}, name="stem")
    built.add("unknown", {"op": "fft", "shape": (4, 8, 8), "counted": True}, name="mix", line=7)
    built.add("pointwise", {"m": 2}, name="head")
    return evaluate(built.network()._replace(path="net.yaml"))


def unclear() -> Report:
    built = Builder("unclear", (3, 8, 8))
    built.add("pointwise", {"m": 4, "weights": "unclear"}, name="stem")
    return evaluate(built.network())


@pytest.mark.parametrize(
    ("metric", "limit", "passed", "message"),
    [
        ("params", 20, True, "spectral: 20 params keep within the budget of 20"),
        ("macs", 1279, False, "at least 1,280 macs exceed the budget of 1,279 by 1"),
        (
            "macs",
            1280,
            None,
            "at least 1,280 macs cannot be held to the budget of 1,280: fft is not understood",
        ),
        (
            "layer_macs",
            800,
            None,
            'layer "mix": at least 0 macs cannot be held to the budget of 800 a layer: fft',
        ),
    ],
)
def test_what_is_half_understood_never_passes(
    metric: str, limit: int, passed: bool | None, message: str
) -> None:
    (finding,) = check(spectral(), [Budget(metric, limit)])
    assert (finding.passed, finding.undecided) == (passed, passed is None)
    assert message in finding.message


def test_layers_that_are_over_stand_beside_those_that_cannot_be_told() -> None:
    open_one, *over = check(spectral(), [Budget("layer_macs", 500)])
    assert open_one.undecided
    assert [(each.layer.name, each.failed) for each in over if each.layer] == [
        ("stem", True),
        ("head", True),
    ]


def test_an_estimate_decides_nothing() -> None:
    for limit in (1, 12, 1000):
        (finding,) = check(unclear(), [Budget("params", limit)])
        assert finding.passed is None
        assert not finding.failed
        assert "about 12 params cannot be held to the budget" in finding.message


def test_a_figure_of_which_nothing_is_known_is_no_number() -> None:
    report = unclear()._replace(status={"params": Status("unknown", "nobody knows")})
    (finding,) = check(report, [Budget("params", 100)])
    assert finding.message.endswith(
        "its params are unknown, and cannot be held to the budget of 100: nobody knows"
    )


def test_lenient_takes_what_was_counted_for_all_there_is() -> None:
    budgets = [Budget("macs", 1280), Budget("layer_macs", 800), Budget("macs", 1)]
    findings = check(spectral(), budgets, lenient=True)
    assert [each.passed for each in findings] == [True, True, False]
    assert findings[0].status.state == "at least"
    assert undecided(findings) == []


def test_what_cannot_be_decided_is_a_problem_where_the_layer_or_the_limit_stands() -> None:
    place = Place("convcost.toml", 3, 8)
    problems = undecided(
        check(
            spectral(),
            [Budget("layer_macs", 800), Budget("macs", 9999, place), Budget("macs", 9999)],
        )
    )
    assert [problem.place for problem in problems] == [
        Place("net.yaml", 7),
        place,
        Place("net.yaml"),
    ]
    assert all("--lenient" in problem.hint for problem in problems)
    (nowhere,) = undecided(check(unclear(), [Budget("params", 1)]))
    assert nowhere.place is None


@pytest.mark.parametrize(
    ("now", "before", "status", "passed"),
    [
        (spectral, 1280, {}, None),
        (spectral, 1279, {}, False),
        (spectral, 1280, {"macs": Status("at least")}, None),
        (spectral, 1279, {"macs": Status("at least")}, False),
        (report, 2900, {"macs": Status("at least")}, True),
        (report, 2899, {"macs": Status("at least")}, None),
        (report, 2900, {"macs": Status("about")}, None),
        (report, 2899, {"macs": Status("unknown")}, None),
        (report, 2900, {"params": Status("about")}, True),
    ],
)
def test_growth_is_told_only_from_figures_that_are_sure(
    now: Callable[[], Report], before: int, status: Statuses, passed: bool | None
) -> None:
    (finding,) = check(
        now(), [Budget("macs_growth", 0)], BEFORE | {"macs": before}, status_before=status
    )
    assert finding.passed is passed
    if passed is None:
        assert f"cannot be held to the baseline's {before:,} and 0 more" in finding.message
