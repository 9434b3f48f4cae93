"""Where the rows of a sweep lie: every row is in one bin, whatever order they come in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.sweeping.cloud import BINS, Cloud, Side, Tally, sides
from convcost.sweeping.conditions import parse_conditions
from convcost.sweeping.outcome import FINE, Found, Note, Rows
from convcost.sweeping.selection import Chosen, Objective, Wanted
from convcost.sweeping.space import Axis, Space, array, space_of

np = pytest.importorskip("numpy")

BOTH = (Side(Objective("params")), Side(Objective("macs")))
POINTS = st.lists(
    st.tuples(st.integers(0, 10**12) | st.integers(10**6, 10**6 + 9), st.integers(0, 99)),
    min_size=1,
    max_size=200,
)


def rows(points: Sequence[tuple[int, int]]) -> Rows:
    params, macs = (np.array(column) for column in zip(*points, strict=True))
    count = len(points)
    which = np.zeros(count, dtype=np.int32)
    return Rows(np.arange(count), {}, {"params": params, "macs": macs}, which, [FINE])


def counted(points: Sequence[tuple[int, int]]) -> Tally:
    found = Tally(BOTH)
    found.add(rows(points), np.array([macs < 50 for _, macs in points]))
    return found


@given(POINTS)
def test_every_row_lies_in_one_bin(points: list[tuple[int, int]]) -> None:
    cells = counted(points).cloud().cells
    assert len(cells) <= BINS * BINS
    for cell in cells:
        # A figure of 0 lies at a half; edges are rounded.
        inside = [
            point
            for point in points
            if all(
                low * (1 - 1e-9) <= max(each, 0.5) <= high * (1 + 1e-9)
                for low, each, high in zip(cell.low, point, cell.high, strict=True)
            )
        ]
        assert cell.rows <= len(inside)
    assert sum(cell.rows for cell in cells) == len(points)
    assert sum(cell.passing for cell in cells) == sum(macs < 50 for _, macs in points)


@given(POINTS, st.integers(1, 7))
def test_the_order_and_the_parts_do_not_matter(points: list[tuple[int, int]], parts: int) -> None:
    whole = counted(points).cloud()
    found = Tally(BOTH)
    for at in reversed(range(parts)):
        if points[at::parts]:
            found.merge(counted(points[at::parts][::-1]))
    assert found.cloud() == whole


def test_bins_are_as_fine_as_their_number_allows() -> None:
    near = counted([(10**6 + each, 1) for each in range(100)]).cloud().cells
    far = counted([(10**each, 1) for each in range(12)]).cloud().cells
    assert BINS / 2 < len(near) <= BINS
    assert len(far) == 12


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(), ["params", "macs"]),
        (Wanted(sort=[Objective("macs", most=True)]), ["macs", "params"]),
        (Wanted(sort=[Objective("size")]), ["size", "params"]),
        (
            Wanted(front=[Objective("macs"), Objective("size"), Objective("params")]),
            ["macs", "size"],
        ),
        (Wanted(front=[Objective("params")]), ["params", "macs"]),
    ],
)
def test_rows_are_seen_by_what_is_asked_of_them(wanted: Wanted, expected: list[str]) -> None:
    both = sides(wanted, space_of({"size": [32, 64]}, {}))
    assert [side.objective.name for side in both] == expected


@pytest.mark.parametrize(
    ("values", "scale", "places"),
    [
        ([32, 64, 96], "linear", [32.0, 64.0, 96.0]),
        ([0.5, 1], "linear", [0.5, 1.0]),
        (["relu", "gelu", "relu"], "names", [1.0, 0.0, 1.0]),
        ([True, False], "names", [1.0, 0.0]),
        ([7], "linear", [7.0]),
    ],
)
def test_vars_lie_where_their_values_are(
    values: list[Any], scale: str, places: list[float]
) -> None:
    space = Space((Axis({"var": array(values)}),))
    side, other = sides(Wanted(sort=[Objective("var")]), space)
    assert side.scale == scale
    assert [side.place(value) for value in values] == places
    figures = {"params": np.ones(len(values), dtype=np.int64)}
    found = Tally((side, other))
    which = np.zeros(len(values), dtype=np.int32)
    made = Rows(np.arange(len(values)), {"var": array(values)}, figures, which, [FINE])
    found.add(made, np.ones(len(values), dtype=bool))
    cells = found.cloud().cells
    assert len(cells) == len(set(places))
    for cell, place in zip(cells, sorted(set(places)), strict=True):
        assert cell.low[0] <= place <= cell.high[0]


def test_rows_that_are_refused_lie_nowhere_and_others_pass_or_not() -> None:
    space = space_of({"size": [1, 2, 3, 4]}, {})
    figures = {"params": np.array([0, 10, 20, 40]), "macs": np.array([0, 1, 1, 1])}
    notes = [FINE, Note(("too small",))]
    wanted = Wanted(parse_conditions(["params < 30"], space.names))
    found = Chosen(wanted, tally=Tally(BOTH))
    found.add(Found(space, figures, np.array([1, 0, 0, 0], dtype=np.int32), notes))
    assert found.tally
    cells = found.tally.cloud().cells
    assert [(cell.rows, cell.passing) for cell in cells] == [(1, 1), (1, 1), (1, 0)]


def test_nothing_is_an_empty_cloud() -> None:
    found = Tally(BOTH)
    found.merge(Tally(BOTH))
    assert found.cloud() == Cloud(BOTH, [])
