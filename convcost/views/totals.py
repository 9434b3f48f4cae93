"""Two totals, before and after, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from convcost.cost import Report
from convcost.metrics import USUAL
from convcost.views import standing
from convcost.views.screen import Screen
from convcost.views.standing import figure, titled


def share(before: int, after: int) -> str:
    """`-41.3%`, `+0.0%`; nothing where there was nothing."""
    if not before:
        return ""
    percent = 100 * Fraction(after - before, before)
    return f"{float(percent):+,.1f}%"


def lines(
    before: Report, after: Report, screen: Screen, metrics: Sequence[str] = ()
) -> Iterator[str]:
    """A line a metric, the usual and `metrics`, `MACs 15,470,264,320 → 1,986,267,136
    -13,483,997,184 (-87.2%)`, on two lines where there is no room; then why figures are not
    complete."""
    pairs = list(_pairs(before, after, metrics))
    fit = screen.width is None or max(len(f"{both}  {by}") for both, by in pairs) <= screen.width
    for both, by in pairs:
        yield from [f"{both}  {by}"] if fit else [both, by.rjust(len(both))]
    yield from reasons(before, after)


def _pairs(before: Report, after: Report, metrics: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What a metric was and is, and by how much it changed."""
    names = (*USUAL, *metrics)
    pairs = {name: (figure(before, name), figure(after, name)) for name in names}
    width = max(len(number) for pair in pairs.values() for number in pair)
    titles = {name: titled(after, name) for name in names}
    room = max(map(len, titles.values()))
    for name, shown in pairs.items():
        old, new = before.figure(name), after.figure(name)
        percent = share(old, new)
        behind = f"{new - old:+,}".rjust(width + 1) + (f" ({percent})" if percent else "")
        both = f"{titles[name]:{room}}  {shown[0].rjust(width)} → {shown[1].rjust(width)}"
        yield both, behind if new != old else "unchanged"


def reasons(before: Report, after: Report) -> list[str]:
    """Why figures of either are not complete."""
    return list(dict.fromkeys(standing.reasons(before) + standing.reasons(after)))
