"""A diff in Markdown, such as a comment on a pull request."""

from __future__ import annotations

from collections.abc import Sequence

from convcost.difference import Diff
from convcost.metrics import METRICS, USUAL
from convcost.views import totals
from convcost.views.diff import words
from convcost.views.figures import signed
from convcost.views.markdown import Cell, Markdown, blocks, bold, bullets, table
from convcost.views.screen import PLAIN, Screen
from convcost.views.standing import figure

_TOTALS = ("", "before", "after", "change", "share")
_MARKS = {
    "added": Markdown.of("+"),
    "removed": Markdown.of("-"),
    "changed": Markdown.of("~"),
}
_CHANGES = ("", "layer", "what", "params", "MACs")


def render(diff: Diff, screen: Screen = PLAIN, metrics: Sequence[str] = ()) -> Markdown:
    """The totals, then a row a layer that was added, removed or changed."""
    sums: list[list[Cell]] = []
    for metric in (*USUAL, *metrics):
        before, after = (report.figure(metric) for report in (diff.before, diff.after))
        change = signed(after - before)
        share = Markdown(totals.share(before, after) if change else "")
        figures = (figure(report, metric) for report in (diff.before, diff.after))
        sums.append([Markdown(METRICS[metric].title), *figures, change, share])
    parts = [
        bold(words.headline(diff)),
        table(_TOTALS, sums, right=_TOTALS[1:]),
        Markdown(words.rule(diff)),
    ]
    if why := totals.reasons(diff.before, diff.after):
        parts.append(bullets(why))
    if diff.changes:
        rows: list[list[Cell]] = [
            [
                _MARKS[change.sort],
                Markdown(change.layer.name),
                Markdown(words.what(change)),
                *(signed(change.delta(metric)) for metric in ("params", "macs")),
            ]
            for change in diff.changes
        ]
        parts.append(table(_CHANGES, rows, right=("params", "MACs")))
    return blocks(parts)
