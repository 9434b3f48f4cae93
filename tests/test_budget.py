"""What a check found out."""

from __future__ import annotations

from convcost.budget import Budget, Change, Verdict
from convcost.checking import check
from convcost.errors import Problem
from tests.test_checking import BEFORE, report


def test_a_change_is_from_what_was_to_what_is() -> None:
    change = Change(report(), BEFORE)
    assert change.changed
    assert change.delta("macs") == 100
    assert not Change(report(), BEFORE | {"macs": 2900}).changed
    assert Change(report(), None).changed
    assert Change(report(), None).delta("params") == 116


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
