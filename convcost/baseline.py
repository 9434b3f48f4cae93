"""Baselines: totals on record, to see later what has grown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from convcost.cost import Report

TOTALS = ("params", "macs", "activations")

State = Literal["new", "same", "tightened", "loosened", "lower", "grown"]


class Totals(NamedTuple):
    """What is on record of one network."""

    params: int
    macs: int
    activations: int


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
        if any(now > kept for now, kept in zip(self.current, self.after, strict=True)):
            return "grown"
        if any(after > old for after, old in zip(self.after, self.before, strict=True)):
            return "loosened"
        if self.current != self.after:
            return "lower"
        return "same" if self.after == self.before else "tightened"


def totals(report: Report) -> Totals:
    """What is put on record of a report."""
    return Totals(report.params, report.macs, report.activations)


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
        after = now
        if before is not None:
            pairs = zip(before, now, strict=True)
            after = Totals(*(_kept(old, new, tighten, loosen) for old, new in pairs))
        found.append(Update(key, before, now, after))
    return tuple(found)


def _kept(old: int, new: int, tighten: bool, loosen: bool) -> int:
    return new if (new < old and tighten) or (new > old and loosen) else old
