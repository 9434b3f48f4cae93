"""The Pareto front: exact in any number of objectives, by dividing the points.

After Kung, Luccio and Preparata, On finding the maxima of a set of vectors (1975): of points in
order, the second half beats none of the first, so that the front of the first half thins out the
second, in one objective less.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy import ndarray

_FEW = 2**16
"""Pairs of points that are compared at once."""


def is_unbeaten(costs: Sequence[ndarray]) -> ndarray:
    """Which of the points, whose coordinates are arrays of one length, no other is below: at most
    as much in all coordinates, and less in one. Equal points stand or fall together."""
    import numpy as np

    ranks = np.stack([np.unique(cost, return_inverse=True)[1].ravel() for cost in costs], axis=1)
    points, of_point = np.unique(ranks, axis=0, return_inverse=True)
    is_in = np.zeros(len(points), dtype=bool)
    is_in[_front(points, np.arange(len(points)))] = True
    return is_in[of_point.ravel()]


def _front(points: ndarray, which: ndarray) -> ndarray:
    """Those of some points, which are in order and all different, that none of them beats."""
    import numpy as np

    if points.shape[1] == 1 or not len(which):
        return which[:1]
    if points.shape[1] == 2:
        second = points[which, 1]
        least = np.minimum.accumulate(second)
        return which[np.concatenate([[True], second[1:] < least[:-1]])]
    if len(which) ** 2 <= _FEW:
        here = points[which]
        return which[_pairs(here, here).sum(axis=0) == 1]  # each is at most itself
    half = len(which) // 2
    first = _front(points, which[:half])
    left = which[half:]
    left = left[~_is_below(points[first, 1:], points[left, 1:])]
    return np.concatenate([first, _front(points, left)])


def _is_below(above: ndarray, points: ndarray) -> ndarray:
    """For each of the points whether one of the others is at most as much in all coordinates."""
    import numpy as np

    found = np.zeros(len(points), dtype=bool)
    if not len(above) or not len(points):
        return found
    if above.shape[1] == 1:
        return above.min() <= points[:, 0]
    if above.shape[1] == 2:
        return _is_below_in_plane(above, points)
    if len(above) * len(points) <= _FEW:
        return _pairs(above, points).any(axis=0)
    return _is_below_in_parts(above, points)


def _pairs(above: ndarray, points: ndarray) -> ndarray:
    """Whether one is at most as much as another in all coordinates, for every pair."""
    found = above[:, None, 0] <= points[None, :, 0]
    for axis in range(1, above.shape[1]):
        found &= above[:, None, axis] <= points[None, :, axis]
    return found


def _is_below_in_plane(above: ndarray, points: ndarray) -> ndarray:
    import numpy as np

    above = above[np.argsort(above[:, 0], kind="stable")]
    least = np.minimum.accumulate(above[:, 1])
    before = np.searchsorted(above[:, 0], points[:, 0], side="right")
    return (before > 0) & (least[before - 1] <= points[:, 1])


def _is_below_in_parts(above: ndarray, points: ndarray) -> ndarray:
    """By what is small and what is large in the last coordinate: there the small is below the
    large, whatever else."""
    import numpy as np

    last, others = above[:, -1], points[:, -1]
    every = np.concatenate([last, others])
    middle = np.partition(every, len(every) // 2)[len(every) // 2]
    if middle == every.min():
        middle += 1
    if middle > every.max():
        return _is_below(above[:, :-1], points[:, :-1])
    small, is_small = above[last < middle], others < middle
    found = np.zeros(len(points), dtype=bool)
    found[is_small] = _is_below(small, points[is_small])
    found[~is_small] = _is_below(small[:, :-1], points[~is_small, :-1])
    left = np.flatnonzero(~is_small & ~found)
    found[left] = _is_below(above[last >= middle], points[left])
    return found
