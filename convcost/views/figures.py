"""Numbers and shapes as people read them. The exact integer is never rounded away in silence.

They are `Figure`s, which nothing else makes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from convcost.ops.base import Shape
from convcost.quantity import human
from convcost.status import State, Status
from convcost.views.text import Bar, Figure

BAR = 8
"""Columns of a full bar."""
_NONE = Figure()
_THOUSANDTH, _HUNDREDTH = Fraction(1, 1000), Fraction(1, 100)
_WHOLE_FLOATS = 2**53
_DURATIONS = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9))


def number(value: int | Fraction | None) -> Figure:
    """`4,231,976`; a fraction of a multiply-add as `6.75`, and nothing for None."""
    if value is None:
        return _NONE
    if isinstance(value, int) or value.denominator == 1:
        return Figure._made(f"{int(value):,}")
    return Figure._made(f"{float(value):,.2f}")


def short(value: int | Fraction, unit: str = "") -> Figure:
    """`4,231`, `1.19`, and from a million on rounded, `4.23 M`: where there is no room for more;
    bytes as `1372.0 KiB`."""
    if unit == "bytes" and value >= 2**10:
        return _in_kib(value)
    return number(value) if -(10**6) < value < 10**6 else Figure._made(human(round(value)))


def signed(value: int) -> Figure:
    """`+1,024`, `-1,024`, or nothing for no change."""
    return Figure._made(f"{value:+,}" if value else "")


_SIGNS: dict[State, str] = {"complete": "", "at least": "≥ ", "about": "≈ "}
_UNKNOWN = Figure._made("?")


def marked(value: int | Fraction | None, status: Status) -> Figure:
    """`number`, with `≥` or `≈` in front where it is not complete, or `?` if it is unknown."""
    return with_sign(number(value), status)


def with_sign(figure: Figure, status: Status) -> Figure:
    """A figure with `≥` or `≈` in front where it is not complete, or `?` if it is unknown."""
    if status.state == "unknown":
        return _UNKNOWN
    return Figure._made(_SIGNS[status.state] + figure)


def plain(value: int | Fraction | None) -> int | float | None:
    """The same for a machine: an integer where it is whole, or too large for a part, else a
    float."""
    if value is None or isinstance(value, int):
        return value
    return int(value) if value.denominator == 1 or value > _WHOLE_FLOATS else float(value)


def sizes(shape: Iterable[int]) -> Figure:
    """`64×56×56`."""
    return Figure._made("×".join(map(str, shape)))


def seen(value: str | int | Fraction | Sequence[int] | None) -> str:
    """What people see of a value: a count, a shape, or a text as it is; nothing for None."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, (int, Fraction)):
        return number(value)
    return sizes(value)


def ratio(value: Fraction | None) -> Figure:
    """`0.36×`, with more digits for a share that two would not tell from nothing."""
    if value is None:
        return _NONE
    if value >= 1000:
        return Figure._made(f"{int(value):,}×")
    if value >= _HUNDREDTH:
        return Figure._made(f"{float(value):.2f}×")
    if value >= _THOUSANDTH:
        return Figure._made(f"{float(value):.3f}×")
    return Figure._made("<0.001×" if value else "0×")


def percent(part: int, whole: int) -> Figure:
    """`12.3%`; nothing where there is no whole to be part of."""
    if not whole:
        return _NONE
    return Figure._made("<0.1%" if 0 < 1000 * part < whole else f"{100 * part / whole:.1f}%")


def bar(value: int | Fraction, full: int | Fraction, columns: int = BAR) -> Bar:
    """A line as long as `value` is to `full`, to the half column; never nothing for something."""
    if not value or not full:
        return Bar()
    halves = max(1, round(Fraction(2 * columns * value, full)))
    return Bar._made("━" * (halves // 2) + "╸" * (halves % 2))


def flops(macs: int) -> Figure:
    """`1.14 GFLOPs`: the only way in which this program speaks of FLOPs is as 2 × MACs."""
    amount, _, unit = human(2 * macs).partition(" ")
    return Figure._made(f"{amount} {unit}FLOPs")


def in_words(macs: int) -> Figure:
    """`568,740,352 MACs (569 M; 1.14 GFLOPs = 2 × MACs)`."""
    rounded = human(macs)
    short = f"{rounded}; " if rounded != str(macs) else ""
    return Figure._made(f"{macs:,} MACs ({short}{flops(macs)} = 2 × MACs)")


def counted(number: int) -> Figure:
    """`4,111,512,576 MACs (4.11 G)`, where they are not all multiply-adds and make no FLOPs."""
    rounded = human(number)
    return Figure._made(f"{number:,} MACs" + (f" ({rounded})" if rounded != str(number) else ""))


def duration(seconds: float | Fraction | None) -> Figure:
    """`1.25 ms`: three digits and a unit from seconds down to nanoseconds; nothing for None."""
    if not seconds:
        return _NONE if seconds is None else Figure._made("0 s")
    unit, size = next((each for each in _DURATIONS if seconds >= each[1]), _DURATIONS[-1])
    amount = float(seconds) / size
    digits = 2 if amount < 10 else 1 if amount < 100 else 0
    return Figure._made(f"{amount:.{digits}f} {unit}")


def in_bytes(number: int) -> Figure:
    """`1,404,928 bytes (1372.0 KiB)`."""
    return Figure._made(f"{number:,} bytes" + (f" ({_in_kib(number)})" if number >= 2**10 else ""))


def _in_kib(number: int | Fraction) -> Figure:
    """`1372.0 KiB`, and in MiB from ten of these on."""
    unit, size = ("MiB", 2**20) if number >= 10 * 2**20 else ("KiB", 2**10)
    return Figure._made(f"{float(number) / size:.1f} {unit}")


def rate(per_second: float | Fraction | None, unit: str) -> Figure:
    """`12.3 Tops/s`: three digits of so many `unit`s a second; nothing for None."""
    if per_second is None:
        return _NONE
    amount, _, prefix = human(round(per_second)).partition(" ")
    return Figure._made(f"{amount} {prefix}{unit}/s")


def arrow(ins: Iterable[Shape], out: Shape) -> Figure:
    """`64×56×56 → 128×28×28`; equal inputs of a joint are counted, others joined by `+`."""
    before = [sizes(shape) for shape in ins]
    if len(before) > 1 and len(set(before)) == 1:
        before = [Figure._made(f"{len(before)} of {before[0]}")]
    return Figure._made(f"{' + '.join(before)} → {sizes(out)}")
