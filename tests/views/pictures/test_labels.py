"""Labels beside their points: none on another, on what is taken, or outside."""

from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from convcost.views.pictures.labels import Box, Label, along, around, placed
from convcost.views.pictures.svg import FONT, width_of
from tests.views.pictures.reading import NAMES, read

ROOM = Box(0, 0, 300, 200)
POINTS = st.tuples(st.floats(0, 300), st.floats(0, 200), st.floats(0, 20))


def drawn(labels: list[Label], taken: list[Box]) -> ElementTree.Element:
    return read(f"<g xmlns='{NAMES[1:-1]}'>{''.join(placed(labels, taken, ROOM))}</g>")


def boxes(root: ElementTree.Element) -> list[Box]:
    """What the words take, from a little above their line to it, but for what is rounded away."""
    found = []
    for each in root.iter(f"{NAMES}text"):
        x, y, width = float(each.attrib["x"]), float(each.attrib["y"]), width_of(each.text or "")
        shift = {"start": 0.0, "middle": width / 2, "end": width}[each.attrib["text-anchor"]]
        found.append(Box(x - shift + 0.1, y - FONT * 0.75, x - shift + width - 0.1, y))
    return found


@given(st.lists(POINTS, max_size=40))
def test_labels_lie_on_nothing_and_within(points: list[tuple[float, float, float]]) -> None:
    labels = [Label(x, y, f"layer{at}.conv", size) for at, (x, y, size) in enumerate(points)]
    taken = [around(x, y, size) for x, y, size in points]
    found = boxes(drawn(labels, taken))
    for at, box in enumerate(found):
        assert ROOM.holds(box)
        assert not any(box.meets(other) for other in (*found[at + 1 :], *taken))


def test_a_point_alone_has_its_label_beside_it() -> None:
    root = drawn([Label(50, 50, "stem")], [])
    (box,) = boxes(root)
    assert 50 < box.left < 60
    assert box.top < 50 < box.bottom
    assert not list(root.iter(f"{NAMES}path"))


def test_one_without_room_nearby_stands_farther_with_a_line_to_it() -> None:
    root = drawn([Label(150, 100, "stem")], [around(150, 100, 8)])
    (box,) = boxes(root)
    assert not box.meets(around(150, 100, 8))
    assert len(list(root.iter(f"{NAMES}path"))) == 1


def test_a_line_to_a_label_goes_over_no_other_point() -> None:
    ring = [around(150 + x, 100 + y, 5) for x in (-15, 0, 15) for y in (-15, 0, 15) if x or y]
    assert boxes(drawn([Label(150, 100, "stem")], ring)) == []
    assert len(boxes(drawn([Label(150, 100, "stem")], ring[:-1]))) == 1


def test_one_without_any_room_is_left_out_and_may_stand_near_another_point() -> None:
    taken = [around(150, 100, 140)]
    assert boxes(drawn([Label(150, 100, "stem")], taken)) == []
    (box,) = boxes(drawn([Label(150, 100, "stem", others=[(20, 190)])], [around(150, 80, 100)]))
    assert box.left < 50


def test_those_that_come_first_matter_most() -> None:
    labels = [Label(150, 100, f"label {at}") for at in range(99)]
    texts = [each.text for each in drawn(labels, []).iter(f"{NAMES}text")]
    assert 2 < len(texts) < 99
    assert texts[0] == "label 0"


def test_a_line_is_covered_by_its_boxes() -> None:
    found = list(along([(0, 0), (40, 0), (40, 30)]))
    for x, y in ((0, 0), (21.5, 0), (40, 0), (40, 17), (40, 30)):
        assert any(box.meets(around(x, y, 2)) for box in found)
    assert not any(box.meets(around(20, 20, 5)) for box in found)
