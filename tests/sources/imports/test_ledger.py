"""A parameter is a tensor, counted once, whatever asks for it."""

from __future__ import annotations

from convcost.sources.imports.ledger import Ledger

PARAMS = {"w": (8, 8), "b": (8, 8), "bias": (8,)}


def test_the_first_that_asks_owns_a_parameter_and_others_share_it() -> None:
    ledger = Ledger(PARAMS)
    assert [ledger.claim({"w"}, 64) for _ in "ab"] == ["own", "shared"]
    assert ledger.whose(set(), 64) == "fixed"
    assert Ledger(PARAMS, "unclear").whose(set(), 64) == "unclear"


def test_of_equal_sizes_each_is_counted_once() -> None:
    ledger = Ledger(PARAMS)
    assert [ledger.claim({"w", "b"}, 64) for _ in range(3)] == ["own", "own", "shared"]
    assert ledger.take(PARAMS) == ["bias"]
    assert not ledger.take(PARAMS)


def test_what_is_made_of_parameters_of_other_sizes_is_counted_elsewhere() -> None:
    ledger = Ledger(PARAMS)
    assert ledger.claim({"bias"}, 64) == "shared"
    assert ledger.take({"bias"}) == ["bias"]


def test_what_was_counted_can_be_taken_back() -> None:
    ledger = Ledger(PARAMS)
    ledger.claim({"w"}, 64)
    before = len(ledger)
    ledger.take(PARAMS)
    ledger.forget(before)
    assert ledger.take(PARAMS) == ["b", "bias"]
