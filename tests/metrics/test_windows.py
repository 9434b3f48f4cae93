"""What ops read along an axis, and what that comes to of the input."""

from __future__ import annotations

import pytest

from convcost.metrics import windows
from convcost.metrics.windows import (
    MOST_PHASES,
    Axis,
    Bins,
    Sample,
    Slide,
    Spread,
    Taps,
    joined,
)
from convcost.status import Status


@pytest.mark.parametrize(
    ("taps", "reads"),
    [
        (Slide(2, 1, 1, 3), [[-1, 0, 1], [1, 2, 3]]),
        (Slide(1, 2, 2, 3), [[-2, 0, 2], [-1, 1, 3]]),
        (Spread(2, 1, 1, 3), [[0], [1, 0], [1], [2, 1]]),
        (Spread(3, 0, 1, 2), [[0], [0], [], [1]]),
        (Spread(4, 1, 2, 4), [[], [0, -1], [], [1, 0], [], [1, 0]]),
        (Spread(2, 0, 3, 3), [[0, -3], [-1], [1, -2], [0]]),
        (Bins(7, 3), [[0, 1, 2], [2, 3, 4], [4, 5, 6]]),
        (Sample(1, 2), [[0], [0], [1], [1]]),
        (Sample(1, 2, 1), [[-1, 0], [0, 1], [0, 1], [1, 2]]),
        (Sample(1, 2, 2), [[-2, -1, 0, 1], [-1, 0, 1, 2]]),
    ],
)
def test_what_is_read(taps: Taps, reads: list[list[int]]) -> None:
    assert [list(taps.at(position)) for position in range(len(reads))] == reads


def test_one_window_after_another() -> None:
    # k3 s3 p1, then k2 s1 p0: the example of Araujo et al. 2019
    axis = Axis().through(Slide(3, 1, 1, 3)).through(Slide(1, 0, 1, 2))
    assert axis.at(0) == (-1, 4)
    assert (axis.size, axis.step) == (6, 3)


def test_upsampling_divides_the_stride_and_has_windows_in_turn() -> None:
    axis = Axis().through(Slide(2, 0, 1, 2)).through(Sample(1, 2)).through(Slide(1, 1, 1, 3))
    assert axis.stride == 1
    assert axis.size == 4
    assert [axis.at(position) for position in range(4)] == [(-2, 1), (0, 3), (0, 3), (2, 5)]


def test_windows_in_turn_that_are_one_again() -> None:
    axis = Axis().through(Sample(1, 2)).through(Slide(2, 0))
    assert axis == Axis()


def test_gaps_see_nothing() -> None:
    axis = Axis().through(Spread(2, 0, 1, 1))
    assert axis.windows == ((0, 0), None)
    assert axis.at(1) is None
    assert axis.through(Slide(2, -1)).size == 0


def test_two_ways_are_aligned_if_their_centres_are() -> None:
    def two(before: int) -> Axis:
        one = Axis().through(Slide(2, 2, 1, 5))
        return joined([one, Axis().through(Slide(1, before, 1, 3)).through(Slide(2, before, 1, 3))])

    assert not two(0).aligned
    assert two(1).aligned
    assert (two(0).at(0), two(1).at(0)) == ((-2, 4), (-2, 2))
    assert not joined([two(0), two(0).through(Slide(1, 0))]).aligned


def test_what_sees_all_does_not_hide_the_rest() -> None:
    near, all_of_it = Axis().through(Slide(1, 1, 1, 3)), Axis(whole=True)
    assert joined([near, all_of_it]) == joined([all_of_it, near]) == near
    assert joined([all_of_it, all_of_it]).whole
    assert all_of_it.through(Slide(2, 0)) == all_of_it


def test_windows_that_drift_apart_cannot_be_followed() -> None:
    axis = joined([Axis(), Axis().through(Slide(2, 0))])
    assert (axis.is_lost, axis.aligned, axis.doubt.state) == (True, False, "about")
    assert axis.through(Slide(1, 1, 1, 3)) == axis


def test_what_is_lost_stays_lost() -> None:
    guessed = Axis(doubt=Status("about", "a guess"))
    assert joined([guessed, Axis().through(Slide(1, 1, 1, 3)).lost()]).is_lost
    assert joined([Axis(), guessed]).doubt == guessed.doubt


def test_there_are_no_more_windows_than_anyone_would_look_at() -> None:
    most = Axis().through(Slide(MOST_PHASES, 0)).through(Spread(MOST_PHASES, 0, 1, MOST_PHASES))
    assert not most.is_lost
    assert Axis().through(Spread(MOST_PHASES + 1, 0, 1, 3)).is_lost


def test_a_kernel_may_be_as_large_as_it_likes() -> None:
    huge = 10**17
    up = Axis().through(Sample(1, 2))
    assert up.through(Slide(1, 0, 1, huge)).size == huge // 2 + 1
    assert up.through(Spread(2, 0, 1, huge)).size == huge // 4 + 1
    assert Axis().through(Slide(huge, 0, huge, 3)).size == 2 * huge + 1


def test_ways_of_too_many_windows_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Axis().through(Slide(3, 1, 1, 5)).through(Sample(1, 3))
    other = Axis().through(Slide(5, 0, 1, 7)).through(Sample(1, 5))
    assert len(joined([one, other]).windows) == 15
    monkeypatch.setattr(windows, "MOST_PHASES", 14)
    assert joined([one, other]).is_lost
