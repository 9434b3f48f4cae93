"""Two totals, before and after, in words."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from convcost.cost import Report

NAMES = {"params": "params", "macs": "MACs", "activations": "activations"}
"""The metrics as people read them."""


def share(before: int, after: int) -> str:
    """`-41.3%`, `+0.0%`; nothing where there was nothing."""
    if not before:
        return ""
    percent = 100 * Fraction(after - before, before)
    return f"{float(percent):+,.1f}%"


def lines(before: Report, after: Report) -> Iterator[str]:
    """A line a metric, `MACs 15,470,264,320 → 1,986,267,136  -13,483,997,184 (-87.2%)`."""
    pairs = {name: (getattr(before, name), getattr(after, name)) for name in NAMES}
    width = max(len(f"{number:,}") for pair in pairs.values() for number in pair)
    for name, (old, new) in pairs.items():
        percent = share(old, new)
        behind = f"{new - old:+,}".rjust(width + 1) + (f" ({percent})" if percent else "")
        yield (
            f"{NAMES[name]:11}  {f'{old:,}'.rjust(width)} → {f'{new:,}'.rjust(width)}  "
            f"{behind if new != old else 'unchanged'}"
        )
