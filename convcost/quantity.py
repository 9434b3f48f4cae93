"""Amounts as people write and read them: `4.3M` in, `4.23 M` out. 1000-based, exact in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from convcost.errors import LayerError, Place, SpecError, UsageError
from convcost.text import quote

UNITS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
BYTE_UNITS = UNITS | {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
LARGEST = 10**30
"""What every total, every limit and every record stays below: ten thousand times the multiply-adds
of the largest trainings."""
LARGEST_ALONE = 10**36
"""The same for a layer that is looked at alone, which nothing records or limits."""
SYMBOLS: Mapping[str, Mapping[str, int]] = {
    "nanoseconds": {"ns": 1, "us": 10**3, "µs": 10**3, "ms": 10**6, "s": 10**9},
    "femtojoules": {
        "fJ": 1,
        "pJ": 10**3,
        "nJ": 10**6,
        "uJ": 10**9,
        "µJ": 10**9,
        "mJ": 10**12,
        "J": 10**15,
    },
}
"""What stands behind an amount of these, and how many it is."""
_PRECISION = 100
_BYTES = r"([0-9._]+(?:[eE][+]?[0-9]+)?)\s*([kMGT]|[KMGT]i|)B?"
_MEASURE = r"([0-9._]+(?:[eE][+]?[0-9]+)?)\s*([a-zA-Zµ]*)"
_DECIMAL = r"[0-9]{1,9}(\.[0-9]{1,9})?"


def parse_amount(text: str) -> int:
    """`600M`, `4.3M`, `1_000` or `25557032` as an exact integer; UsageError for anything else.

    `4.1G` is 4,100,000,000 and never a float's 4,099,999,999. What is not a whole number in the
    end (`1.5`, `0.0001k`) is refused.
    """
    hint = "write a whole number, or one with k, M, G or T: 4300000, 4.3M, 600M"
    cleaned = text.strip()
    unit = cleaned[-1:] if cleaned[-1:].isalpha() else ""
    if unit not in UNITS:
        raise UsageError(f'"{quote(text)}" has the unknown unit "{unit}"', hint=hint)
    return _exact(text, cleaned.removesuffix(unit), UNITS[unit], hint)


def parse_bytes(text: str) -> int:
    """`512KiB`, `1.5 MB`, `64B` or `25557032` as an exact number of bytes; UsageError for anything
    else.

    `Ki` is 1024, `k` is 1000, and `K` could be meant as either and is refused.
    """
    hint = "write bytes as a whole number, or with kB, KiB, MB, MiB, GB, GiB: 512KiB, 1.5MB"
    found = re.fullmatch(_BYTES, text.strip(), re.ASCII)
    if found is None:
        raise UsageError(f'"{quote(text)}" is not a number of bytes', hint=hint)
    number, prefix = found.groups()
    return _exact(text, number, BYTE_UNITS[prefix], hint)


def parse_measure(text: str, unit: str) -> int:
    """`5ms`, `1.5 us` or `5000000` in nanoseconds, and so on for each unit of `SYMBOLS`; UsageError
    for anything else."""
    symbols = SYMBOLS[unit]
    known = ", ".join(symbols)
    found = re.fullmatch(_MEASURE, text.strip())
    if found is None or (found[2] and found[2] not in symbols):
        hint = f"write a whole number of {unit}, or one with {known}"
        raise UsageError(f'"{quote(text)}" is no amount of {unit}', hint=hint)
    hint = f"a {unit.removesuffix('s')} is the least that is told apart"
    return _exact(text, found[1], symbols.get(found[2], 1), hint)


def _exact(text: str, number: str, unit: int, hint: str) -> int:
    """`number` times `unit`, which `text` is meant to say; UsageError if that is no whole number
    from 0 to below `LARGEST`."""
    from decimal import Context, Decimal, Inexact, InvalidOperation

    # The default context would round to 28 digits without a word.
    exact = Context(prec=_PRECISION, traps=[InvalidOperation, Inexact])
    try:
        amount = exact.multiply(Decimal(number.strip()), unit)
    except (InvalidOperation, Inexact):
        raise UsageError(f'"{quote(text)}" is not an amount', hint=hint) from None
    if not amount.is_finite() or not 0 <= amount < LARGEST:
        raise UsageError(f'"{quote(text)}" is not an amount', hint=hint)
    if amount != int(amount):
        raise UsageError(f'"{quote(text)}" is not a whole number', hint=hint)
    return int(amount)


def check_counts(
    what: str = "",
    place: Place | None = None,
    largest: int = LARGEST,
    **counts: int | Fraction,
) -> None:
    """SpecError at `place`, or LayerError without one, if one of `counts` is not below `largest`.

    `what` stands before the message, the names of the counts are their units.
    """
    for unit, count in counts.items():
        if count >= largest:
            error = SpecError if place else LayerError
            raise error(
                f"{what}10^{len(str(largest)) - 1} {unit} or more cannot be counted",
                place=place,
                hint="give smaller sizes: no network comes near that",
            )


def parse_share(text: str) -> Fraction:
    """`2%` or `0.5%` as the exact share of 1 that it is; UsageError for anything else."""
    cleaned = text.strip()
    number = cleaned.removesuffix("%").rstrip()
    if cleaned == number or not re.fullmatch(_DECIMAL, number, re.ASCII):
        raise UsageError(f'"{quote(text)}" is not a share', hint="write 2% or 0.5%")
    return Fraction(number) / 100


def written(number: int) -> str:
    """The shortest text that `parse_amount` reads as `number`: 4230000 is `4.23M`."""
    for unit, size in reversed(UNITS.items()):
        whole, rest = divmod(number, size)
        if whole and size > 1 and not rest % (size // 1000):
            part = f".{rest * 1000 // size:03}".rstrip("0").rstrip(".")
            return f"{whole}{part}{unit}"
    return str(number)


def human(number: int) -> str:
    """Three significant digits and a unit: 4089184256 is `4.09 G`, 108 is `108`.

    Halves are rounded up. From 1000 T on there are more digits rather than another unit.
    """
    sign, size = "-" * (number < 0), abs(number)
    if size < UNITS["k"]:
        return str(number)
    for unit in ("k", "M", "G", "T"):
        for digits in (2, 1, 0):
            # In integers, as a float would round some halves down and overflow in the end.
            rounded = (size * 10**digits * 2 + UNITS[unit]) // (UNITS[unit] * 2)
            if rounded < 1000:
                whole, part = divmod(rounded, 10**digits)
                return f"{sign}{whole}{f'.{part:0{digits}}' if digits else ''} {unit}"
    return f"{sign}{rounded} {unit}"
