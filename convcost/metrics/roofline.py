"""The roofline (Williams, Waterman, Patterson 2009): what computing, and what moving, takes at
least on a device.

These are bounds of direct convolution at the peak of a device, and no forecast: a network takes
longer. Two of them: a layer's, if nothing stays on the chip, and a network's, where all stays that
can.
"""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import NamedTuple

from convcost.cost import LayerCost, Report
from convcost.device import Device
from convcost.errors import UsageError
from convcost.metrics.traffic import Traffic, is_moving, traffic
from convcost.ops.conv import Conv
from convcost.setting import FLOATS, Setting, bytes_of
from convcost.shown import Shown

OFF_CHIP = ("link", "dram")
"""Where what does not stay on the chip comes from, the slowest first."""
WINOGRAD = {m: Fraction(9 * m * m, (m + 2) ** 2) for m in (2, 4, 6)}
"""How many times fewer products a 3x3 convolution takes, by the outputs of a tile's side (Lavin
and Gray 2016)."""


class Bound(NamedTuple):
    """Seconds that computing, and that moving, takes at least; None where the device has no
    bandwidth."""

    compute: Fraction
    memory: Fraction | None

    @property
    def least(self) -> Fraction:
        """The longer of both, as far as they are known."""
        return max(self.compute, self.memory or Fraction(0))

    @property
    def bound_by(self) -> str:
        """What takes longer, "compute" or "memory"; empty if one is not known, or none does."""
        if self.memory is None or not any(self):
            return ""
        return "compute" if self.compute >= self.memory else "memory"


class Roof(NamedTuple):
    """What of a device bounds a run: operations a second, bytes a second off the chip, and bytes
    that stay on it. `winograd` is a tile of `WINOGRAD`, or 0 for direct convolution."""

    peak: int
    bandwidth: int | None
    on_chip: int
    winograd: int = 0


class Bounded(NamedTuple):
    """A layer, if nothing stays on the chip: operations, bytes moved, and what bounds it."""

    layer: LayerCost
    operations: int
    traffic: Traffic
    bound: Bound

    @property
    def moved(self) -> int:
        """Bytes, of inputs, outputs and weights together."""
        return self.traffic.total

    @property
    def intensity(self) -> Fraction | None:
        """Operations a byte; None where nothing is moved."""
        return Fraction(self.operations, self.moved) if self.moved else None


class _Roofline(NamedTuple):
    report: Report
    device: Device
    setting: Setting
    roof: Roof
    layers: tuple[Bounded, ...]
    bound: Bound


class Roofline(Shown, _Roofline, view="roofline"):
    """A network on a device. `layers` are those that compute or move; `bound` is the network's,
    where all stays on the chip that can."""

    __slots__ = ()


def roofline(report: Report, device: Device, setting: Setting, winograd: int = 0) -> Roofline:
    """What bounds `report` on `device`, run so; UsageError where `roof` has none."""
    under = roof(device, setting, winograd)
    found = (
        Bounded(
            layer,
            2 * layer.macs * setting.batch,
            traffic(layer, setting),
            layer_bound(layer, setting, under),
        )
        for layer in report.layers
    )
    layers = tuple(each for each in found if each.operations or each.moved)
    return Roofline(report, device, setting, under, layers, network_bound(report, setting, under))


def roof(device: Device, setting: Setting, winograd: int = 0) -> Roof:
    """What bounds a `setting` on `device`; UsageError where it bounds nothing, and for no such tile
    or one of integers.

    The peak is that of the dtype of the activations. A chip that does not say what it holds is
    taken to hold nothing.
    """
    if winograd and winograd not in WINOGRAD:
        tiles = ", ".join(map(str, WINOGRAD))
        raise UsageError(f"no tile of {winograd} is known for Winograd", hint=f"tiles are {tiles}")
    if winograd and setting.activations not in FLOATS:
        message = f"Winograd's convolution is of floating point, and not of {setting.activations}"
        raise UsageError(message, hint=f"the dtypes are {', '.join(FLOATS)}")
    peak = device.peaks.get(setting.activations)
    bandwidth = next((device.bandwidth[at] for at in OFF_CHIP if at in device.bandwidth), None)
    if peak is None:
        known = ", ".join(device.peaks)
        hint = f"it has {known}: --dtype {next(iter(device.peaks))}" if known else "it has none"
        raise UsageError(f"{device.name} has no peak for {setting.activations}", hint=hint)
    return Roof(peak, bandwidth, device.on_chip or 0, winograd)


def layer_bound(layer: LayerCost, setting: Setting, roof: Roof) -> Bound:
    """A layer's, if nothing stays on the chip: its operations, and all bytes that its ops move."""
    return _bound(_operations(layer, setting, roof), traffic(layer, setting).total, roof)


def network_bound(report: Report, setting: Setting, roof: Roof) -> Bound:
    """A network's: by its `network_work`."""
    return _bound(*network_work(report, setting, roof), roof)


def network_work(report: Report, setting: Setting, roof: Roof) -> tuple[Fraction, int]:
    """All operations of a network, and the bytes that cannot stay on the chip: weights beyond
    what it holds, what goes in and comes out, and of each layer's tensors what is beyond it."""
    operations = sum((_operations(layer, setting, roof) for layer in report.layers), Fraction(0))
    return operations, _beyond(report, setting, roof.on_chip)


def _operations(layer: LayerCost, setting: Setting, roof: Roof) -> Fraction:
    whole = Fraction(2 * layer.macs * setting.batch)
    if not roof.winograd:
        return whole
    saved = sum(stage.macs.value for stage in layer.stages if _takes_winograd(stage.op))
    return whole - 2 * setting.batch * saved * (1 - 1 / WINOGRAD[roof.winograd])


def _takes_winograd(op: object) -> bool:
    return (
        isinstance(op, Conv)
        and op.kernel == (3, 3)
        and set(op.stride) == set(op.dilation) == {1}
        and op.groups == 1
    )


def _beyond(report: Report, setting: Setting, on_chip: int) -> int:
    def size(*shapes: tuple[int, ...]) -> int:
        return bytes_of(setting.batch * sum(map(prod, shapes)), setting.activations)

    moving = [layer for layer in report.layers if any(map(is_moving, layer.stages))]
    beyond = sum(
        max(0, size(*layer.ins) - on_chip) + max(0, size(layer.out) - on_chip) for layer in moving
    )
    params = sum(each.params.value for layer in moving for each in layer.stages if is_moving(each))
    weights = max(0, bytes_of(params, setting.weights) - on_chip)
    ends = [report.layers[-1].out] if report.layers else []
    return weights + size(*(each.shape for each in report.inputs), *ends) + beyond


def _bound(operations: Fraction, moved: int, roof: Roof) -> Bound:
    return Bound(
        operations / roof.peak,
        Fraction(moved, roof.bandwidth) if roof.bandwidth else None,
    )
