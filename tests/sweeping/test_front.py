"""The Pareto front, against comparing every pair of points."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.sweeping import front
from convcost.sweeping.front import is_unbeaten

np = pytest.importorskip("numpy")

POINTS = st.integers(1, 5).flatmap(
    lambda dims: st.lists(
        st.tuples(*[st.integers(0, 6) | st.just(2**62)] * dims), min_size=1, max_size=40
    )
)


@pytest.mark.parametrize("few", [2**16, 4])
@given(points=POINTS)
def test_a_front_is_what_no_other_point_beats(few: int, points: list[tuple[int, ...]]) -> None:
    def beaten(point: tuple[int, ...]) -> bool:
        return any(
            other != point and all(a <= b for a, b in zip(other, point, strict=True))
            for other in points
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(front, "_FEW", few)
        found = is_unbeaten([np.array(column) for column in zip(*points, strict=True)])
    assert found.tolist() == [not beaten(point) for point in points]


@pytest.mark.parametrize("most", [1, -1])
def test_of_many_points_that_come_to_the_same_sum_none_beats_another(most: int) -> None:
    size = 180
    a, b = (each.ravel() for each in np.mgrid[: size + 1, : size + 1])
    inside = a + b <= size
    flat = np.stack([a[inside], b[inside], size - a[inside] - b[inside]])
    assert flat.shape[1] == (size + 1) * (size + 2) // 2
    worse = flat + np.array([[0], [0], [most]])
    found = is_unbeaten([*np.concatenate([flat, worse], axis=1)])
    count = flat.shape[1]
    expected = [most > 0] * count + [most < 0] * count
    assert found.tolist() == expected


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_of_no_points_there_is_none(axes: int) -> None:
    assert is_unbeaten([np.zeros(0, dtype=np.int64)] * axes).tolist() == []


def test_large_points_are_not_rounded() -> None:
    assert is_unbeaten([np.array([2**62, 2**62 + 1]), np.array([0.5, 0.25])]).all()
    assert is_unbeaten([np.array([2**62, 2**62 + 1])]).tolist() == [True, False]
