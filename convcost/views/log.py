"""What a network cost along git's history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from convcost.cost import Report
from convcost.metrics import METRICS, USUAL
from convcost.project.growth import Growth, Version
from convcost.views import totals
from convcost.views.screen import DIM, GREEN, RED, Screen
from convcost.views.sheet import Column, Heading, Listing, Part, Sheet, Text
from convcost.views.standing import cell, entry, figure, standing
from convcost.views.text import Figure
from convcost.views.words import convention, title


class _Row(NamedTuple):
    """A version, and what the network was in the last commit before it that has it."""

    version: Version
    before: Report | None

    def figure(self, metric: str) -> int | None:
        """Its figure, as far as there is one."""
        return self.version.report and self.version.report.figure(metric)

    def delta(self, metric: str) -> int | None:
        """How much more there is than there was."""
        now = self.figure(metric)
        return None if now is None or self.before is None else now - self.before.figure(metric)


class _Log(NamedTuple):
    growth: Growth
    schema: str = "log/1"
    depth: int = 1

    def body(self) -> Mapping[str, Any]:
        """The versions, newest first; `unchanged` is how many more commits changed the
        file, and no figure, `is_cut` whether git has not all of the history."""
        reports = _reports(self.growth)
        return {
            "network": reports[0].name if reports else None,
            "path": self.growth.path,
            "convention": convention(reports),
            "versions": self.flat(),
            "unchanged": self.growth.unchanged,
            "is_cut": self.growth.is_cut,
        }

    def flat(self) -> Sheet[_Row]:
        """A row a commit that changed a figure."""
        names = (*USUAL, *self.growth.metrics)
        columns: list[Column[_Row]] = [
            Column("commit", lambda row: row.version.revision.commit.hash, "commit", _short),
            Column("day", lambda row: row.version.revision.day, "day", goes=4),
            *(column for name in names for column in _metric(name)),
            Column("delta", lambda row: _deltas(row, names), only=("json",)),
            Column(
                "subject", lambda row: row.version.revision.subject, "subject", style=DIM, goes=1
            ),
            Column("problem", lambda row: row.version.problem or None),
            Column(
                "status",
                lambda row: (
                    row.version.report and entry(standing(row.version.report)).get("status")
                ),
                special={"csv": lambda row: _cell(row.version.report)},
                optional=True,
            ),
        ]
        return Sheet(columns, list(_rows(self.growth)))

    def parts(self, screen: Screen) -> Sequence[Part]:
        """A row a commit; a narrow screen costs what the messages say, then activations, then by
        how much the rest changed, then the days."""
        growth = self.growth
        problems = [each.problem for each in growth.versions if each.problem]
        return [
            Heading(title_of(growth), growth.path),
            self.flat(),
            Listing("not known:", problems),
            Text(left_out(growth), DIM, "breaks"),
            Text([counted_by(growth)], DIM, folds=False),
        ]


result = _Log


def title_of(growth: Growth) -> str:
    """What the network was called last, or its file."""
    reports = _reports(growth)
    return title(reports[0]) if reports else growth.path


def left_out(growth: Growth) -> list[str]:
    """What the versions do not show."""
    plural = "s" * (growth.unchanged != 1)
    same = f"{growth.unchanged} more commit{plural} changed the file, and no figure"
    cut = "the history was cut off when it was cloned: git fetch --unshallow"
    return [same] * bool(growth.unchanged) + [cut] * growth.is_cut


def counted_by(growth: Growth) -> str:
    """By which convention."""
    return f"convention {convention(_reports(growth))}"


def _reports(growth: Growth) -> list[Report]:
    return [each.report for each in growth.versions if each.report]


def _rows(growth: Growth) -> Sequence[_Row]:
    rows: list[_Row] = []
    before: Report | None = None
    for version in reversed(growth.versions):
        rows.append(_Row(version, before))
        before = version.report or before
    return rows[::-1]


def _short(row: _Row) -> str:
    return row.version.revision.commit.name


def _deltas(row: _Row, names: Sequence[str]) -> dict[str, int] | None:
    found = {name: row.delta(name) for name in names}
    return {name: each for name, each in found.items() if each is not None} or None


def _metric(name: str) -> list[Column[_Row]]:
    """A metric as it is, and by which share that is more than it was."""
    goes = 0 if name in ("params", "macs") else 2

    def shown(row: _Row) -> Figure:
        return figure(row.version.report, name) if row.version.report else Figure()

    def share(row: _Row) -> str:
        if row.before is None or not row.delta(name):
            return ""
        return totals.share(row.before.figure(name), row.figure(name) or 0)

    return [
        Column(
            name, lambda row: row.figure(name), METRICS[name].title, shown, right=True, goes=goes
        ),
        Column(
            "",
            share,
            "",
            style=lambda row: RED if (row.delta(name) or 0) > 0 else GREEN,
            right=True,
            gap=1,
            goes=goes or 3,
        ),
        Column(f"{name}_delta", lambda row: row.delta(name), only=("csv",)),
    ]


def _cell(report: Report | None) -> str:
    return cell(standing(report)) if report else ""
