"""Taps of a convolution that lie inside the image, as padding has none to multiply with."""

from __future__ import annotations

from convcost.count import Count, product
from convcost.ops.base import Pads, Sizes, spatial_factors


def taps_inside(
    sizes: Sizes, places: Sizes, kernel: Sizes, stride: Sizes, padding: Pads, dilation: Sizes
) -> Count:
    """Over all `places` of a kernel, which moves by `stride` over `sizes` that are padded, the taps
    that are not in the padding: a product of those along each dim."""
    return product(
        spatial_factors(
            tuple(
                _inside(*axis)
                for axis in zip(
                    sizes,
                    places,
                    kernel,
                    stride,
                    (before for before, _ in padding),
                    dilation,
                    strict=True,
                )
            ),
            " taps",
        )
    )


def _inside(size: int, places: int, taps: int, stride: int, before: int, dilation: int) -> int:
    """How many i < places and t < taps have 0 <= stride i + dilation t - before < size."""

    def upto(most: int) -> int:
        """How many have stride i + dilation t <= most."""
        if most < 0:
            return 0
        rows = min(places, most // stride + 1)
        # Row by row the taps are (most - stride i) // dilation + 1, but no more than there are.
        full = most - dilation * (taps - 1)
        whole = min(rows, full // stride + 1) if full >= 0 else 0
        left = rows - whole
        last = most - stride * (rows - 1)  # of the last row, from which they grow
        return whole * taps + left + _floors(left, dilation, stride, last)

    return upto(before + size - 1) - upto(before - 1)


def _floors(terms: int, by: int, step: int, start: int) -> int:
    """The sum of (step i + start) // by for i < terms, none of them negative (Graham, Knuth and
    Patashnik 1994, 3.5)."""
    total = 0
    while terms:
        total += terms * (terms - 1) // 2 * (step // by) + terms * (start // by)
        step, start = step % by, start % by
        terms, start = divmod(step * terms + start, by)
        by, step = step, by
    return total
