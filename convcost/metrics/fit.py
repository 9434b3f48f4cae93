"""Does it fit? A network's weights and activations against what a device holds."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple

from convcost.cost import Report
from convcost.device import Device
from convcost.errors import UsageError
from convcost.metrics.base import METRICS, measured
from convcost.metrics.roofline import Bound, roofline
from convcost.shown import Shown
from convcost.status import Status, status_of

HOLDS: Mapping[str, str] = MappingProxyType({"weight_bytes": "flash", "arena": "sram"})
"""The memory of a device that holds what a metric measures."""


class Part(NamedTuple):
    """A metric of a network, and the bytes of the `memory` that is there for it, if known."""

    metric: str
    memory: str
    needed: int
    there: int | None
    status: Status

    @property
    def left(self) -> int | None:
        """Bytes that are left over; negative for those that are missing."""
        return None if self.there is None else self.there - self.needed

    @property
    def fits(self) -> bool | None:
        """Whether it does; None if that cannot be told."""
        if self.there is None:
            return None
        exceeds = self.status.exceeds(self.needed, self.there)
        return None if exceeds is None else not exceeds


class _Fit(NamedTuple):
    report: Report
    device: Device
    parts: tuple[Part, ...]
    bound: Bound | None


class Fit(Shown, _Fit, view="fit"):
    """A network on a device, part by part; and what bounds its time there, None where the device
    has no peak in its dtype."""

    __slots__ = ()

    @property
    def least(self) -> Fraction | None:
        """The seconds that it takes at least."""
        return self.bound and self.bound.least

    @property
    def fits(self) -> bool | None:
        """Whether all of it does: not if one part does not, and not for certain if one may not."""
        found = [part.fits for part in self.parts]
        return False if False in found else None if None in found else True


def fit(report: Report, device: Device) -> Fit:
    """What `report` needs of `device`, under its setting."""
    report = measured(report, HOLDS)
    parts = (
        Part(
            metric,
            memory,
            report.figure(metric),
            device.memory.get(memory),
            status_of(report.status, metric),
        )
        for metric, memory in HOLDS.items()
    )
    setting = report.setting
    is_bound = setting.activations in device.peaks
    bound = roofline(report, device, setting).bound if is_bound else None
    return Fit(report, device, tuple(parts), bound)


def capacity(device: Device) -> dict[str, int]:
    """The limits that a device sets, by metric; UsageError for one that does not say them all."""
    for metric, memory in HOLDS.items():
        if memory not in device.memory:
            raise UsageError(
                f"{device.name} does not say how much {memory} it has for {METRICS[metric].title}",
                hint=f"a file of your own does: memory: {{{memory}: 512KiB}}",
            )
    return {metric: device.memory[memory] for metric, memory in HOLDS.items()}
