"""Boxes in storeys: below what they are joined to, and apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from convcost.views.pictures.storeys import Item, Room, Storeys, placed

ROOM = Room(gap=14, between=24, lane=4)


@st.composite
def graphs(draw: st.DrawFn) -> list[Item]:
    count = draw(st.integers(1, 12))
    return [
        Item(
            draw(st.sampled_from([20, 60, 100])),
            draw(st.sampled_from([10, 40])),
            tuple(draw(st.sets(st.integers(0, at - 1), max_size=3))) if at else (),
        )
        for at in range(count)
    ]


def test_a_chain_stands_straight() -> None:
    found = placed([Item(20, 10, ()), Item(20, 30, (0,)), Item(20, 10, (1,))], ROOM)
    assert found.corners == [(0, 0), (0, 34), (0, 88)]
    assert (found.width, found.height) == (20, 98)
    assert found.joins == [[(10, 10), (10, 10), (10, 34)], [(10, 64), (10, 64), (10, 88)]]


def test_a_shortcut_goes_past_what_it_leaves_out() -> None:
    found = placed([Item(20, 10, ()), Item(20, 10, (0,)), Item(20, 10, (0, 1))], ROOM)
    way = next(way for way in found.joins if len(way) > 3)
    (left, _), x = found.corners[1], way[2][0]
    assert not left - ROOM.gap < x - ROOM.lane / 2 < left + 20 + ROOM.gap


@given(graphs())
def test_boxes_lie_below_what_they_are_joined_to_and_apart(items: list[Item]) -> None:
    found = placed(items, ROOM)
    boxes = list(zip(found.corners, items, strict=True))
    for at, ((x, y), item) in enumerate(boxes):
        assert -0.01 <= x <= found.width - item.width + 0.01
        assert 0 <= y <= found.height - item.height
        for source in item.sources:
            (_, above), other = boxes[source]
            assert y >= above + other.height + ROOM.between
        for (left, top), other in boxes[at + 1 :]:
            assert top != y or abs(left + other.width / 2 - x - item.width / 2) >= (
                (item.width + other.width) / 2 + ROOM.gap - 0.01
            )


def test_nothing_takes_no_room() -> None:
    assert placed([]) == Storeys(0, 0, [], [])
