"""A verdict as a comment on a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple

from convcost.budget import Change, Finding, Verdict, total_of
from convcost.causes import LayerChange
from convcost.metrics import METRICS, USUAL
from convcost.status import status_of
from convcost.views.check import reasons, words
from convcost.views.diff import what
from convcost.views.figures import marked, number, signed
from convcost.views.sheet import Column, Folded, Listing, Part, Sheet, Strong, Text
from convcost.views.words import costliest, file, title

MOST_ROWS = 500
"""Rows of one table; a comment holds 65,536 characters, and nobody reads as many."""


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
    Column("", lambda each: file(each.change.report), "spec"),
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
    Column("", lambda each: "pass" if each.passed else Strong(words.word(each)), "result"),
    Column("", lambda each: title(each.report), "network"),
    Column("", words.metric_of, "metric"),
    Column("", words.actually, "actual", right=True),
    Column("", lambda each: number(each.limit), "limit", right=True),
    Column("", words.margin, "margin"),
    Column("", words.limit_from, "limit from"),
    Column("", _costliest, "costliest layers"),
)


class _Changed(NamedTuple):
    """A layer of a network that is not what it was."""

    network: str
    layer: LayerChange


def _delta(metric: str) -> Column[_Changed]:
    return Column(
        "", lambda each: signed(each.layer.delta(metric)), METRICS[metric].title, right=True
    )


LAYERS: Sequence[Column[_Changed]] = (
    Column("", lambda each: each.network, "network"),
    Column("", lambda each: each.layer.layer.name, "layer"),
    Column("", lambda each: each.layer.sort, ""),
    Column("", lambda each: what(each.layer), "what"),
    *map(_delta, USUAL),
)


def comment(verdict: Verdict) -> list[Part]:
    """One headline, what changed, what is over, and what to do about it; which layers changed and
    why, and what is within budget, is folded.

    Empty if there is a baseline, nothing has changed since, and nothing is wrong.
    """
    changed = [change for change in verdict.changes if change.changed]
    broken = [finding for finding in verdict.findings if finding.broken]
    if verdict.against and not (changed or broken or verdict.problems):
        return []
    parts: list[Part] = [Text([headline(verdict)], markdown="bold", only="markdown")]
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
    parts += [*_way_out(verdict), *_layers(changed)]
    if kept := [finding for finding in verdict.findings if finding.passed]:
        summary = f"{len(kept):,} limit{'s' * (len(kept) != 1)} kept"
        parts.append(Folded(summary, list(_cut(Sheet(FOUND, kept)))))
    return parts


def _way_out(verdict: Verdict) -> Iterator[Part]:
    for advice, lines in reasons.way_out(verdict):
        said = f"{advice[:1].upper()}{advice[1:]}"
        form: Literal["plain", "breaks"] = "breaks" if len(lines) > 1 else "plain"
        yield Text([said, *lines], markdown=form, only="markdown")


def _layers(changed: Sequence[Change]) -> Iterator[Part]:
    """What changed in networks, and why that is not known of others."""
    rows = [_Changed(title(each.report), layer) for each in changed for layer in each.layers]
    unknown = [f"{title(each.report)}: {each.unexplained}" for each in changed if each.unexplained]
    if rows or unknown:
        parts: list[Part] = [*_cut(Sheet(LAYERS, rows))] if rows else []
        if unknown:
            parts.append(Text(unknown[:MOST_ROWS], markdown="bullets", only="markdown"))
        yield Folded("What changed, layer by layer", parts)


def headline(verdict: Verdict) -> str:
    """The verdict as a line of its own."""
    return f"{'✅' if verdict.passed else '❌'} {words.verdict(verdict)}"


def _cut(sheet: Sheet[Any]) -> Iterator[Part]:
    """The first rows of a table in Markdown, and how many there are besides."""
    yield sheet.changed(rows=sheet.rows[:MOST_ROWS], only="markdown")
    left = len(sheet.rows) - MOST_ROWS
    yield Text([f"and {left:,} more"] if left > 0 else [], only="markdown")
