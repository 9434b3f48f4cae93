"""A verdict in Markdown, as a comment on a pull request: nothing if there is nothing to say."""

from __future__ import annotations

from collections.abc import Iterator

from convcost.budget import TOTALS, Change, Finding, Verdict, total_of
from convcost.views.check import words
from convcost.views.eval.words import costliest, title
from convcost.views.markdown import escape, table
from convcost.views.screen import PLAIN, Screen

MOST_ROWS = 500
"""Rows of one table; a comment holds 65,536 characters, and nobody reads as many."""
_FOUND = (
    "result",
    "network",
    "metric",
    "actual",
    "limit",
    "margin",
    "limit from",
    "costliest layers",
)
_CHANGED = ("network", "spec", "metric", "before", "now", "change")


def render(verdict: Verdict, screen: Screen = PLAIN) -> str:
    """One headline, what changed, what is over; what is within budget is folded.

    Empty if there is a baseline, nothing has changed since, and nothing is wrong.
    """
    changed = [change for change in verdict.changes if change.changed]
    broken = [finding for finding in verdict.findings if not finding.passed]
    if verdict.against and not (changed or broken or verdict.problems):
        return ""
    parts = [headline(verdict)]
    if changed:
        rows = [row for change in changed for row in _change_rows(change)]
        parts += [escape(words.compared(verdict)), _table(_CHANGED, rows, ("before", "now"))]
    if broken:
        parts.append(_findings(broken))
    if verdict.problems:
        parts.append(_problems(verdict))
    if kept := [finding for finding in verdict.findings if finding.passed]:
        summary = f"{len(kept):,} limit{'s' * (len(kept) != 1)} kept"
        parts += [f"<details><summary>{summary}</summary>", _findings(kept), "</details>"]
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def headline(verdict: Verdict) -> str:
    """The verdict as a line of its own."""
    sign = "✅" if verdict.passed else "❌"
    return f"**{sign} {words.verdict(verdict)}**"


def _table(titles: tuple[str, ...], rows: list[list[str]], right: tuple[str, ...]) -> str:
    text = table(titles, rows[:MOST_ROWS], right)
    left = len(rows) - MOST_ROWS
    return text + (f"\nand {left:,} more\n" if left > 0 else "")


def _change_rows(change: Change) -> Iterator[list[str]]:
    names = [escape(title(change.report)), escape(change.report.path)]
    for metric in TOTALS:
        if change.before is None or change.delta(metric):
            yield [
                *names,
                words.TOTALS[metric],
                f"{change.before[metric]:,}" if change.before else "new",
                f"{getattr(change.report, metric):,}",
                words.delta(change, metric) if change.before else "",
            ]


def _findings(findings: list[Finding]) -> str:
    return _table(_FOUND, [_cells(finding) for finding in findings], ("actual", "limit"))


def _problems(verdict: Verdict) -> str:
    lines = [f"- {escape(str(problem))}" for problem in verdict.problems[:MOST_ROWS]]
    return "\n".join(["Could not be checked:", "", *lines])


def _cells(finding: Finding) -> list[str]:
    metric = total_of(finding.budget.metric)
    return [
        "pass" if finding.passed else f"**{words.word(finding)}**",
        escape(title(finding.report)),
        escape(words.metric_of(finding)),
        f"{finding.actual:,}",
        f"{finding.limit:,}",
        words.margin(finding),
        escape(words.limit_from(finding)),
        ""
        if finding.passed or finding.layer
        else escape(costliest(finding.top, metric, finding.actual)),
    ]
