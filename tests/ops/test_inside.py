"""Taps inside an image, against all of them one by one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from convcost.ops.conv import Conv, TransposedConv
from convcost.ops.dynamic import DeformableConv
from convcost.ops.inside import taps_inside

small = st.integers(1, 9)


@given(small, small, small, st.integers(1, 4), st.integers(0, 9), st.integers(1, 4))
def test_along_an_axis(
    size: int, places: int, taps: int, stride: int, before: int, dilation: int
) -> None:
    read = (
        stride * place + dilation * tap - before for place in range(places) for tap in range(taps)
    )
    count = taps_inside((size,), (places,), (taps,), (stride,), ((before, 0),), (dilation,))
    assert int(count) == sum(0 <= each < size for each in read)


def test_however_large_they_are() -> None:
    million = 10**6
    count = taps_inside((million,), (million,), (million + 1,), (1,), ((million // 2, 0),), (1,))
    # Of a kernel as long as the image the middle places see all, those at the ends a half.
    assert int(count) == million**2 - 2 * sum(range(million // 2 + 1)) + million


def test_the_formula_names_the_taps_along_each_axis() -> None:
    conv = Conv(4, 6, (3, 3), (1, 1), ((1, 1), (1, 1)), (1, 1), groups=2)
    count = conv.other_tools_counts((4, 5, 7))["conv inside"]
    assert int(count) == 6 * 2 * 13 * 19
    assert "H taps" in count.formula
    spread = TransposedConv(4, 6, (2, 2), (2, 2), ((0, 0), (0, 0)), (1, 1), (0, 0))
    inside = spread.other_tools_counts((4, 5, 7))["transposed conv inside"]
    assert int(inside) == int(spread.macs((4, 5, 7)))


def test_taps_that_are_moved_are_all_read() -> None:
    moved = DeformableConv(4, 6, (3, 3), (1, 1), ((1, 1), (1, 1)), (1, 1))
    shapes = ((4, 5, 7), (18, 5, 7))
    assert int(moved.other_tools_counts(*shapes)["conv inside"]) == int(moved.macs(*shapes))
