"""Budgets as specs and settings set them: limits of metrics, or a device that has to suffice."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from typing import cast

from convcost.budget import LEVELS, Budget, Level
from convcost.errors import Place, UsageError
from convcost.limits import check_metric, limits

FITS = "fits"
"""What a budget is called that a device sets."""


def limits_of(
    metric: str,
    value: object,
    place: Callable[..., Place | None],
    folder: str = "",
    root: str = "",
) -> Iterator[Budget]:
    """The budgets that `metric: value` sets, as `convcost.limits.limits` has them; those of `fits`
    are what the device of that name holds, or by level, `{warn: stm32f746}`.

    A device in a file, which must lie below `root`, is seen from `folder`; without one there are no
    files. UsageError and SpecError for what cannot be meant.
    """
    if metric != FITS:
        check_metric(metric)
        yield from limits(metric, value, place)
        return
    from convcost.metrics.fit import capacity
    from convcost.sources.devices import find_device

    levels = value if isinstance(value, Mapping) else {"error": value}
    for level, word in levels.items():
        if level not in LEVELS or not isinstance(word, str) or not word:
            raise UsageError("fits must be a device", hint="such as fits: stm32f746")
        is_file = word.endswith((".yaml", ".yml", ".json")) or "/" in word
        if is_file and not folder:
            hint = "name one that ships, or set the budget in convcost.toml"
            raise UsageError("a spec cannot name a file of a device", hint=hint)
        device = find_device(os.path.join(folder, word) if is_file else word, root)
        where = place(level) if isinstance(value, Mapping) else place()
        for name, most in capacity(device).items():
            yield Budget(name, most, where, cast("Level", level), f"{FITS}: {word}")
