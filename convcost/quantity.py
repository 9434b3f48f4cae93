"""Amounts as people write and read them: `4.3M` in, `4.23 M` out. 1000-based, exact in."""

from __future__ import annotations

from convcost.errors import UsageError

UNITS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_LIMIT = 10**30


def parse_amount(text: str) -> int:
    """`600M`, `4.3M`, `1_000` or `25557032` as an exact integer; UsageError for anything else.

    `4.1G` is 4,100,000,000 and never a float's 4,099,999,999. What is not a whole number in the
    end (`1.5`, `0.0001k`) is refused.
    """
    from decimal import Decimal, InvalidOperation

    hint = "write a whole number, or one with k, M, G or T: 4300000, 4.3M, 600M"
    cleaned = text.strip()
    unit = cleaned[-1:] if cleaned[-1:].isalpha() else ""
    if unit not in UNITS:
        raise UsageError(f'"{text}" has the unknown unit "{unit}"', hint=hint)
    try:
        amount = Decimal(cleaned.removesuffix(unit).strip()) * UNITS[unit]
    except InvalidOperation:
        raise UsageError(f'"{text}" is not an amount', hint=hint) from None
    if not amount.is_finite() or not 0 <= amount < _LIMIT:
        raise UsageError(f'"{text}" is not an amount', hint=hint)
    if amount != int(amount):
        raise UsageError(f'"{text}" is not a whole number', hint=hint)
    return int(amount)


def human(number: int) -> str:
    """Three significant digits and a unit: 4089184256 is `4.09 G`, 108 is `108`."""
    for unit, size in reversed(UNITS.items()):
        if unit and abs(number) >= size * 0.9995:
            value = number / size
            digits = 2 if abs(value) < 9.995 else 1 if abs(value) < 99.95 else 0
            return f"{value:.{digits}f} {unit}"
    return str(number)
