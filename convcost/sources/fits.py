"""What specs and settings say of metrics: limits, a device that has to suffice, or to run on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import cast

from convcost.budget import LEVELS, Budget, Level
from convcost.errors import Place, UsageError
from convcost.limits import check_metric, limits
from convcost.setting import Setting

FITS = "fits"
"""What a budget is called that a device sets."""


def with_word(setting: Setting, key: str, word: object, folder: str, root: str = "") -> Setting:
    """`setting` with what `key` of `[metrics]` says; a device in a file is seen from `folder`.
    Errors are those of `Setting.with_word` and `find_device`."""
    if key != "device":
        return setting.with_word(key, word)
    from convcost.sources.devices import find_device

    return setting._replace(device=find_device(str(word), root, folder))


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
    from convcost.sources.devices import find_device, is_device_file

    levels = value if isinstance(value, Mapping) else {"error": value}
    for level, word in levels.items():
        if level not in LEVELS or not isinstance(word, str) or not word:
            raise UsageError("fits must be a device", hint="such as fits: stm32f746")
        if is_device_file(word) and not folder:
            hint = "name one that ships, or set the budget in convcost.toml"
            raise UsageError("a spec cannot name a file of a device", hint=hint)
        device = find_device(word, root, folder)
        where = place(level) if isinstance(value, Mapping) else place()
        for name, most in capacity(device).items():
            yield Budget(name, most, where, cast("Level", level), f"{FITS}: {word}")
