"""What functions take: whatever names a network, what its figures are under, and limits."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypedDict

from convcost.budget import Budget
from convcost.cost import Report, evaluate
from convcost.errors import UsageError
from convcost.network import Network
from convcost.rewriting import Replacement
from convcost.setting import Setting
from convcost.sources import load
from convcost.sources.inputs import Inputs

if TYPE_CHECKING:
    from convcost.device import Device

Source = str | os.PathLike[str] | Network | Report | Mapping[str, object] | object
"""Whatever `load` takes, or a report."""
Limits = Iterable[Budget] | Mapping[str, int | str]
"""Budgets, or the limit of each metric as a spec has it: `{"params": "4.3M"}`."""


class Run(TypedDict, total=False):
    """What figures depend on besides the network and a device, each as the option of that name."""

    dtype: str
    batch: int
    in_place: str
    align: int
    order: str
    optimizer: str
    master_weights: bool
    checkpoint: str
    dram: bool


class Under(Run, total=False):
    """The same and a device."""

    device: str | Device


def network_of(
    source: Source, overrides: Mapping[str, object] | object = None, given: Inputs | None = None
) -> Network:
    """The network that is named; UsageError for a report, which does not have all of it."""
    if isinstance(source, Report):
        raise UsageError("a report is no network", hint="give what the report was made of")
    return load(source, overrides, given)


def report_of(source: Source, under: Run | None = None) -> Report:
    """What a network costs, under what is asked for; a report stays under what else it was. A name
    is also that of a saved report, or of a file in git, as for `diff`."""
    if isinstance(source, str) and "\n" not in source:
        from convcost.sources.sides import read_report

        found = read_report(source)
    else:
        found = source if isinstance(source, Report) else evaluate(network_of(source))
    return found.under(setting_of(under or {}, found.setting))


def setting_of(under: Run, made: Setting) -> Setting:
    """The setting that is asked for, else as it is `made`; UsageError for what none can have."""
    for key, value in under.items():
        if key == "device":
            made = made._replace(device=device_of(value))
        else:
            text = str(value).lower() if isinstance(value, bool) else value
            made = made.with_word(key.replace("_", "-"), text)
    return made


def device_of(named: object) -> Device:
    """A device, or the one that ships by that name or stands in that file."""
    if not isinstance(named, str | os.PathLike):
        from convcost.device import Device

        assert isinstance(named, Device), "it is typed as one"
        return named
    from convcost.sources.devices import find_device

    return find_device(os.fspath(named))


def budgets_of(limits: Limits) -> list[Budget]:
    """The budgets that `limits` are; UsageError for a metric or an amount that is none."""
    from convcost.limits import check_metric, limit_of

    if not isinstance(limits, Mapping):
        return list(limits)
    for metric in limits:
        check_metric(metric)
    return [Budget(metric, limit_of(metric, limit)) for metric, limit in limits.items()]


def replacements_of(said: Iterable[str | Replacement]) -> list[Replacement]:
    """Replacements, or those that texts are: `standard=group[groups=4]`."""
    from convcost.sources.formulas import replacement

    return [replacement(each) if isinstance(each, str) else each for each in said]
