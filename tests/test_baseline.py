"""Totals on record, and what becomes of them."""

from __future__ import annotations

import pytest

from convcost.baseline import Baseline, Totals, totals, updates
from convcost.cost import evaluate
from convcost.network import Builder


def entry(params: int, macs: int, activations: int, **more: int) -> Totals:
    return Totals({"params": params, "macs": macs, "activations": activations, **more})


OLD = entry(10, 100, 1000)
BASELINE = Baseline("convcost.lock", "papers", {"a": OLD})
SMALLER, LARGER, MIXED = entry(9, 100, 1000), entry(11, 100, 1000), entry(9, 101, 1000)


def test_what_is_not_complete_is_recorded() -> None:
    builder = Builder("spectral", (3, 5, 5))
    builder.add("unknown", {"op": "fft", "shape": (3, 5, 5), "counted": True})
    found = totals(evaluate(builder.network()))
    assert found.numbers == {"params": 0, "macs": 0, "activations": 0}
    assert found.states == (("activations", "at least"), ("macs", "at least"))
    assert found.status["macs"].state == "at least"


def test_the_totals_of_a_report() -> None:
    builder = Builder("small", (3, 5, 5))
    builder.add("standard", {"m": 4, "k": 3})
    assert totals(evaluate(builder.network())) == entry(108, 2700, 100)


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
        (MIXED, True, False, entry(9, 100, 1000), "grown"),
        (MIXED, False, True, entry(10, 101, 1000), "loosened"),
        (MIXED, True, True, MIXED, "loosened"),
    ],
)
def test_an_entry_moves_only_as_it_is_told_to(
    now: Totals, tighten: bool, loosen: bool, after: Totals, state: str
) -> None:
    (update,) = updates(BASELINE, {"a": now}, tighten=tighten, loosen=loosen)
    assert (update.before, update.current, update.after) == (OLD, now, after)
    assert update.state == state


LOWER_BOUND = OLD._replace(states=(("macs", "at least"),))


@pytest.mark.parametrize(
    ("old", "now", "loosen", "after", "state"),
    [
        (OLD, LOWER_BOUND, False, LOWER_BOUND, "same"),
        (LOWER_BOUND, OLD, False, OLD, "same"),
        (LOWER_BOUND, MIXED, False, LOWER_BOUND, "grown"),
        (LOWER_BOUND, MIXED, True, entry(10, 101, 1000), "loosened"),
    ],
)
def test_a_figure_keeps_its_status(
    old: Totals, now: Totals, loosen: bool, after: Totals, state: str
) -> None:
    baseline = Baseline("convcost.lock", "papers", {"a": old})
    (update,) = updates(baseline, {"a": now}, tighten=False, loosen=loosen)
    assert (update.after, update.state) == (after, state)


def test_a_network_without_an_entry_gets_one() -> None:
    found = updates(BASELINE, {"c": LARGER, "b": SMALLER}, tighten=False, loosen=False)
    assert [(each.key, each.state, each.after) for each in found] == [
        ("b", "new", SMALLER),
        ("c", "new", LARGER),
    ]


def test_an_entry_is_given_what_it_lacks() -> None:
    more = entry(10, 100, 1000, peak=7)
    (update,) = updates(BASELINE, {"a": more}, tighten=False, loosen=False)
    assert (update.after, update.state) == (more, "new")


def test_what_is_no_longer_measured_stays_as_it_is() -> None:
    more = entry(10, 100, 1000, peak=7)
    baseline = Baseline("convcost.lock", "papers", {"a": more})
    (update,) = updates(baseline, {"a": SMALLER}, tighten=True, loosen=False)
    assert (update.after, update.state) == (entry(9, 100, 1000, peak=7), "tightened")
