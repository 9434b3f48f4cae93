"""Timing: samples that are long enough, and what is told of them."""

from __future__ import annotations

import pytest

from convcost.runtime import timing
from convcost.runtime.timing import FEWEST, Timing, of, timed


def test_a_median_and_its_quartiles() -> None:
    assert of([5.0, 1.0, 2.0, 4.0, 3.0]) == Timing(3.0, 2.0, 4.0, 5)


def test_samples_are_as_long_as_the_clock_needs_and_told_of_one_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 0.0
    runs: list[int] = []

    def run(repeats: int) -> None:
        nonlocal now
        runs.append(repeats)
        now += repeats * 1e-4

    monkeypatch.setattr(timing, "perf_counter", lambda: now)
    found = timed(run, patience=0)
    assert found == pytest.approx((1e-4, 1e-4, 1e-4, FEWEST))
    assert runs[0] == 1
    assert runs[-FEWEST:] == [runs[-1]] * FEWEST
    assert runs[-1] * 1e-4 >= timing.SAMPLE


def test_what_is_slow_is_not_repeated_within_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    runs: list[int] = []

    def run(repeats: int) -> None:
        nonlocal now
        runs.append(repeats)
        now += repeats

    monkeypatch.setattr(timing, "perf_counter", lambda: now)
    assert timed(run).median == 1.0
    assert set(runs) == {1}
