"""Baselines: totals on record, to see later what has grown."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from convcost.cost import Report
from convcost.metrics import METRICS, USUAL
from convcost.status import State as FigureState
from convcost.status import Status, Statuses

State = Literal["new", "same", "tightened", "loosened", "lower", "grown"]


class Totals(NamedTuple):
    """What is on record of one network: `numbers` by metric, the usual ones among them, the
    `states` of those that are not complete, and what those depend on that are not `under` the usual
    setting."""

    numbers: Mapping[str, int]
    states: tuple[tuple[str, FigureState], ...] = ()
    under: Mapping[str, str] = MappingProxyType({})

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

        An entry that could have been both tightened and loosened is `grown`, or `loosened`; one
        that has only been given the figures of more metrics is `new`.
        """
        if self.before is None:
            return "new"
        old, now, kept = self.before.numbers, self.current.numbers, self.after.numbers
        if any(number > kept[metric] for metric, number in now.items()):
            return "grown"
        if any(kept[metric] > number for metric, number in old.items()):
            return "loosened"
        if any(number < kept[metric] for metric, number in now.items()):
            return "lower"
        if any(kept[metric] < number for metric, number in old.items()):
            return "tightened"
        return "same" if kept.keys() == old.keys() else "new"


def totals(report: Report) -> Totals:
    """What is put on record of a report: everything that it was measured by."""
    numbers = {metric: report.figure(metric) for metric in (*USUAL, *report.more)}
    states = tuple((metric, status.state) for metric, status in sorted(report.status.items()))
    return Totals(numbers, states, settings(report))


def settings(report: Report) -> Mapping[str, str]:
    """What the figures that a report was measured by are under, by metric, but for the usual."""
    found = ((metric, METRICS[metric].under(report.setting)) for metric in report.more)
    return {metric: under for metric, under in found if under}


def updates(
    baseline: Baseline, current: Mapping[str, Totals], *, tighten: bool, loosen: bool
) -> tuple[Update, ...]:
    """What each network in `current` makes of its entry, in the order of their names.

    A total that is lower takes the place of the recorded one if told to `tighten`, a higher one if
    told to `loosen`; a network without an entry always gets one, an entry without a metric always
    its figure, and so does one that has it under another setting.
    """
    found = []
    for key, now in sorted(current.items()):
        before = baseline.entries.get(key)
        after = now if before is None else _entry(before, now, tighten, loosen)
        found.append(Update(key, before, now, after))
    return tuple(found)


def _entry(old: Totals, now: Totals, tighten: bool, loosen: bool) -> Totals:
    """The entry that is kept: of each metric the old figure or the new one, with its state."""
    numbers, states, under = dict(old.numbers), dict(old.states), dict(old.under)
    for metric, after in now.numbers.items():
        before = numbers.get(metric, after)
        is_other = under.get(metric) != now.under.get(metric)
        if before == after or is_other or (tighten if after < before else loosen):
            numbers[metric] = after
            states.pop(metric, None)
            states |= {each: state for each, state in now.states if each == metric}
            under.pop(metric, None)
            under |= {each: text for each, text in now.under.items() if each == metric}
    return Totals(numbers, tuple(sorted(states.items())), under)
