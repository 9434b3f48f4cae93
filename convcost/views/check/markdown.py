"""A verdict in Markdown, as a comment on a pull request: nothing if there is nothing to say."""

from __future__ import annotations

from collections.abc import Iterator

from convcost.budget import Change, Finding, Verdict, total_of
from convcost.metrics import METRICS
from convcost.status import status_of
from convcost.views.check import words
from convcost.views.eval.words import costliest, title
from convcost.views.figures import marked, number
from convcost.views.markdown import Cell, Markdown, blocks, bold, bullets, table
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


def render(verdict: Verdict, screen: Screen = PLAIN) -> Markdown:
    """One headline, what changed, what is over; what is within budget is folded.

    Empty if there is a baseline, nothing has changed since, and nothing is wrong.
    """
    changed = [change for change in verdict.changes if change.changed]
    broken = [finding for finding in verdict.findings if finding.broken]
    if verdict.against and not (changed or broken or verdict.problems):
        return Markdown()
    parts = [headline(verdict)]
    if changed:
        rows = [row for change in changed for row in _change_rows(change)]
        parts += [Markdown(words.compared(verdict)), _table(_CHANGED, rows, ("before", "now"))]
    if broken:
        parts.append(_findings(broken))
    if verdict.problems:
        problems = map(str, verdict.problems[:MOST_ROWS])
        parts += [Markdown("Could not be checked:"), bullets(problems)]
    if kept := [finding for finding in verdict.findings if finding.passed]:
        summary = f"{len(kept):,} limit{'s' * (len(kept) != 1)} kept"
        start = Markdown.of("<details><summary>{}</summary>", summary)
        parts += [start, _findings(kept), Markdown.of("</details>")]
    return blocks(parts)


def headline(verdict: Verdict) -> Markdown:
    """The verdict as a line of its own."""
    sign = "✅" if verdict.passed else "❌"
    return bold(f"{sign} {words.verdict(verdict)}")


def _table(titles: tuple[str, ...], rows: list[list[Cell]], right: tuple[str, ...]) -> Markdown:
    text = table(titles, rows[:MOST_ROWS], right)
    left = len(rows) - MOST_ROWS
    return Markdown.of("{}\n\nand {:,} more", text, left) if left > 0 else text


def _change_rows(change: Change) -> Iterator[list[Cell]]:
    names = [Markdown(title(change.report)), Markdown(change.report.path)]
    for metric in change.metrics:
        if change.before is None or change.delta(metric):
            yield [
                *names,
                Markdown(METRICS[metric].title),
                number(change.before[metric]) if change.before else Markdown("new"),
                marked(change.report.figure(metric), status_of(change.report.status, metric)),
                Markdown(words.delta(change, metric) if change.before else ""),
            ]


def _findings(findings: list[Finding]) -> Markdown:
    return _table(_FOUND, [_cells(finding) for finding in findings], ("actual", "limit"))


def _cells(finding: Finding) -> list[Cell]:
    metric = total_of(finding.budget.metric)
    said = finding.passed or finding.layer
    return [
        Markdown("pass") if finding.passed else bold(words.word(finding)),
        Markdown(title(finding.report)),
        Markdown(words.metric_of(finding)),
        words.actually(finding),
        number(finding.limit),
        Markdown(words.margin(finding)),
        Markdown(words.limit_from(finding)),
        Markdown("" if said else costliest(finding.top, metric, finding.actual)),
    ]
