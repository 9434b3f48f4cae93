"""How long something takes: runs in samples, their median and its spread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import quantiles
from time import perf_counter
from typing import NamedTuple

FEWEST, MOST = 9, 100
"""Samples of one measurement."""
SAMPLE = 0.002
"""Seconds that one sample lasts at least: what a clock, and a start of work, add is below 1 %."""


class Timing(NamedTuple):
    """Seconds that one run takes: the median of `samples`, and the quartiles on both sides."""

    median: float
    low: float
    high: float
    samples: int


def timed(run: Callable[[int], object], patience: float = 0.5) -> Timing:
    """How long `run(1)` takes, where `run(n)` does it n times and waits until that is done.

    It is warmed up first; measured are at least `FEWEST` samples, and more for `patience` seconds.
    """
    run(1)
    repeats = _repeats(run)
    samples: list[float] = []
    end = perf_counter() + patience
    while len(samples) < FEWEST or (perf_counter() < end and len(samples) < MOST):
        start = perf_counter()
        run(repeats)
        samples.append((perf_counter() - start) / repeats)
    return of(samples)


def of(samples: Sequence[float]) -> Timing:
    """The median of two samples or more, with its quartiles."""
    low, median, high = quantiles(samples, n=4, method="inclusive")
    return Timing(median, low, high, len(samples))


def _repeats(run: Callable[[int], object]) -> int:
    """How often a sample repeats it; finding that out warms it up."""
    repeats = 1
    while True:
        start = perf_counter()
        run(repeats)
        seconds = perf_counter() - start
        if seconds >= SAMPLE:
            return repeats
        repeats *= 2 if seconds * 4 > SAMPLE else 4
