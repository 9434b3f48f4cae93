"""Limits as people write them: `600M`, `{warn: 550M, error: 600M}`, `[2%, 5M]`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import cast

from convcost.budget import GROWTH, LEVELS, METRICS, Budget, Level, scope_of, total_of
from convcost.errors import Place, UsageError
from convcost.metrics import METRICS as TABLE
from convcost.quantity import SYMBOLS, parse_amount, parse_bytes, parse_measure, parse_share
from convcost.spelling import did_you_mean
from convcost.text import quote

MAX_LIMITS = 100
"""Of one metric, in one list."""


def limits(
    metric: str, value: object, place: Callable[..., Place | None], source: str = ""
) -> Iterator[Budget]:
    """The budgets that `metric: value` sets: a limit, a list of limits, or these by level.

    A limit is an amount such as `600M` and, for growth, also a share such as `2%`. `place` tells
    where what stands behind these keys of `value` is written. UsageError, at that place, for
    anything else.
    """
    yield from _limits(metric, value, place, source, "error", ())


def limit_of(metric: str, value: object) -> int | Fraction:
    """One limit; UsageError unless it is an amount or, for growth, a share."""
    text = repr(value) if isinstance(value, float) else str(value)
    if value is None or isinstance(value, bool):
        raise UsageError(f"{metric} has no limit", hint="write an amount, such as 4.3M")
    if not text.rstrip().endswith("%"):
        return _amount(text, TABLE[total_of(metric)].unit)
    if scope_of(metric) != "growth":
        raise UsageError(
            f'{metric} cannot be limited to "{quote(text)}": a share needs something to grow from',
            hint=f"write an amount, or limit {total_of(metric)}{GROWTH}",
        )
    return parse_share(text)


def _amount(text: str, unit: str) -> int:
    if unit in SYMBOLS:
        return parse_measure(text, unit)
    return parse_bytes(text) if unit == "bytes" else parse_amount(text)


def check_metric(metric: str) -> None:
    """UsageError unless there is a metric of that name."""
    if metric not in METRICS:
        raise UsageError(
            f'unknown metric "{quote(metric)}"',
            hint=did_you_mean(metric, METRICS) or f"the metrics are {', '.join(METRICS)}",
        )


def _limits(
    metric: str,
    value: object,
    place: Callable[..., Place | None],
    source: str,
    level: Level,
    keys: tuple[str | int, ...],
) -> Iterator[Budget]:
    if isinstance(value, Mapping) and not keys and value:
        for key, inner in value.items():
            if key not in LEVELS:
                raise UsageError(
                    f'unknown level "{quote(str(key))}"',
                    place=place(key),
                    hint=did_you_mean(str(key), LEVELS) or "the levels are error and warn",
                )
            yield from _limits(metric, inner, place, source, cast("Level", key), (key,))
    elif isinstance(value, (list, tuple)) and value:
        if len(value) > MAX_LIMITS:
            message = f"{len(value):,} limits of {metric}, more than {MAX_LIMITS}"
            raise UsageError(message, place=place(*keys), hint="the least of them is enough")
        for index, inner in enumerate(value):
            yield _one(metric, inner, place(*keys, index), source, level)
    else:
        yield _one(metric, value, place(*keys), source, level)


def _one(metric: str, value: object, place: Place | None, source: str, level: Level) -> Budget:
    try:
        if isinstance(value, (Mapping, list, tuple)):
            raise UsageError(
                f"{metric} is no limit",
                hint="write 600M, [2%, 5M], or {warn: 550M, error: 600M}",
            )
        return Budget(metric, limit_of(metric, value), place, level, source)
    except UsageError as error:
        raise UsageError(*error.at(place)) from None
