"""What a network cost along git's history: steps, commit by commit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from convcost.metrics import METRICS
from convcost.project.growth import Growth, Version
from convcost.status import status_of
from convcost.text import quote
from convcost.views.figures import number, short
from convcost.views.log import counted_by, left_out, title_of
from convcost.views.pictures.labels import Box, Label, along, around, placed
from convcost.views.pictures.page import WIDTH, Panel, page
from convcost.views.pictures.plot import Ends, Plot, plot, spread
from convcost.views.pictures.svg import LINE, Point, Svg, dot, line, lines
from convcost.views.standing import figure, standing, titled

MOST = 200
"""Dots: of more commits, those that changed the most have one."""
_HEIGHT = 130.0
_DOT = 5.0
_NAMED = 4
_UNKNOWN = 5
_POINTS = 4


def render(growth: Growth) -> Svg:
    """A panel for each metric: parameters, multiply-adds, and what was asked for besides."""
    versions = growth.versions[::-1]
    names = tuple(dict.fromkeys(("params", "macs", *growth.metrics)))
    panels = [_panel(name, versions, growth.limits.get(name)) for name in names]
    count = len(versions) + growth.unchanged
    asked = f"{growth.path}, {count:,} commit{'s' * (count != 1)}, the oldest on the left"
    unknown = [f"not known: {each.problem}" for each in growth.versions if each.problem]
    more = [f"{len(unknown) - _UNKNOWN:,} more are not known"] * (len(unknown) > _UNKNOWN)
    said = [*unknown[:_UNKNOWN], *more, *left_out(growth), counted_by(growth)]
    return page(title_of(growth), asked, panels, said)


def _panel(name: str, versions: Sequence[Version], limit: int | None) -> Panel:
    """The steps of a metric, those that are largest by the names of their commits."""
    reports = [each.report for each in versions if each.report]
    values = [known for each in versions if (known := _figure(name, each)) is not None]
    near = [limit] if limit is not None and values and limit <= 2 * max(values) else []
    now = f"{titled(reports[-1], name)}: {figure(reports[-1], name)} at last" if reports else name
    days = [*(each.revision.day for each in versions), ""]
    across = Ends("", 0, len(versions), names=days)
    drawn = plot(across, spread(now, [*values, *near] or [0.0]), _HEIGHT)
    steps = [*_steps(drawn, name, versions)]
    marks = [*drawn.marks(), *(line(points) for points in steps)]
    taken = [box for points in steps for box in along(points)]
    labels = []
    for each in near:
        y = drawn.up.at(each)
        marks.append(lines([(drawn.across.start, y, drawn.across.end, y)], "axis"))
        labels.append(Label(drawn.across.start + LINE, y, f"limit {number(each)}", 1))
    changes = _changes(name, versions)
    for place, (at, known, delta) in enumerate(changes):
        x, y = drawn.point(at, known)
        marks.append(dot(x, y, _DOT, "lit", _told(name, versions[at], delta)))
        taken.append(around(x, y, _DOT / 2))
        if delta and place < _NAMED:
            change = f"{'+' if delta > 0 else '-'}{short(abs(delta))}"
            words = f"{versions[at].revision.commit.name} {change}"
            labels.append(Label(x, y, words, _DOT / 2))
    room = Box(drawn.across.start, LINE, WIDTH, drawn.bottom)
    return Panel(WIDTH, drawn.bottom + LINE + 4, [*marks, *placed(labels, taken, room)])


def _figure(name: str, version: Version) -> int | None:
    """What it cost, as far as that is known."""
    report = version.report
    if report is None or status_of(standing(report), name).state == "unknown":
        return None
    return report.figure(name)


def _changes(name: str, versions: Sequence[Version]) -> list[tuple[int, int, int]]:
    """Where a version is known, its figure, and by how much that changed, the most first."""
    figures = ((at, _figure(name, each)) for at, each in enumerate(versions))
    known = [(at, each) for at, each in figures if each is not None]
    found = [(at, each, 0) for at, each in known[:1]]
    found += [(at, now, now - before) for (_, before), (at, now) in pairwise(known)]
    return sorted(found, key=lambda each: -abs(each[2]))[:MOST]


def _steps(drawn: Plot, name: str, versions: Sequence[Version]) -> Iterator[list[Point]]:
    """Lines through all that is known, each version lasting until the next."""
    found: list[Point] = []
    for at, version in enumerate(versions):
        known = _figure(name, version)
        if known is not None:
            x, y = drawn.point(at, known)
            found += [(x, y), (drawn.across.at(at + 1), y)]
        elif found:
            yield list(_thinned(found))
            found = []
    if found:
        yield list(_thinned(found))


def _thinned(points: Sequence[Point]) -> Iterator[Point]:
    """Of the points on one pixel across the first, the highest, the lowest and the last."""
    for _, group in groupby(points, key=lambda point: round(point[0])):
        near = list(group)
        ends = min(near, key=lambda point: point[1]), max(near, key=lambda point: point[1])
        yield from near if len(near) <= _POINTS else (near[0], *ends, near[-1])


def _told(name: str, version: Version, delta: int) -> str:
    commit, day, subject = version.revision
    changed = f", {delta:+,}" * bool(delta)
    shown = figure(version.report, name) if version.report else ""
    return f"{commit.name} {day} {quote(subject)}: {shown} {METRICS[name].title}{changed}"
