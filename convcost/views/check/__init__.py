"""A verdict: what keeps within its budgets, what does not, and what cannot be told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from convcost.budget import Change, Finding, Verdict, total_of
from convcost.cost import LayerCost
from convcost.metrics import METRICS
from convcost.status import Statuses, status_of
from convcost.views.check import words
from convcost.views.check.lines import terminal
from convcost.views.check.places import limit_from, place
from convcost.views.figures import marked, number
from convcost.views.markdown import Markdown, bold
from convcost.views.screen import Screen
from convcost.views.sheet import Column, Listing, Part, Sheet, Text
from convcost.views.standing import cell, entry
from convcost.views.words import costliest, title

MOST_ROWS = 500
"""Rows of one table; a comment holds 65,536 characters, and nobody reads as many."""
_CSV, _JSON = ("csv",), ("json",)


def _status(finding: Finding) -> Statuses:
    return {total_of(finding.budget.metric): finding.status}


CHECKS: Sequence[Column[Finding]] = (
    Column("network", lambda each: each.report.name),
    Column(
        "path",
        lambda each: place(each).path or None,
        special={"csv": lambda each: each.report.path},
    ),
    Column("line", lambda each: place(each).line or None),
    Column("col", lambda each: place(each).col or None, only=_JSON),
    Column("metric", lambda each: each.budget.metric),
    Column("actual", lambda each: each.actual),
    Column("limit", lambda each: each.limit),
    Column("limit_from", lambda each: limit_from(each.budget), only=_JSON),
    Column("passed", lambda each: each.passed),
    Column("excess", lambda each: each.excess, only=_CSV),
    Column("level", lambda each: each.level),
    Column("layer", lambda each: each.layer.name if each.layer else None),
    Column("baseline", lambda each: each.before),
    Column(
        "status",
        lambda each: entry(_status(each)).get("status"),
        special={"csv": lambda each: cell(_status(each))},
        optional=True,
    ),
)
FINDINGS: Sequence[Column[Finding]] = (
    *CHECKS,
    Column("message", lambda each: each.message, only=_JSON),
    Column("excess", lambda each: each.excess, only=_JSON),
    Column("excess_share", lambda each: each.excess_share, only=_JSON),
    Column("top", lambda each: Sheet(_top(total_of(each.budget.metric)), each.top), only=_JSON),
)
CHANGES: Sequence[Column[Change]] = (
    Column("network", lambda each: each.report.name),
    Column("path", lambda each: each.report.path or None),
    Column("changed", lambda each: each.changed),
    Column(
        "before",
        lambda each: each.before and {name: each.before[name] for name in each.metrics},
    ),
    Column("after", lambda each: {name: each.report.figure(name) for name in each.metrics}),
    Column("status", lambda each: entry(each.report.status).get("status"), optional=True),
)
"""All networks beside the baseline."""


class _Total(NamedTuple):
    """A total of a network beside the baseline."""

    change: Change
    metric: str


def _by(each: _Total) -> str:
    return words.delta(each.change, each.metric) if each.change.before else ""


def _now(each: _Total) -> str:
    report = each.change.report
    return marked(report.figure(each.metric), status_of(report.status, each.metric))


TOTALS: Sequence[Column[_Total]] = (
    Column("", lambda each: title(each.change.report), "network"),
    Column("", lambda each: each.change.report.path, "spec"),
    Column("", lambda each: METRICS[each.metric].title, "metric"),
    Column(
        "",
        lambda each: each.change.before[each.metric] if each.change.before else "new",
        "before",
        right=True,
    ),
    Column("", _now, "now", right=True),
    Column("", _by, "change"),
)


def _costliest(finding: Finding) -> str:
    if finding.passed or finding.layer:
        return ""
    return costliest(finding.top, total_of(finding.budget.metric), finding.actual)


FOUND: Sequence[Column[Finding]] = (
    Column("", lambda each: "pass" if each.passed else bold(words.word(each)), "result"),
    Column("", lambda each: title(each.report), "network"),
    Column("", words.metric_of, "metric"),
    Column("", words.actually, "actual", right=True),
    Column("", lambda each: number(each.limit), "limit", right=True),
    Column("", words.margin, "margin"),
    Column("", words.limit_from, "limit from"),
    Column("", _costliest, "costliest layers"),
)


class _Checked(NamedTuple):
    verdict: Verdict
    schema: str = "check/1"
    depth: int = 1

    def body(self) -> Mapping[str, Any]:
        """`findings` are the budgets that were exceeded, warnings among them, `checks` all of
        them; `problems` are why something could not be checked. `passed` says that there is no
        problem and no finding of the level error. `changes` are all networks beside the baseline,
        if there is one."""
        from convcost.views import problems  # which tables have no use for

        verdict = self.verdict
        return {
            "passed": verdict.passed,
            "convention": verdict.convention,
            "findings": Sheet(FINDINGS, [each for each in verdict.findings if not each.passed]),
            "checks": self.flat(),
            "problems": Sheet(problems.COLUMNS, verdict.problems),
            "baseline": verdict.against or None,
            "changes": Sheet(CHANGES, verdict.changes),
        }

    def flat(self) -> Sheet[Finding]:
        """A row a budget, passed ones included; `excess` is negative where there is room left,
        `line` that of the limit in the spec or of the layer, empty for a limit from elsewhere."""
        return Sheet(CHECKS, self.verdict.findings)

    def parts(self, screen: Screen) -> Sequence[Part]:
        return [*terminal(self.verdict, screen), *_comment(self.verdict)]


result = _Checked


def _comment(verdict: Verdict) -> list[Part]:
    """One headline, what changed, what is over; what is within budget is folded.

    Empty if there is a baseline, nothing has changed since, and nothing is wrong.
    """
    changed = [change for change in verdict.changes if change.changed]
    broken = [finding for finding in verdict.findings if finding.broken]
    if verdict.against and not (changed or broken or verdict.problems):
        return []
    parts: list[Part] = [Text([headline(verdict)], only="markdown")]
    if changed:
        totals = [
            _Total(change, metric)
            for change in changed
            for metric in change.metrics
            if change.before is None or change.delta(metric)
        ]
        parts += [Text([words.compared(verdict)], only="markdown"), *_cut(Sheet(TOTALS, totals))]
    if broken:
        parts += _cut(Sheet(FOUND, broken))
    if verdict.problems:
        said = [str(problem) for problem in verdict.problems[:MOST_ROWS]]
        parts.append(Listing("Could not be checked:", said, only="markdown"))
    if kept := [finding for finding in verdict.findings if finding.passed]:
        summary = f"{len(kept):,} limit{'s' * (len(kept) != 1)} kept"
        start = Markdown.of("<details><summary>{}</summary>", summary)
        parts += [Text([start], only="markdown"), *_cut(Sheet(FOUND, kept))]
        parts.append(Text([Markdown.of("</details>")], only="markdown"))
    return parts


def headline(verdict: Verdict) -> Markdown:
    """The verdict as a line of its own."""
    sign = "✅" if verdict.passed else "❌"
    return bold(f"{sign} {words.verdict(verdict)}")


def _cut(sheet: Sheet[Any]) -> Iterator[Part]:
    """The first rows of a table in Markdown, and how many there are besides."""
    yield sheet._replace(rows=sheet.rows[:MOST_ROWS], only="markdown")
    left = len(sheet.rows) - MOST_ROWS
    yield Text([f"and {left:,} more"] if left > 0 else [], only="markdown")


def _top(metric: str) -> Sequence[Column[LayerCost]]:
    return (
        Column("name", lambda layer: layer.name),
        Column("line", lambda layer: layer.line or None),
        Column("actual", lambda layer: layer.figure(metric)),
    )
