"""Baselines: totals on record, to see later what has grown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from convcost.cost import Report
from convcost.status import COMPLETE, Status, Statuses
from convcost.status import State as FigureState

TOTALS = ("params", "macs", "activations")

State = Literal["new", "same", "tightened", "loosened", "lower", "grown"]


class Totals(NamedTuple):
    """What is on record of one network; `states` are those of figures that are not complete."""

    params: int
    macs: int
    activations: int
    states: tuple[tuple[str, FigureState], ...] = ()

    @property
    def numbers(self) -> dict[str, int]:
        """The figures by metric."""
        return {metric: getattr(self, metric) for metric in TOTALS}

    @property
    def status(self) -> Statuses:
        """How far they are to be believed."""
        return {metric: Status(state) for metric, state in self.states}


class Baseline(NamedTuple):
    """Totals by network, counted by one convention; `name` is what people call the record."""

    name: str
    convention: str
    entries: Mapping[str, Totals]


class Update(NamedTuple):
    """What became of one network's entry: `before` is None for a new one, `after` is kept."""

    key: str
    before: Totals | None
    current: Totals
    after: Totals

    @property
    def state(self) -> State:
        """`lower` and `grown` say that the entry stayed, though the network is smaller or larger.

        An entry that could have been both tightened and loosened is `grown`, or `loosened`.
        """
        if self.before is None:
            return "new"
        old, now, kept = self.before.numbers, self.current.numbers, self.after.numbers
        if any(now[metric] > kept[metric] for metric in TOTALS):
            return "grown"
        if any(kept[metric] > old[metric] for metric in TOTALS):
            return "loosened"
        if now != kept:
            return "lower"
        return "same" if kept == old else "tightened"


def totals(report: Report) -> Totals:
    """What is put on record of a report."""
    states = tuple((metric, status.state) for metric, status in sorted(report.status.items()))
    return Totals(report.params, report.macs, report.activations, states)


def updates(
    baseline: Baseline, current: Mapping[str, Totals], *, tighten: bool, loosen: bool
) -> tuple[Update, ...]:
    """What each network in `current` makes of its entry, in the order of their names.

    A total that is lower takes the place of the recorded one if told to `tighten`, a higher one if
    told to `loosen`; a network without an entry always gets one.
    """
    found = []
    for key, now in sorted(current.items()):
        before = baseline.entries.get(key)
        after = now if before is None else _entry(before, now, tighten, loosen)
        found.append(Update(key, before, now, after))
    return tuple(found)


def _entry(old: Totals, now: Totals, tighten: bool, loosen: bool) -> Totals:
    """The entry that is kept: of each metric the old figure or the new one, with its state."""
    numbers: dict[str, int] = {}
    states: list[tuple[str, FigureState]] = []
    for metric in TOTALS:
        before, after = old.numbers[metric], now.numbers[metric]
        taken = before == after or (tighten if after < before else loosen)
        numbers[metric] = after if taken else before
        state = (now if taken else old).status.get(metric, COMPLETE).state
        if state != "complete":
            states.append((metric, state))
    return Totals(**numbers, states=tuple(sorted(states)))
