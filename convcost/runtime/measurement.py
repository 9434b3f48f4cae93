"""A network, and each of its distinct layers alone, timed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from importlib.util import find_spec
from typing import NamedTuple

from convcost.cost import LayerCost, Report
from convcost.device import Device
from convcost.errors import ConvcostError, LayerError, UsageError
from convcost.metrics.roofline import Roofline, layer_bound, roofline
from convcost.metrics.traffic import traffic
from convcost.network import Builder, Layer, Network
from convcost.ops.base import Shape
from convcost.runtime.base import Machine, Runtime, Subject
from convcost.runtime.onnx import ONNX_RUNTIME
from convcost.runtime.pytorch import PYTORCH
from convcost.runtime.timing import Timing
from convcost.setting import Setting
from convcost.shown import Shown
from convcost.spelling import did_you_mean
from convcost.text import quote

PLACES = ("cpu", "cuda")
RUNTIMES: Mapping[str, Runtime] = {"torch": PYTORCH, "onnxruntime": ONNX_RUNTIME}
"""By the names of their modules."""


class LayerTime(NamedTuple):
    """A layer that stands `times` in the network: bytes that it moves, the seconds that it takes
    alone, or why it was not timed, and those that it takes at `least` if nothing stays on the
    chip, where a device was named."""

    layer: LayerCost
    times: int
    moved: int
    timing: Timing | None
    why: str
    least: Fraction | None

    @property
    def seconds(self) -> float:
        """Of all of them together; 0 if it was not timed."""
        return self.timing.median * self.times if self.timing else 0.0

    @property
    def above(self) -> Fraction | None:
        """How many times as long as the least it takes."""
        return Fraction(self.timing.median) / self.least if self.timing and self.least else None


class _Measurement(NamedTuple):
    report: Report
    machine: Machine
    setting: Setting
    timing: Timing
    layers: tuple[LayerTime, ...]
    against: Roofline | None


class Measurement(Shown, _Measurement, view="measure"):
    """How long a network takes, run so on that machine, and its distinct layers; `against` is the
    bound of a device that was named."""

    __slots__ = ()

    @property
    def above(self) -> Fraction | None:
        """How many times as long as its bound it takes."""
        least = self.against and self.against.bound.least
        return Fraction(self.timing.median) / least if least else None


def measure(
    network: Network,
    report: Report,
    source_of: Callable[[Network], str],
    setting: Setting,
    where: str = "",
    device: Device | None = None,
    runtime: str = "",
    file: str = "",
) -> Measurement:
    """Run `network` and each of its distinct layers, as the PyTorch code that `source_of` writes,
    by one of `RUNTIMES`, the first that is installed unless it is named.

    `where` is "cpu" or "cuda"; without a word it is the faster of those that are there. ONNX
    Runtime runs a `file` as it is. UsageError for what cannot be asked, or without the framework;
    ConvcostError for a network that does not run.
    """
    dtype = setting.activations
    by = _runtime(runtime, dtype, where)
    against = roofline(report, device, setting) if device else None
    where = where or by.fastest()
    found = by.machine(where)
    whole = _whole(network, source_of, file if by is ONNX_RUNTIME else "")
    alone = dict(_alone(network, report, source_of))
    subjects = [each for each in alone.values() if isinstance(each, Subject)]
    timings = by.times([whole, *subjects], setting.batch, dtype, where)
    first = next(timings)
    if isinstance(first, ConvcostError):
        raise first
    layers = []
    for at, count in distinct(network, report).items():
        subject, cost = alone[at], report.layers[at]
        timing = next(timings) if isinstance(subject, Subject) else subject
        least = against and layer_bound(cost, setting, against.roof).least
        moved = traffic(cost, setting).total
        if isinstance(timing, Timing):
            layers.append(LayerTime(cost, count, moved, timing, "", least))
        else:
            layers.append(LayerTime(cost, count, moved, None, str(timing), least))
    return Measurement(report, found, setting, first, tuple(layers), against)


def _runtime(name: str, dtype: str, where: str) -> Runtime:
    """The one of that name, or that is installed; UsageError where it cannot be asked for that."""
    name = name or next(filter(find_spec, RUNTIMES), "torch")
    if name not in RUNTIMES:
        hint = did_you_mean(name, RUNTIMES) or f"they are {', '.join(RUNTIMES)}"
        raise UsageError(f'nothing runs networks by "{quote(name)}"', hint=hint)
    by = RUNTIMES[name]
    if dtype not in by.dtypes:
        hint = f"the dtypes are {', '.join(by.dtypes)}"
        raise UsageError(f"{by.name} is not timed in {quote(dtype)}", hint=hint)
    if where and where not in PLACES:
        raise UsageError(f'--on takes {" or ".join(PLACES)}, not "{quote(where)}"')
    return by


def distinct(network: Network, report: Report) -> Mapping[int, int]:
    """How many layers are the same, by the index of the first: its ops, on inputs of its shapes."""
    firsts: dict[tuple[int, tuple[Shape, ...]], int] = {}
    counts: dict[int, int] = {}
    for at, (layer, cost) in enumerate(zip(network.layers, report.layers, strict=True)):
        first = firsts.setdefault((id(layer.stages), cost.ins), at)
        counts[first] = counts.get(first, 0) + 1
    return counts


def _alone(
    network: Network, report: Report, source_of: Callable[[Network], str]
) -> Iterator[tuple[int, Subject | str]]:
    """Each distinct layer as a network of its own, or why it is none."""
    for at in distinct(network, report):
        layer, cost = network.layers[at], report.layers[at]
        if len(cost.ins) != 1:
            yield at, "several inputs" if cost.ins else "no input"
            continue
        try:
            yield at, _subject(_of_one(layer, cost), source_of)
        except LayerError as error:
            yield at, str(error)


def _of_one(layer: Layer, cost: LayerCost) -> Network:
    builder = Builder("Alone", cost.ins[0])
    fields = {name: value for name, value in layer.fields if name != "weights"}
    builder.add(layer.kind, fields)
    return builder.network()


def _whole(network: Network, source_of: Callable[[Network], str], file: str) -> Subject:
    if file and network.input is not None:
        return Subject("", network.input, file)
    return _subject(network, source_of)


def _subject(network: Network, source_of: Callable[[Network], str]) -> Subject:
    if network.input is None:
        raise ConvcostError(
            "a list of unrelated layers cannot be run", hint="give the spec an input"
        )
    return Subject(source_of(network), network.input)
