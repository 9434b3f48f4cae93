"""A diff in Markdown, such as a comment on a pull request."""

from __future__ import annotations

from convcost.difference import Diff
from convcost.views import totals
from convcost.views.diff import words
from convcost.views.figures import number
from convcost.views.markdown import escape, table
from convcost.views.screen import PLAIN, Screen

_TOTALS = ("", "before", "after", "change", "share")
_CHANGES = ("", "layer", "what", "params", "MACs")


def render(diff: Diff, screen: Screen = PLAIN) -> str:
    """The totals, then a row a layer that was added, removed or changed."""
    sums = []
    for metric, name in totals.NAMES.items():
        before, after = (getattr(report, metric) for report in (diff.before, diff.after))
        change = words.delta(after - before)
        share = totals.share(before, after) if change else ""
        sums.append([name, number(before), number(after), change, share])
    parts = [f"**{escape(words.headline(diff))}**", table(_TOTALS, sums, right=_TOTALS[1:])]
    parts.append(escape(words.rule(diff)) + "\n")
    if diff.changes:
        rows = [
            [
                words.MARKS[change.sort],
                escape(change.layer.name),
                escape(words.what(change)),
                *(words.delta(change.delta(metric)) for metric in ("params", "macs")),
            ]
            for change in diff.changes
        ]
        parts.append(table(_CHANGES, rows, right=("params", "MACs")))
    return "\n".join([parts[0], "", *parts[1:]])
