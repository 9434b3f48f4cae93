"""The least time on a device: a bound, and never how long something takes."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from convcost.errors import Place, UsageError
from convcost.metrics.base import Metric, alike, register

if TYPE_CHECKING:  # the table is made before any network is read
    from convcost.cost import LayerCost, Report
    from convcost.metrics.roofline import Roof

_NANO = 10**9
_NOTE = (
    "least ns are a bound and no forecast: of a layer as if nothing stayed on the chip, of the "
    "network as if all stayed that can"
)


def in_nanoseconds(seconds: Fraction) -> int:
    """Whole ones, rounded up: what is over a limit stays over it, and something is never 0."""
    return ceil(seconds * _NANO)


def _of_layers(report: Report) -> Sequence[int]:
    from convcost.metrics.roofline import layer_bound

    under = _roof(report)
    setting = report.setting
    return alike(
        report.layers, lambda layer: in_nanoseconds(layer_bound(layer, setting, under).least)
    )


def _whole(report: Report, layers: Sequence[LayerCost]) -> int:
    """A block takes what its layers do one by one; of a network all stays on the chip that can."""
    from convcost.metrics.roofline import network_bound

    if len(layers) < len(report.layers):
        return sum(layer.figure("least_time") for layer in layers)
    return in_nanoseconds(network_bound(report, report.setting, _roof(report)).least)


def _terms(report: Report) -> str:
    """`27,648 operations / 1,000,000 a second; 320 bytes / 100,000 a second: bound by compute`."""
    from convcost.metrics.roofline import network_bound, network_work

    setting, under = report.setting, _roof(report)
    bound = network_bound(report, setting, under)
    operations, moved = network_work(report, setting, under)
    done = f"{int(operations):,} operations / {under.peak:,} a second"
    if under.bandwidth is None:
        return f"{done}; what moving takes is not known"
    by = f": bound by {bound.bound_by}" * bool(bound.bound_by)
    return f"{done}; {moved:,} bytes / {under.bandwidth:,} a second{by}"


def _roof(report: Report) -> Roof:
    from convcost.metrics.roofline import roof

    if report.setting.device is None:
        place = Place(report.path) if report.path else None
        hint = 'name one: --device h100-sxm, or device = "h100-sxm" under [metrics] in settings'
        raise UsageError("least_time is that on a device", place=place, hint=hint)
    return roof(report.setting.device, report.setting)


register(
    Metric(
        "least_time",
        "least ns",
        "nanoseconds",
        "nanoseconds that a batch takes at least on a device, by direct convolution",
        _of_layers,
        whole=_whole,
        rests_on=("params", "macs"),
        depends_on=("weights", "activations", "batch", "device"),
        limited=(
            "nanoseconds on --device, or with us, ms, s",
            "nanoseconds in any one layer, if nothing stays on the chip",
        ),
        terms=_terms,
        note=lambda setting: _NOTE,
    )
)
