"""What became of a baseline's entries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from convcost.baseline import State, Totals, Update
from convcost.errors import Problem
from convcost.metrics import METRICS, USUAL
from convcost.project.lock import LockOutcome
from convcost.status import status_of
from convcost.views.figures import marked
from convcost.views.screen import DIM, GREEN, RED, Screen
from convcost.views.sheet import Column, Listing, Part, Sheet, Text, Together
from convcost.views.standing import cell, entry
from convcost.views.text import Printable
from convcost.views.wrapping import folded

_STYLES = {"grown": RED, "loosened": RED, "tightened": GREEN, "new": GREEN}
_KEPT: dict[State, str] = {
    "grown": "--loosen takes the larger totals",
    "lower": "--update takes the smaller totals",
}
_LEAST_ROOM = 20
_SIDES = ("before", "now", "kept")


class _Entry(NamedTuple):
    """A network's entry: as it was, as the network is now, and as it is kept."""

    key: str
    state: str
    before: Totals | None = None
    now: Totals | None = None
    kept: Totals | None = None


def _side(side: str) -> Column[_Entry]:
    def totals(each: _Entry) -> dict[str, Any] | None:
        found: Totals | None = getattr(each, side)
        return {**found.numbers, **entry(found.status)} if found else None

    return Column(side, totals, only=("json",))


def _figure(metric: str, side: str) -> Column[_Entry]:
    def amount(each: _Entry) -> int | None:
        found: Totals | None = getattr(each, side)
        return found.numbers.get(metric) if found else None

    return Column(f"{metric}_{side}", amount, only=("csv",))


def _change(metric: str) -> Column[_Entry]:
    def changed(each: _Entry) -> str:
        if each.now is None:
            return ""
        now = _marked(each.now, metric)
        before = _marked(each.before, metric) if each.before else now
        return now if before in ("", now) else f"{before} → {now}"

    return Column("", changed, METRICS[metric].title, right=True)


def _columns(more: Sequence[str]) -> list[Column[_Entry]]:
    """The columns of the usual metrics, and of those that are on record besides."""
    return [
        Column("network", lambda each: each.key, "network"),
        Column("state", lambda each: each.state, "entry"),
        *map(_side, _SIDES),
        *(_figure(metric, side) for metric in USUAL for side in _SIDES),
        *map(_change, (*USUAL, *more)),
        Column("status", lambda each: cell(each.now.status) if each.now else "", only=("csv",)),
        *(_figure(metric, side) for metric in more for side in _SIDES),
    ]


class _Locked(NamedTuple):
    updates: Sequence[Update]
    pruned: Sequence[str]
    name: str
    schema: str = "locked/1"
    depth: int = 1
    problems: Sequence[Problem] = ()

    def body(self) -> Mapping[str, Any]:
        return {"path": self.name, "networks": self.flat()}

    def flat(self) -> Sheet[_Entry]:
        """A row an entry, also those that are as they were or were taken out."""
        entries = [
            _Entry(each.key, each.state, each.before, each.current, each.after)
            for each in self.updates
        ]
        known = {name: None for each in self.updates for name in each.after.numbers}
        more = [name for name in known if name not in USUAL]
        return Sheet(_columns(more), entries + [_Entry(key, "pruned") for key in self.pruned])

    def parts(self, screen: Screen) -> Sequence[Part]:
        """A line for each entry that is not as it was, and one for all of them."""
        counts = Counter(update.state for update in self.updates)
        said = ", ".join(f"{count} {state}" for state, count in counts.items())
        gone = f", {len(self.pruned)} pruned" if self.pruned else ""
        hints = [f"{state}: {hint}" for state, hint in _KEPT.items() if counts[state]]
        sheet = self.flat()
        changed = [each for each in sheet.rows if each.state != "same"]
        lines = [line for each in changed for line in _lines(each, screen)]
        return [
            Together(
                [
                    Text(lines, folds=False, only="table"),
                    *[sheet.changed(rows=changed, only="markdown")] * bool(changed),
                    Text([f"{self.name}: {said or 'empty'}{gone}"] * bool(self.name), folds=False),
                    Text(hints, markdown="bullets", folds=False),
                    Listing("not recorded:", [str(each) for each in self.problems]),
                ]
            )
        ]


result = _Locked


def arguments(outcome: LockOutcome) -> tuple[Sequence[Any], Mapping[str, Any]]:
    """What became of the entries of a project."""
    return (outcome.updates, outcome.pruned, outcome.path), {"problems": outcome.problems}


def _lines(each: _Entry, screen: Screen) -> Iterator[Printable]:
    state = screen.paint(_STYLES.get(each.state, ""), f"{each.state:9}")
    yield Printable.of("{}  {}", state, each.key)
    if each.now is None:
        return
    room = None if screen.width is None else max(_LEAST_ROOM, screen.width - 11)
    for part in folded(_totals(each.before, each.now), room):
        yield Printable.of("{:11}{}", "", screen.paint(DIM, part))


def _totals(before: Totals | None, now: Totals) -> str:
    """`params 6,410 → 7,000`, of the totals that are others; all of those of a new network."""
    was = before.numbers if before else {}
    return ", ".join(
        f"{METRICS[name].title} {_marked(before, name)} → {_marked(now, name)}"
        if before and name in was
        else f"{_marked(now, name)} {METRICS[name].title}"
        for name, number in now.numbers.items()
        if was.get(name) != number
    )


def _marked(totals: Totals, metric: str) -> str:
    if metric not in totals.numbers:
        return ""
    return marked(totals.numbers[metric], status_of(totals.status, metric))
