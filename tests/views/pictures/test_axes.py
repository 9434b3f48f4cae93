"""Axes: amounts lie where they belong, and ticks are round and apart."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.views.pictures.axes import Scale, along, room_for, up
from convcost.views.pictures.svg import FONT, width_of
from tests.views.pictures.reading import NAMES, read


def labels(scale: Scale, apart: float = 50) -> list[str]:
    return [scale.label(each) for each in scale.ticks(apart)]


@pytest.mark.parametrize(
    ("scale", "expected"),
    [
        (Scale(0, 7, 0, 400), ["0", "1", "2", "3", "4", "5", "6", "7"]),
        (Scale(0, 1, 0, 400), ["0", "1"]),
        (Scale(0, 1, 0, 300, whole=False), ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        (Scale(0, 115_000_000, 200, 0), ["0", "50 M", "100 M"]),
        (Scale(0, 2_400, 200, 0), ["0", "1 k", "2 k"]),
        (Scale(0, 0, 200, 0), ["0"]),
        (Scale(0, 100_000, 200, 0, is_binary=True), ["0", "32 KiB", "64 KiB", "96 KiB"]),
        (Scale(0, 3, 200, 0, is_binary=True), ["0", "1 B", "2 B", "3 B"]),
        (Scale(1, 1000, 0, 300, log=True), ["1", "10", "100", "1 k"]),
        (Scale(0.02, 30, 0, 200, log=True), ["0.1", "1", "10"]),
        (Scale(3, 60, 0, 400, log=True), ["5", "10", "20", "50"]),
        (Scale(1, 10**12, 0, 200, log=True), ["1", "1 k", "1 M", "1 G", "1 T"]),
    ],
)
def test_ticks_are_round(scale: Scale, expected: list[str]) -> None:
    assert labels(scale) == expected


@given(
    st.integers(1, 10**30),
    st.integers(30, 800),
    st.floats(20, 120),
    st.booleans(),
    st.booleans(),
)
def test_ticks_are_apart_and_within(
    most: int, pixels: int, apart: float, is_binary: bool, whole: bool
) -> None:
    scale = Scale(0, most, 0, pixels, is_binary=is_binary, whole=whole)
    ticks = scale.ticks(apart)
    assert ticks[0] == 0
    assert all(0 <= each <= most for each in ticks)
    assert all(after - before >= apart * 0.99 for before, after in pairwise(map(scale.at, ticks)))


@given(st.floats(1e-6, 1e12), st.floats(1.01, 1e12), st.integers(100, 800))
def test_ticks_of_a_log_scale_are_apart_and_within(low: float, ratio: float, pixels: int) -> None:
    scale = Scale(low, low * ratio, 0, pixels, log=True)
    ticks = scale.ticks(50)
    assert all(low <= each <= low * ratio for each in ticks)
    assert all(after - before >= 45 for before, after in pairwise(map(scale.at, ticks)))


def test_amounts_lie_where_they_belong() -> None:
    assert [Scale(0, 10, 100, 0).at(each) for each in (0, 5, 10, 11)] == [100, 50, 0, 0]
    log = Scale(1, 100, 0, 200, log=True)
    assert [log.at(each) for each in (0.1, 1, 10, 100)] == [0, 0, 100, 200]


def test_an_axis_that_leads_up_has_its_labels_beside_its_lines() -> None:
    scale = Scale(0, 2_400, 100, 0)
    root = read(f"<g xmlns='{NAMES[1:-1]}'>{''.join(up(scale, 40, 300))}</g>")
    texts = list(root.iter(f"{NAMES}text"))
    assert [each.text for each in texts] == ["0", "1 k", "2 k"]
    assert [float(each.attrib["y"]) for each in texts] == pytest.approx(
        [scale.at(each) + FONT / 3 for each in (0, 1000, 2000)], abs=0.1
    )
    assert all(float(each.attrib["x"]) < 40 for each in texts)
    assert room_for(scale) > max(width_of(each.text or "") for each in texts)


@given(st.floats(0, 1e9), st.floats(1, 1e9), st.integers(60, 800), st.booleans())
def test_labels_of_an_axis_do_not_overlap(low: float, span: float, wide: int, whole: bool) -> None:
    scale = Scale(low, low + span, 0, wide, whole=whole)
    root = read(f"<g xmlns='{NAMES[1:-1]}'>{''.join(along(scale, 50, 0))}</g>")
    ends = [
        (float(each.attrib["x"]) - width / 2, float(each.attrib["x"]) + width / 2)
        for each in root.iter(f"{NAMES}text")
        for width in (width_of(each.text or ""),)
    ]
    assert all(before[1] <= after[0] for before, after in pairwise(ends))
