"""Limits as people write them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from convcost.errors import Place, UsageError
from convcost.limits import check_metric, limits


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
        ("macs", [5] * 101, "101 limits of macs, more than 100", "whole"),
        ("macs", {"warn": [5] * 101}, "101 limits of macs, more than 100", "warn"),
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
