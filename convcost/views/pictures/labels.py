"""Labels of points, each beside its own and none on another; those without room are left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise, product
from typing import Literal, NamedTuple

from convcost.views.pictures.svg import FONT, Point, Segment, Svg, fitted, lines, text, width_of

LONGEST = 200.0
"""Pixels of a label; what is longer is cut."""
_NEAR = 3.0
_OWN = 5.0
_FARTHER = (0.0, 14.0, 30.0, 50.0, 74.0)
_WAYS: Sequence[tuple[float, float, Literal["start", "middle", "end"]]] = (
    (1, 0, "start"),
    (-1, 0, "end"),
    (0, -1, "middle"),
    (0, 1, "middle"),
    (0.7, -0.7, "start"),
    (-0.7, -0.7, "end"),
    (0.7, 0.7, "start"),
    (-0.7, 0.7, "end"),
)
_ASCENT, _HIGH = FONT * 0.8, FONT * 1.15


class Box(NamedTuple):
    """What something takes of a picture."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether both have something in common."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def holds(self, other: Box) -> bool:
        """Whether all of the other lies in it."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and other.right <= self.right
            and other.bottom <= self.bottom
        )


class Label(NamedTuple):
    """The words for a point, around which so many pixels are its own; near `others` they may stand
    as well."""

    x: float
    y: float
    words: str
    radius: float = 3.0
    others: Sequence[Point] = ()


def around(x: float, y: float, radius: float) -> Box:
    """The square around a point."""
    return Box(x - radius, y - radius, x + radius, y + radius)


def along(points: Sequence[Point]) -> Iterator[Box]:
    """Small boxes along the line through these points."""
    for (x1, y1), (x2, y2) in pairwise(points):
        steps = 1 + int(max(abs(x2 - x1), abs(y2 - y1)) / 4)
        for step in range(steps + 1):
            share = step / steps
            yield around(x1 + (x2 - x1) * share, y1 + (y2 - y1) * share, 1.5)


def placed(labels: Iterable[Label], taken: Iterable[Box], room: Box) -> list[Svg]:
    """The labels, those that matter most first, within a room of which boxes are taken."""
    marks: list[Svg] = []
    leads: list[Segment] = []
    taken = [*taken]
    used, told = [*taken], list[Box]()
    for label in labels:
        for place in _places(label):
            way = [*along(place.lead)]
            is_free = room.holds(place.box) and not any(map(place.box.meets, used))
            if is_free and not _crosses(way, label, taken, told):
                used += [place.box, *way]
                told.append(place.box)
                marks.append(place.mark)
                leads += [(*start, *end) for start, end in pairwise(place.lead)]
                break
    return [*[lines(leads, "axis")] * bool(leads), *marks]


def _crosses(way: Sequence[Box], label: Label, taken: Sequence[Box], told: Sequence[Box]) -> bool:
    """Whether a line from a label's point goes over other words, or, beyond its own surroundings,
    over what is taken."""
    own = [around(x, y, label.radius + _OWN) for x, y in ((label.x, label.y), *label.others)]
    far = [step for step in way if not any(map(step.meets, own))]
    return any(step.meets(box) for box in told for step in way) or any(
        step.meets(box) for box in taken for step in far
    )


class _Place(NamedTuple):
    """Where words may stand, and the line from their point to there, if they are far from it."""

    box: Box
    lead: Sequence[Point]
    mark: Svg


def _places(label: Label) -> Iterator[_Place]:
    """The places for a label, the best first."""
    words = fitted(label.words, LONGEST)
    width = width_of(words)
    points = [(label.x, label.y), *label.others]
    for farther, (left_of, above) in product(_FARTHER, points):
        for across, down, anchor in _WAYS:
            away = label.radius + _NEAR + farther
            x, y = left_of + across * away, above + down * away
            left = {"start": x, "middle": x - width / 2, "end": x - width}[anchor]
            top = y + (down - 1) * _HIGH / 2
            box = Box(left, top, left + width, top + _HIGH)
            edge = (left_of + across * label.radius, above + down * label.radius)
            lead = [edge, (x - across * 2, y - down * 2)] if farther else []
            yield _Place(box, lead, text(x, top + _ASCENT, words, "", anchor))
