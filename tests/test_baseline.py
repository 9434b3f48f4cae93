"""Totals on record, and what becomes of them."""

from __future__ import annotations

import pytest

from convcost.baseline import Baseline, Totals, totals, updates
from convcost.cost import evaluate
from convcost.network import Builder

OLD = Totals(10, 100, 1000)
BASELINE = Baseline("convcost.lock", "papers", {"a": OLD})
SMALLER, LARGER, MIXED = Totals(9, 100, 1000), Totals(11, 100, 1000), Totals(9, 101, 1000)


def test_the_totals_of_a_report() -> None:
    builder = Builder("small", (3, 5, 5))
    builder.add("standard", {"m": 4, "k": 3})
    assert totals(evaluate(builder.network())) == Totals(108, 2700, 100)


@pytest.mark.parametrize(
    ("now", "tighten", "loosen", "after", "state"),
    [
        (OLD, False, False, OLD, "same"),
        (OLD, True, True, OLD, "same"),
        (SMALLER, False, False, OLD, "lower"),
        (SMALLER, True, False, SMALLER, "tightened"),
        (SMALLER, False, True, OLD, "lower"),
        (LARGER, False, False, OLD, "grown"),
        (LARGER, True, False, OLD, "grown"),
        (LARGER, False, True, LARGER, "loosened"),
        (MIXED, False, False, OLD, "grown"),
        (MIXED, True, False, Totals(9, 100, 1000), "grown"),
        (MIXED, False, True, Totals(10, 101, 1000), "loosened"),
        (MIXED, True, True, MIXED, "loosened"),
    ],
)
def test_an_entry_moves_only_as_it_is_told_to(
    now: Totals, tighten: bool, loosen: bool, after: Totals, state: str
) -> None:
    (update,) = updates(BASELINE, {"a": now}, tighten=tighten, loosen=loosen)
    assert (update.before, update.current, update.after) == (OLD, now, after)
    assert update.state == state


def test_a_network_without_an_entry_gets_one() -> None:
    found = updates(BASELINE, {"c": LARGER, "b": SMALLER}, tighten=False, loosen=False)
    assert [(each.key, each.state, each.after) for each in found] == [
        ("b", "new", SMALLER),
        ("c", "new", LARGER),
    ]
